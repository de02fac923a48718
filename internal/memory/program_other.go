//go:build !linux

package memory

// dropProgram does nothing: other systems give such pages back by themselves.
func dropProgram() error { return nil }
