//go:build unix

package command

import "syscall"

// freeBytes returns the space that an ordinary user can still use on the disk of
// path.
func freeBytes(path string) (free uint64, known bool) {
	var stat syscall.Statfs_t
	if err := syscall.Statfs(path, &stat); err != nil {
		return 0, false
	}
	return uint64(stat.Bavail) * uint64(stat.Bsize), true
}
