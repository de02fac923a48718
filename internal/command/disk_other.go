//go:build !unix

package command

// freeBytes returns false: the free space is not known.
func freeBytes(string) (free uint64, known bool) { return 0, false }
