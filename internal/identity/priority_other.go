//go:build !linux

package identity

// lowerPriority does nothing: threads have a priority of their own on Linux only.
func lowerPriority() {}
