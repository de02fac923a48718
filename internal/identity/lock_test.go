package identity

import (
	"fmt"
	"testing"
	"time"
)

func TestLockAfter(t *testing.T) {
	locks := map[int]time.Duration{
		5:   time.Minute,
		10:  5 * time.Minute,
		20:  time.Hour,
		25:  time.Hour,
		30:  time.Hour,
		35:  time.Hour,
		100: time.Hour,
	}
	for _, n := range []int{
		-5, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 14, 15, 16, 19, 20, 21, 24, 25, 26, 30, 35, 99, 100, 101,
	} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			if got := LockAfter(n); got != locks[n] {
				t.Errorf("LockAfter(%d) = %v, want %v", n, got, locks[n])
			}
		})
	}
}
