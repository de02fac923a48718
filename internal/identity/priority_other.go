//go:build !linux

package identity

// lowerPriority does nothing: only Linux has a priority for each thread.
func lowerPriority() {}
