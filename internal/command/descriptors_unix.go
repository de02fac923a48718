//go:build unix

package command

import (
	"fmt"
	"math"
	"syscall"
)

// maxDescriptors returns how many files and connections the process may have open. Go's
// runtime has raised the limit as far as the process may (package os).
func maxDescriptors() (int, error) {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return 0, fmt.Errorf("the limit of open files: %w", err)
	}
	return int(min(uint64(limit.Cur), math.MaxInt32)), nil
}
