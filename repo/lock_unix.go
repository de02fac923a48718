//go:build unix

package repo

import (
	"context"
	"fmt"
	"os"
	"syscall"
	"time"
)

// lockFile waits for an exclusive lock on the file at path, which it creates if
// necessary. The lock ends when the process does, at the latest.
func lockFile(ctx context.Context, path string) (unlock func(), err error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("migration lock: %w", err)
	}
	for {
		err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return func() { _ = file.Close() }, nil
		}
		select {
		case <-ctx.Done():
			_ = file.Close()
			return nil, fmt.Errorf("migration lock: %w", ctx.Err())
		case <-time.After(10 * time.Millisecond):
		}
	}
}
