package repo

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"
)

// Errors of a database file that is no longer the one that the server has open: what
// is written then is lost when the server ends.
var (
	errFileGone  = fmt.Errorf("%w: the database file is not at its path any more: put it back", ErrStorage)
	errOtherFile = fmt.Errorf("%w: another file is at the path of the database than the server has open: "+
		"put the right one back, or restart the server to take the new one", ErrStorage)
	errLogGone = fmt.Errorf("%w: the -wal or -shm file of the database was moved, deleted or replaced: "+
		"put it back, or stop the server by SIGTERM, which writes the log into the database, and start it again", ErrStorage)
)

// checkPause is the least time between two checks of the file for reads.
const checkPause = 100 * time.Millisecond

// sqliteFile knows which file the connections have open, and whether it is still the
// one at the path. It never opens a file: closing it would drop SQLite's locks.
type sqliteFile struct {
	path    string
	changed func()

	mu   sync.Mutex
	main os.FileInfo    // of the file that the first connection has opened
	logs [2]os.FileInfo // of -wal and -shm, while a connection is open
	open int            // connections

	checked atomic.Int64 // when check last ran, in nanoseconds since processStart
	state   atomic.Pointer[error]
}

var processStart = time.Now()

// logPaths returns the paths of -wal and -shm, which are beside the file that a
// symbolic link leads to.
func (f *sqliteFile) logPaths() [2]string {
	path := f.path
	if resolved, err := filepath.EvalSymlinks(path); err == nil {
		path = resolved
	}
	return [2]string{path + "-wal", path + "-shm"}
}

// join records the file that a new connection has opened, or compares it with that of
// the others.
func (f *sqliteFile) join() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.main == nil {
		main, err := identify(f.path)
		if err != nil {
			return err
		}
		f.main = main
	}
	if f.open == 0 { // the last connection of before has deleted the log
		for i, path := range f.logPaths() {
			f.logs[i], _ = identify(path) // nil: the database has no log
		}
	}
	if err := f.compare(); err != nil {
		return err
	}
	f.open++
	return nil
}

// onChange makes check call changed when it finds the file gone, or there again.
func (f *sqliteFile) onChange(changed func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.changed = changed
}

// opened returns the identity of the file, or nil if none has been opened.
func (f *sqliteFile) opened() os.FileInfo {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.main
}

// leave says that a connection is about to be closed.
func (f *sqliteFile) leave() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.open--
}

// check returns an error unless the file that is open is the one at the path.
func (f *sqliteFile) check() error {
	f.mu.Lock()
	err, changed := f.compare(), f.changed
	f.mu.Unlock()
	if last := f.state.Swap(&err); changed != nil && last != nil && (*last == nil) != (err == nil) {
		changed()
	}
	f.checked.Store(int64(time.Since(processStart)))
	return err
}

// checkSometimes is check, which runs if it has not for checkPause.
func (f *sqliteFile) checkSometimes() error {
	last := f.state.Load()
	if last == nil || int64(time.Since(processStart))-f.checked.Load() > int64(checkPause) {
		return f.check()
	}
	return *last
}

func (f *sqliteFile) compare() error {
	if f.main == nil {
		return nil // no connection has been opened yet
	}
	if err := sameFile(f.main, f.path, errFileGone, errOtherFile); err != nil {
		return err
	}
	if f.open == 0 {
		return nil
	}
	for i, path := range f.logPaths() {
		if f.logs[i] == nil {
			continue
		}
		if err := sameFile(f.logs[i], path, errLogGone, errLogGone); err != nil {
			return err
		}
	}
	return nil
}

// sameFile returns gone if there is no file at path, and other if it is not the known
// one.
func sameFile(known os.FileInfo, path string, gone, other error) error {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return gone
	case err != nil:
		return fmt.Errorf("%w: %w", ErrStorage, err)
	case !os.SameFile(known, info):
		return other
	}
	return nil
}

// identify returns the identity of the file at path for os.SameFile, which on some
// systems reads it only when it is asked for the first time.
func identify(path string) (os.FileInfo, error) {
	info, err := os.Stat(path)
	if err == nil {
		os.SameFile(info, info)
	}
	return info, err
}
