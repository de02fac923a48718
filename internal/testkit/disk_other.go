//go:build !linux

package testkit

import "testing"

// Disk is a small file system of a test's own, which the test can fill.
type Disk struct{ Dir string }

// NewDisk skips the test: it has disks only on Linux.
func NewDisk(t testing.TB, _ int) Disk {
	t.Helper()
	Missing(t, "no disk of its own for the test on this system")
	return Disk{}
}

// Fill leaves no space on the disk until empty is called.
func (Disk) Fill() (empty func()) { return func() {} }
