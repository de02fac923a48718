//go:build unix

package command

import "syscall"

// freeBytes returns how much an ordinary user may still write where path is.
func freeBytes(path string) (free uint64, known bool) {
	var stat syscall.Statfs_t
	if err := syscall.Statfs(path, &stat); err != nil {
		return 0, false
	}
	return uint64(stat.Bavail) * uint64(stat.Bsize), true
}
