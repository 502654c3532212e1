package service_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/goleak"

	"clew.example/clew/internal/service"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestNotify hears what a service manager would.
func TestNotify(t *testing.T) {
	address := &net.UnixAddr{Name: filepath.Join(t.TempDir(), "notify"), Net: "unixgram"}
	manager, err := net.ListenUnixgram("unixgram", address)
	if err != nil {
		t.Fatal(err)
	}
	defer manager.Close()
	t.Setenv("NOTIFY_SOCKET", address.Name)
	t.Setenv("WATCHDOG_USEC", "20000")
	n := service.NewNotifier()
	n.Ready()
	n.Status("block 7")
	n.Stopping()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { n.Watchdog(ctx); close(ended) }()
	for _, want := range []string{"READY=1", "STATUS=block 7", "STOPPING=1", "WATCHDOG=1", "WATCHDOG=1"} {
		b := make([]byte, 100)
		_ = manager.SetReadDeadline(time.Now().Add(5 * time.Second))
		k, err := manager.Read(b)
		if err != nil || string(b[:k]) != want {
			t.Errorf("heard %q, %v; want %q", b[:k], err, want)
		}
	}
	cancel()
	<-ended
}

// TestNoManager: without a service manager all is silent.
func TestNoManager(t *testing.T) {
	t.Setenv("NOTIFY_SOCKET", "")
	t.Setenv("WATCHDOG_USEC", "")
	n := service.NewNotifier()
	n.Ready()
	n.Watchdog(context.Background())
	t.Setenv("NOTIFY_SOCKET", filepath.Join(t.TempDir(), "gone"))
	n.Ready()
}

func TestFigures(t *testing.T) {
	r := service.NewRegistry()
	c := prometheus.NewCounter(prometheus.CounterOpts{Name: "clew_test_total", Help: "Of this test."})
	r.MustRegister(c)
	c.Add(3)
	f, err := service.ListenFigures(context.Background(), "127.0.0.1:0", r)
	if err != nil {
		t.Fatal(err)
	}
	defer http.DefaultClient.CloseIdleConnections()
	for path, want := range map[string]string{"/metrics": "\nclew_test_total 3\n", "/healthz": "ok"} {
		answer, err := http.Get("http://" + f.Address() + path)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(answer.Body)
		answer.Body.Close()
		if err != nil || !strings.Contains(string(body), want) {
			t.Errorf("%s: %v\n%s", path, err, body)
		}
	}
	if err := f.Close(); err != nil {
		t.Error(err)
	}
}

func TestFiguresPublic(t *testing.T) {
	for _, address := range []string{"0.0.0.0:0", ":0", "192.0.2.1:80", "example.org:80", "[::]:0"} {
		if _, err := service.ListenFigures(context.Background(), address, service.NewRegistry()); !errors.Is(err, service.ErrPublic) {
			t.Errorf("%s: %v", address, err)
		}
	}
	for _, address := range []string{"127.0.0.1", "", "127.0.0.1:99999"} {
		if f, err := service.ListenFigures(context.Background(), address, service.NewRegistry()); err == nil {
			t.Errorf("%q: listens on %s", address, f.Address())
		}
	}
}
