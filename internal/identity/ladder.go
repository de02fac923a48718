package identity

import "time"

// LockAfter returns how long an address is locked by its n-th failed log-in
// in a row: 60 s with the fifth, 300 s with the tenth, 3,600 s with the
// twentieth and every fifth after it; 0 for all others.
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

// FailureMemory is how long failures count when no other follows.
const FailureMemory = 24 * time.Hour
