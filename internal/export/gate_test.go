package export

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func TestGate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := NewGate(2, time.Minute)
		var now, most, made, refused atomic.Int32
		var all sync.WaitGroup
		for range 64 {
			all.Go(func() {
				leave, err := g.Enter(t.Context())
				if errors.Is(err, ErrBusy) {
					refused.Add(1)
					return
				}
				if n := now.Add(1); n > most.Load() {
					most.Store(n)
				}
				time.Sleep(10 * time.Second)
				now.Add(-1)
				made.Add(1)
				leave()
			})
		}
		all.Wait()
		// Two are made every ten seconds, until the others have waited a minute.
		if most.Load() != 2 || made.Load() < 12 || made.Load() > 14 || made.Load()+refused.Load() != 64 {
			t.Errorf("%d at once, %d made, %d refused", most.Load(), made.Load(), refused.Load())
		}
		if leave, err := NewGate(1, 0).Enter(t.Context()); err != nil {
			t.Errorf("a free slot was refused: %v", err)
		} else {
			leave()
		}
	})
}

func TestGateRespectsTheContext(t *testing.T) {
	g := NewGate(1, time.Hour)
	leave, err := g.Enter(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer leave()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := g.Enter(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", err)
	}
}
