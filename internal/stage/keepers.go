package stage

import (
	"context"
	"errors"
	"sync"

	"example.com/alta/repo"
)

// trimFrom is the number of responses that a caller adds between two trims before it is
// worth a look whether there are too many.
const trimFrom = 10

// keepers counts the stored responses that callers have added since the last trim, by
// their scope.
type keepers struct {
	mu    sync.Mutex
	added map[string]int
}

func (k *keepers) note(scope string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.added == nil {
		k.added = map[string]int{}
	}
	k.added[scope]++
}

// trim deletes the responses beyond the bounds of callers who have added at least
// trimFrom.
func (k *keepers) trim(ctx context.Context, r *repo.Repo) error {
	k.mu.Lock()
	added := k.added
	k.added = nil
	k.mu.Unlock()
	var failed []error
	for scope, n := range added {
		if n < trimFrom {
			continue
		}
		if _, err := r.TrimCalls(ctx, scope); err != nil {
			failed = append(failed, err)
		}
	}
	return errors.Join(failed...)
}
