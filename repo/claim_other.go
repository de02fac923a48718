//go:build !unix

package repo

import "os"

// claimFile records nothing on systems without flock.
func claimFile(string, os.FileInfo) (release func()) { return func() {} }

// CheckClaim finds nothing on systems without flock.
func CheckClaim(string) error { return nil }
