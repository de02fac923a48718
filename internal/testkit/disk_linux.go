package testkit

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
)

// Disk is a small file system of a test's own, which the test can fill.
type Disk struct {
	Dir string // where it is mounted
	t   testing.TB
}

// NewDisk mounts a file system in memory of the size in bytes, until the test ends. If
// the tester may not mount, the test is skipped, or fails if CI is true.
func NewDisk(t testing.TB, size int) Disk {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "mode=0700,size="+strconv.Itoa(size)); err != nil {
		Missing(t, "no disk of its own for the test: "+err.Error())
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return Disk{Dir: dir, t: t}
}

// Fill leaves no space on the disk until empty is called.
func (d Disk) Fill() (empty func()) {
	d.t.Helper()
	file, err := os.Create(filepath.Join(d.Dir, "filler"))
	if err != nil {
		d.t.Fatal(err)
	}
	block := make([]byte, 4096)
	for err == nil {
		_, err = file.Write(block)
	}
	if !errors.Is(err, syscall.ENOSPC) {
		d.t.Fatal(err)
	}
	return func() {
		if err := errors.Join(file.Close(), os.Remove(file.Name())); err != nil {
			d.t.Fatal(err)
		}
	}
}
