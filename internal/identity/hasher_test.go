package identity

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// Tests of waiting run in synctest bubbles. The clock of a bubble moves only when
// every goroutine waits, so that times are exact and no test is slow.

func testHasher(config HasherConfig) *Hasher {
	config.Cost = testCost
	return NewHasher(config)
}

var networks atomic.Int64

// stranger returns a caller from a network of its own.
func stranger() Caller { return Caller{Network: strconv.FormatInt(networks.Add(1), 10)} }

// occupy keeps a worker busy until release is called.
func occupy(t *testing.T, h *Hasher) (release func()) {
	t.Helper()
	begun, end := make(chan struct{}), make(chan struct{})
	go func() {
		if err := h.do(context.Background(), stranger(), func() { close(begun); <-end }); err != nil {
			t.Errorf("the job that occupies the worker: %v", err)
		}
	}()
	<-begun
	return func() { close(end) }
}

func TestHasherHashAndVerify(t *testing.T) {
	h := testHasher(HasherConfig{Workers: 2, Queue: 4, Wait: time.Minute})
	defer h.Close()
	ctx := t.Context()
	hash, err := h.Hash(ctx, stranger(), "SecurePass123!")
	if err != nil {
		t.Fatalf("Hash: %v", err)
	}
	tests := []struct {
		name      string
		stored    string
		password  string
		ok, renew bool
		fails     bool
	}{
		{"right", hash, "SecurePass123!", true, false, false},
		{"wrong", hash, "SecurePass123", false, false, false},
		{"right, of another system", mustBcrypt(t, "$2y$", "SecurePass123!"), "SecurePass123!", true, true, false},
		{"nobody's", "", "SecurePass123!", false, false, false},
		{"nobody's, empty password", "", "", false, false, false},
		{"garbage", "garbage", "SecurePass123!", false, false, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			ok, renew, err := h.Verify(ctx, stranger(), test.stored, test.password)
			if ok != test.ok || renew != test.renew || (err != nil) != test.fails {
				t.Errorf("Verify = %t, %t, %v, want %t, %t, error: %t", ok, renew, err, test.ok, test.renew, test.fails)
			}
			if err != nil && strings.Contains(err.Error(), test.password) {
				t.Errorf("the error quotes the password: %v", err)
			}
		})
	}
}

func TestHasherWorkers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := testHasher(HasherConfig{Workers: 3, Queue: 8, Wait: time.Minute})
		defer h.Close()
		if h.Workers() != 3 {
			t.Errorf("Workers = %d, want 3", h.Workers())
		}
		var running atomic.Int32
		end := make(chan struct{})
		for range 8 {
			go h.do(context.Background(), stranger(), func() { running.Add(1); <-end })
		}
		synctest.Wait()
		if running.Load() != 3 || h.Waiting() != 5 {
			t.Errorf("%d run and %d wait, want 3 and 5", running.Load(), h.Waiting())
		}
		close(end)
	})
}

func TestHasherDefaultWorkers(t *testing.T) {
	h := testHasher(HasherConfig{})
	defer h.Close()
	if h.Workers() < 1 {
		t.Errorf("Workers = %d, want one per processor", h.Workers())
	}
}

func TestHasherFullQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := testHasher(HasherConfig{Workers: 1, Queue: 2, Wait: time.Minute})
		defer h.Close()
		release := occupy(t, h)
		queued := make(chan error, 2)
		for range 2 {
			go func() { queued <- h.do(context.Background(), stranger(), func() {}) }()
		}
		synctest.Wait()
		if h.Waiting() != 2 {
			t.Fatalf("Waiting = %d, want 2", h.Waiting())
		}

		start := time.Now()
		if err := h.do(context.Background(), stranger(), func() { t.Error("work that was refused runs") }); err != ErrBusy {
			t.Errorf("with a full queue: %v, want ErrBusy", err)
		}
		if _, err := h.Hash(context.Background(), stranger(), "SecurePass123!"); err != ErrBusy {
			t.Errorf("Hash with a full queue: %v, want ErrBusy", err)
		}
		if ok, _, err := h.Verify(context.Background(), stranger(), "", ""); ok || err != ErrBusy {
			t.Errorf("Verify with a full queue: %t, %v, want false, ErrBusy", ok, err)
		}
		if waited := time.Since(start); waited != 0 {
			t.Errorf("being refused took %v, want no waiting", waited)
		}

		release()
		for range 2 {
			if err := <-queued; err != nil {
				t.Errorf("a queued job: %v", err)
			}
		}
		if err := h.do(context.Background(), stranger(), func() {}); err != nil {
			t.Errorf("with a free place in the queue: %v", err)
		}
	})
}

func TestHasherWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		var waited []time.Duration
		h := testHasher(HasherConfig{
			Workers: 1, Queue: 2, Wait: 5 * time.Second,
			Waited: func(d time.Duration) {
				mu.Lock()
				defer mu.Unlock()
				waited = append(waited, d)
			},
		})
		release := occupy(t, h)
		late := make(chan error)
		go func() { late <- h.do(context.Background(), stranger(), func() { t.Error("work past its wait runs") }) }()
		time.Sleep(4 * time.Second)
		inTime := make(chan error)
		go func() { inTime <- h.do(context.Background(), stranger(), func() {}) }()
		time.Sleep(2 * time.Second)
		release()
		if err := <-late; err != ErrBusy {
			t.Errorf("a job past its wait: %v, want ErrBusy", err)
		}
		if err := <-inTime; err != nil {
			t.Errorf("a job within its wait: %v", err)
		}
		h.Close()
		if len(waited) != 3 || waited[0] != 0 || waited[1] != 5*time.Second || waited[2] != 2*time.Second {
			t.Errorf("Waited was told %v, want [0s 5s 2s]", waited)
		}
	})
}

// Work that has begun before its time is up returns its result.
func TestHasherWorkOutlastsItsWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := testHasher(HasherConfig{Workers: 1, Queue: 1, Wait: time.Second})
		defer h.Close()
		done := false
		if err := h.do(context.Background(), stranger(), func() { time.Sleep(time.Minute); done = true }); err != nil || !done {
			t.Errorf("do = %v, done = %t, want nil, true", err, done)
		}
	})
}

func TestHasherCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := testHasher(HasherConfig{Workers: 1, Queue: 1, Wait: time.Minute})
		defer h.Close()
		release := occupy(t, h)
		ctx, cancel := context.WithCancel(context.Background())
		queued := make(chan error)
		go func() { queued <- h.do(ctx, stranger(), func() { t.Error("cancelled work runs") }) }()
		synctest.Wait()
		cancel()
		release()
		if err := <-queued; !errors.Is(err, context.Canceled) {
			t.Errorf("do = %v, want context.Canceled", err)
		}
		if _, err := h.Hash(ctx, stranger(), "SecurePass123!"); !errors.Is(err, context.Canceled) {
			t.Errorf("Hash = %v, want context.Canceled", err)
		}
		if _, _, err := h.Verify(ctx, stranger(), "garbage", "SecurePass123!"); !errors.Is(err, context.Canceled) {
			t.Errorf("Verify = %v, want context.Canceled", err)
		}
	})
}

func TestHasherClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := testHasher(HasherConfig{Workers: 1, Queue: 8, Wait: time.Minute})
		release := occupy(t, h)
		var ran atomic.Int32
		queued := make(chan error, 4)
		for range 4 {
			go func() { queued <- h.do(context.Background(), stranger(), func() { ran.Add(1) }) }()
		}
		synctest.Wait()

		closed := make(chan struct{})
		go func() { h.Close(); close(closed) }()
		synctest.Wait()
		select {
		case <-closed:
			t.Error("Close returns while a job runs")
		default:
		}
		if err := h.do(context.Background(), stranger(), func() { t.Error("work after Close runs") }); err != ErrBusy {
			t.Errorf("after Close: %v, want ErrBusy", err)
		}
		release()
		<-closed
		for range 4 {
			if err := <-queued; err != nil {
				t.Errorf("a job that was queued before Close: %v", err)
			}
		}
		if ran.Load() != 4 {
			t.Errorf("%d of 4 queued jobs ran", ran.Load())
		}
		h.Close() // a second call, such as a deferred one, does nothing
		if _, err := h.Hash(context.Background(), stranger(), "SecurePass123!"); err != ErrBusy {
			t.Errorf("Hash after Close: %v, want ErrBusy", err)
		}
	})
}

func TestHasherRace(t *testing.T) {
	h := testHasher(HasherConfig{Workers: 2, Queue: 16, Wait: time.Minute})
	var group sync.WaitGroup
	for i := range 64 {
		group.Go(func() {
			if i == 48 {
				h.Close()
				return
			}
			hash, err := h.Hash(context.Background(), stranger(), "SecurePass123!")
			if err != nil {
				if hash != "" || err != ErrBusy {
					t.Errorf("Hash = %q, %v, want a hash or ErrBusy", hash, err)
				}
				return
			}
			if ok, _, err := h.Verify(context.Background(), stranger(), hash, "SecurePass123!"); ok == (err != nil) || err != nil && err != ErrBusy {
				t.Errorf("Verify = %t, %v, want true or ErrBusy", ok, err)
			}
		})
	}
	group.Wait()
	if h.Close(); h.Waiting() != 0 {
		t.Errorf("%d jobs are left in the queue", h.Waiting())
	}
}
