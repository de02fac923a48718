package identity

import "time"

// LockAfter returns the duration of the lock after the n-th failed log-in in a row
// for an address: 60 s after the fifth, 300 s after the tenth, 3,600 s after the
// twentieth and every fifth after that, otherwise 0.
func LockAfter(n int) time.Duration {
	switch {
	case n == 5:
		return time.Minute
	case n == 10:
		return 5 * time.Minute
	case n >= 20 && n%5 == 0:
		return time.Hour
	}
	return 0
}

// FailureMemory is the time after which failures no longer count, if no other
// follows.
const FailureMemory = 24 * time.Hour
