package identity

import "syscall"

// lowerPriority makes the calling thread yield to every other. That it may
// fail is no matter: passwords are then hashed at ordinary priority.
func lowerPriority() {
	const nice = 10
	_ = syscall.Setpriority(syscall.PRIO_PROCESS, syscall.Gettid(), nice)
}
