package bitcoind

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
)

// cookieMax bounds what is read of a cookie file. Core's has 75 bytes.
const cookieMax = 4096

// login is how a node knows us: a user and a password, or a file that holds
// them and that Core writes anew at each start.
type login struct {
	user, password string
	file           string // takes precedence
}

// keys hands out a login and reads its file again when asked to.
type keys struct {
	mu   sync.Mutex // guards now and read
	now  login
	read bool
}

// get returns user and password. Those that a node refused are not given again:
// the file is read, and it is an error if they still stand in it.
func (k *keys) get(refused *login) (login, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.now.file == "" {
		if refused != nil {
			return k.now, errors.New("user and password")
		}
		return k.now, nil
	}
	if k.read && (refused == nil || *refused != k.now) {
		return k.now, nil // read since
	}
	user, password, err := readCookie(k.now.file)
	if err != nil {
		return k.now, err
	}
	old := k.now
	k.now.user, k.now.password, k.read = user, password, true
	if refused != nil && k.now == old {
		return k.now, errors.New("what the cookie file says")
	}
	return k.now, nil
}

func readCookie(name string) (user, password string, err error) {
	f, err := os.Open(name)
	if err != nil {
		return "", "", fmt.Errorf("cookie file: %w", err)
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, cookieMax))
	if err != nil {
		return "", "", fmt.Errorf("cookie file: %w", err)
	}
	user, password, ok := strings.Cut(strings.TrimSpace(string(b)), ":")
	if !ok || user == "" {
		return "", "", fmt.Errorf("cookie file %s: want user:password", name)
	}
	return user, password, nil
}
