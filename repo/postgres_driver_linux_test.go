package repo_test

import (
	"errors"
	"net"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/lib/pq"

	"example.com/alta/repo"
)

// TestFullQueue: connecting waits for a Unix socket whose queue is full.
func TestFullQueue(t *testing.T) {
	for name, dialer := range repo.Dialers {
		t.Run(name, func(t *testing.T) { testFullQueue(t, dialer) })
	}
}

func testFullQueue(t *testing.T, dialer pq.Dialer) {
	path := filepath.Join(t.TempDir(), "socket")
	fd, err := syscall.Socket(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer syscall.Close(fd)
	if err := errors.Join(syscall.Bind(fd, &syscall.SockaddrUnix{Name: path}), syscall.Listen(fd, 0)); err != nil {
		t.Fatal(err)
	}
	for full := false; !full; {
		c, err := net.Dial("unix", path)
		if full = errors.Is(err, syscall.EAGAIN); !full && err != nil {
			t.Fatal(err)
		} else if !full {
			defer c.Close()
		}
	}
	if _, err := dialer.DialTimeout("unix", path, 50*time.Millisecond); !errors.Is(err, syscall.EAGAIN) {
		t.Errorf("a queue that stays full: %v, want EAGAIN", err)
	}
	dialed := make(chan error)
	go func() {
		c, err := dialer.DialTimeout("unix", path, 10*time.Second)
		if err == nil {
			err = c.Close()
		}
		dialed <- err
	}()
	for {
		accepted, _, err := syscall.Accept(fd)
		if err != nil {
			t.Fatal(err)
		}
		defer syscall.Close(accepted)
		select {
		case err := <-dialed:
			if err != nil {
				t.Errorf("a queue in which there is room again: %v", err)
			}
			return
		case <-time.After(100 * time.Millisecond):
		}
	}
}
