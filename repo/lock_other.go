//go:build !unix

package repo

import "context"

// lockFile does not lock anything on systems without flock. Do not start two
// processes on one new database file at the same moment there.
func lockFile(context.Context, string) (unlock func(), err error) { return func() {}, nil }
