//go:build unix

package repo

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"syscall"
)

// claimSuffix is that of the file beside a database that says which file the running
// server has open. The server holds a lock on it.
const claimSuffix = ".serving"

// claim is what the file says.
type claim struct {
	pid         int
	device, ino uint64
}

const claimFormat = "process %d, device %d, inode %d\n"

func claimOf(info os.FileInfo) (claim, bool) {
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return claim{}, false
	}
	return claim{pid: os.Getpid(), device: uint64(stat.Dev), ino: uint64(stat.Ino)}, true
}

// claimFile records that this process has the file open that is known by info and was
// opened at path. If another process has recorded that, or if nothing can be written,
// it does nothing.
func claimFile(path string, info os.FileInfo) (release func()) {
	c, ok := claimOf(info)
	if !ok {
		return func() {}
	}
	file, err := os.OpenFile(path+claimSuffix, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return func() {}
	}
	if syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) != nil || file.Truncate(0) != nil {
		_ = file.Close()
		return func() {}
	}
	_, _ = fmt.Fprintf(file, claimFormat, c.pid, c.device, c.ino) // an empty file claims nothing
	return func() {
		_ = os.Remove(file.Name())
		_ = file.Close()
	}
}

// CheckClaim returns an error if a running server has opened another file than the one
// that is now at the path of the SQLite database at url. Whatever is written there is
// not what the server sees.
func CheckClaim(url string) error {
	path, isSQLite := strings.CutPrefix(url, SQLitePrefix)
	if !isSQLite {
		return nil
	}
	file, err := os.Open(path + claimSuffix)
	if err != nil {
		return nil // nobody serves it
	}
	defer file.Close()
	if syscall.Flock(int(file.Fd()), syscall.LOCK_SH|syscall.LOCK_NB) == nil {
		return nil // whoever did has ended
	}
	text, err := io.ReadAll(io.LimitReader(file, 128))
	var c claim
	if _, scanErr := fmt.Sscanf(string(text), claimFormat, &c.pid, &c.device, &c.ino); err != nil || scanErr != nil {
		return nil
	}
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("the running server (process %d) has a file open that is not at %s any more: put it back", c.pid, path)
	}
	if err != nil {
		return err
	}
	if there, ok := claimOf(info); ok && (there.device != c.device || there.ino != c.ino) {
		return fmt.Errorf("the running server (process %d) has another file open than the one at %s: "+
			"put the right one back, or restart the server to take this one", c.pid, path)
	}
	return nil
}
