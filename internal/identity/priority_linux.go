package identity

import "syscall"

// lowerPriority lowers the priority of the calling thread. If that fails, passwords
// are hashed at normal priority.
func lowerPriority() {
	const nice = 10
	_ = syscall.Setpriority(syscall.PRIO_PROCESS, syscall.Gettid(), nice)
}
