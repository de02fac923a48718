package identity

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// crowd makes n callers wait, each with the caller of its number, and returns a
// function that counts those that were refused at once.
func crowd(h *Hasher, n int, caller func(i int) Caller, served func(i int)) (refused func() int) {
	var mu sync.Mutex
	busy := 0
	for i := range n {
		go func() {
			if err := h.do(context.Background(), caller(i), func() { served(i) }); err != nil {
				mu.Lock()
				busy++
				mu.Unlock()
			}
		}()
		synctest.Wait() // in their order
	}
	return func() int {
		synctest.Wait()
		mu.Lock()
		defer mu.Unlock()
		return busy
	}
}

func ignore(int) {}

// TestOneNetworkHasAShareOfThePlaces: 400 callers of one network leave places for
// others, who are served after one of them; known callers have places of their own.
func TestOneNetworkHasAShareOfThePlaces(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := testHasher(HasherConfig{Workers: 1, Queue: 256, Wait: time.Minute})
		defer h.Close()
		release := occupy(t, h)
		var mu sync.Mutex
		var order []string
		serve := func(name string) func(int) {
			return func(int) { mu.Lock(); order = append(order, name); mu.Unlock() }
		}
		flood := crowd(h, 400, func(int) Caller { return Caller{Network: "2001:db8::/48"} }, serve("flood"))
		if n := flood(); n != 400-96 {
			t.Errorf("%d of the network were refused, want all but its share of 96", n)
		}
		honest := crowd(h, 1, func(int) Caller { return Caller{Network: "192.0.2.0/24"} }, serve("honest"))
		neighbour := crowd(h, 1, func(int) Caller { return Caller{Network: "2001:db8::/48", Known: "ada"} }, serve("known"))
		release()
		if honest() != 0 || neighbour() != 0 {
			t.Error("a caller of another network, or a known one, was refused")
		}
		if !slices.Contains(order[:3], "known") || !slices.Contains(order[:3], "honest") || len(order) != 98 {
			t.Errorf("%d were served, the first were %v; want the known and the honest caller among three", len(order), order[:3])
		}
	})
}

// TestFullLanes: when many networks have taken all places, the ones that have the most
// give theirs to the others, until all have the same number; strangers never wait in the
// places of known callers, and one user has a share of these.
func TestFullLanes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := testHasher(HasherConfig{Workers: 1, Queue: 64, Wait: time.Minute})
		defer h.Close()
		release := occupy(t, h)
		flood := crowd(h, 200, func(i int) Caller { return Caller{Network: fmt.Sprint("network ", i%2)} }, ignore)
		if n := flood(); n != 200-48 {
			t.Errorf("%d of two networks were refused, want all but 48", n)
		}
		others := crowd(h, 46, func(i int) Caller { return Caller{Network: fmt.Sprint("other ", i)} }, ignore)
		if n := others(); n != 0 {
			t.Errorf("%d of 46 other networks were refused", n)
		}
		if n := crowd(h, 1, func(int) Caller { return Caller{Network: "one too many"} }, ignore)(); n != 1 {
			t.Error("a caller had a place although each network has one")
		}
		if h.Waiting() != 48 {
			t.Errorf("%d strangers wait, want 48", h.Waiting())
		}
		known := crowd(h, 20, func(int) Caller { return Caller{Network: "one too many", Known: "ada"} }, ignore)
		if n := known(); n != 12 {
			t.Errorf("%d of 20 calls of a known caller were refused, want 12", n)
		}
		if n := crowd(h, 8, func(i int) Caller { return Caller{Known: fmt.Sprint("user ", i)} }, ignore)(); n != 0 {
			t.Errorf("%d of 8 other known callers were refused", n)
		}
		release()
		synctest.Wait()
		if h.Waiting() != 0 || len(h.queue.strangers.jobs)+len(h.queue.known.jobs)+len(h.queue.strangers.turns)+len(h.queue.known.turns) != 0 {
			t.Errorf("%d wait, and the queue remembers groups", h.Waiting())
		}
	})
}

// TestWhoGivesUpFreesThePlace: a caller who hangs up does not take a place any more.
func TestWhoGivesUpFreesThePlace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := testHasher(HasherConfig{Workers: 1, Queue: 2, Wait: time.Minute})
		defer h.Close()
		release := occupy(t, h)
		ctx, cancel := context.WithCancel(context.Background())
		left := make(chan error)
		caller := Caller{Network: "192.0.2.0/24"}
		go func() { left <- h.do(ctx, caller, func() { t.Error("the work of a caller who has left runs") }) }()
		synctest.Wait()
		if err := h.do(context.Background(), caller, func() {}); err != ErrBusy {
			t.Errorf("beyond the share: %v, want ErrBusy", err)
		}
		cancel()
		<-left
		served := crowd(h, 1, func(int) Caller { return caller }, ignore)
		release()
		if served() != 0 {
			t.Error("the place was not free")
		}
	})
}
