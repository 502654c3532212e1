package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"clew.example/clew/bench/meter"
)

// servedProcess is a "clew serve" that runs.
type servedProcess struct {
	cmd    *exec.Cmd
	stderr bytes.Buffer
	url    string
	http   *http.Client
	master servedClient // makes keys for the others
	once   sync.Once
}

// startServed builds the program, starts the server over a ledger with a new
// database in dir, and waits until it says where it is.
func startServed(ctx context.Context, dir, ledger string) (*servedProcess, error) {
	bin, db := filepath.Join(dir, "clew"), filepath.Join(dir, "ops.db")
	if out, err := exec.CommandContext(ctx, "go", "build", "-o", bin, "clew.example/clew/cmd/clew").CombinedOutput(); err != nil {
		return nil, fmt.Errorf("build clew: %w: %s", err, out)
	}
	s := &servedProcess{
		cmd:  exec.CommandContext(ctx, bin, "serve", "--ledger", ledger, "--db", db, "--listen", "127.0.0.1:0", "--no-link"),
		http: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: slices.Max(crowds)}},
	}
	s.cmd.Stderr = &s.stderr
	stdout, err := s.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	line, err := bufio.NewReader(stdout).ReadString('\n')
	_, at, ok := strings.Cut(strings.TrimSpace(line), " at http")
	if !ok {
		return nil, errors.Join(fmt.Errorf("the server said %q: %w", line, err), s.stop())
	}
	s.url = "http" + at
	key, err := exec.CommandContext(ctx, bin, "user", "key", "bench", "--scope", "read,write", "--db", db).Output()
	if err != nil {
		return nil, errors.Join(fmt.Errorf("key: %w", err), s.stop())
	}
	s.master = servedClient{s: s, key: strings.TrimSpace(string(key))}
	return s, nil
}

// stop ends the server, once; what it complained of is part of the error.
func (s *servedProcess) stop() (err error) {
	s.once.Do(func() {
		s.http.CloseIdleConnections()
		_ = s.cmd.Process.Signal(syscall.SIGTERM)
		if err = s.cmd.Wait(); err != nil {
			err = fmt.Errorf("clew serve: %w: %s", err, bytes.TrimSpace(s.stderr.Bytes()))
		}
	})
	return err
}

// ask has n clients ask count questions between them, each one after the other,
// and returns what each answer took.
func (s *servedProcess) ask(ctx context.Context, n, count int, one func(c *servedClient, ctx context.Context, i int) error) (meter.Timings, error) {
	times, errs := make(meter.Timings, count), make([]error, n)
	crowd := make([]*servedClient, n)
	for k := range crowd {
		var err error
		if crowd[k], err = s.client(ctx); err != nil {
			return nil, err
		}
	}
	var all sync.WaitGroup
	for k, c := range crowd {
		all.Go(func() {
			for i := k; i < count && errs[k] == nil; i += n {
				begun := time.Now()
				errs[k] = one(c, ctx, i)
				times[i] = time.Since(begun)
			}
		})
	}
	all.Wait()
	return times, errors.Join(errs...)
}

// client makes a client with a key of its own, since each may ask so much, and
// has it ask once: the first use of a key in a minute is noted on the disk.
func (s *servedProcess) client(ctx context.Context) (*servedClient, error) {
	body, err := s.master.call(ctx, http.MethodPost, "/v1/keys", `{"name":"bench","scopes":["read","write"]}`)
	if err != nil {
		return nil, err
	}
	var made struct{ Key string }
	if err := json.Unmarshal(body, &made); err != nil {
		return nil, err
	}
	c := &servedClient{s: s, key: made.Key}
	_, err = c.look(ctx, "/v1/session")
	return c, err
}

// servedClient asks with a key.
type servedClient struct {
	s   *servedProcess
	key string
}

// call asks and reads the answer. None is refused here: a refusal is no answer
// that could be timed.
func (c *servedClient) call(ctx context.Context, method, path, body string) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, method, c.s.url+path, strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Authorization", "Bearer "+c.key)
	r.Header.Set("Content-Type", "application/json")
	resp, err := c.s.http.Do(r)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode >= http.StatusBadRequest {
		err = fmt.Errorf("%s %s: %d %s", method, path, resp.StatusCode, answer)
	}
	return answer, err
}

func (c *servedClient) look(ctx context.Context, path string) ([]byte, error) {
	return c.call(ctx, http.MethodGet, path, "")
}

// trace asks a trace, follows it to its end and reads what it found.
func (c *servedClient) trace(ctx context.Context, ask string) ([]byte, error) {
	var run struct{ ID string }
	var result struct {
		Digest string `json:"result_digest"`
	}
	body, err := c.call(ctx, http.MethodPost, "/v1/traces", ask)
	if err == nil {
		err = json.Unmarshal(body, &run)
	}
	if err == nil {
		_, err = c.call(ctx, http.MethodGet, "/v1/traces/"+run.ID+"/events", "")
	}
	if err == nil {
		body, err = c.call(ctx, http.MethodGet, "/v1/traces/"+run.ID+"/result", "")
	}
	if err == nil {
		err = json.Unmarshal(body, &result)
	}
	return []byte(result.Digest), err
}

// percentile returns the duration that so many in a hundred stay below.
func percentile(t meter.Timings, p int) time.Duration {
	s := slices.Sorted(slices.Values(t))
	return s[min(len(s)*p/100, len(s)-1)]
}
