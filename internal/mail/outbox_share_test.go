package mail_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"example.com/alta/internal/mail"
	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

// TestOutboxTakesOver: if the sender of a mail dies, the mail is sent as soon as
// its lease ends.
func TestOutboxTakesOver(t *testing.T) {
	tests := []struct {
		name string
		take func(h *harness) (id string)
	}{
		{"a worker died", func(h *harness) string {
			id := h.add(h.user)
			h.inTx(func(tx *repo.Tx) error {
				taken, err := tx.LeaseMail(h.t.Context(), uuid.MustParse(id), lease)
				if !taken {
					h.t.Error("the mail could not be leased")
				}
				return err
			})
			return id
		}},
		{"a registration died before it sent its mail", func(h *harness) string { return h.addLeased(h.user) }},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			testdb.Each(t, func(t *testing.T, databaseURL string) {
				h := newHarness(t, databaseURL)
				id := test.take(h)
				h.flush()
				h.clock.Advance(lease - time.Microsecond)
				h.flush()
				h.expectAttempts(0)
				h.clock.Advance(time.Microsecond)
				h.flush()
				h.expectAttempts(1)
				h.expectMail(id, "sent", 1)
			})
		})
	}
}

// manyMails is more than one batch.
const manyMails = 70

func (h *harness) addManyMails() {
	h.t.Helper()
	for i := range manyMails {
		h.add(h.newUser(fmt.Sprintf("user%02d@example.com", i)))
	}
}

// TestOutboxesShare: two processes on one database send each mail once.
func TestOutboxesShare(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		h := newHarness(t, databaseURL)
		second := must(repo.Open(t.Context(), databaseURL, h.clock.Now))
		defer second.Close()
		h.addManyMails()
		outboxes := []*mail.Outbox{h.Outbox, h.newOutbox(second, secret+secret)}
		var ready, done sync.WaitGroup
		ready.Add(len(outboxes))
		for _, outbox := range outboxes {
			done.Go(func() {
				ready.Done()
				ready.Wait()
				if err := outbox.Flush(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		done.Wait()
		sent := map[string]int{}
		for _, m := range h.sender.attempts() {
			if sent[m.ID]++; sent[m.ID] > 1 {
				t.Errorf("the mail to %s was sent twice", m.To)
			}
		}
		if len(sent) != manyMails {
			t.Errorf("%d mails were sent, want %d", len(sent), manyMails)
		}
	})
}

// TestOutboxBoundsItsSenders: the worker sends eight mails at a time, neither
// more nor fewer.
func TestOutboxBoundsItsSenders(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		const senders = 8
		h := newHarness(t, databaseURL)
		h.addManyMails()
		var mu sync.Mutex
		now, most := 0, 0
		full := make(chan struct{})
		h.sender.respond(func(ctx context.Context, _ mail.Message) error {
			mu.Lock()
			now++
			if most = max(most, now); now == senders && most == senders {
				select {
				case <-full:
				default:
					close(full)
				}
			}
			mu.Unlock()
			defer func() {
				mu.Lock()
				now--
				mu.Unlock()
			}()
			select {
			case <-full:
			case <-ctx.Done():
				t.Error("there are fewer senders than allowed")
			}
			return nil
		})
		h.flush()
		h.expectAttempts(manyMails)
		if most != senders {
			t.Errorf("%d mails were sent at once, want %d", most, senders)
		}
	})
}

// TestOutboxStops: the worker starts when it is woken. It returns only after the
// mails that it is sending are sent and recorded.
func TestOutboxStops(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		h := newHarness(t, databaseURL)
		id := h.add(h.user)
		ctx, stop := context.WithCancel(t.Context())
		var finished atomic.Bool
		h.sender.respond(func(sending context.Context, _ mail.Message) error {
			stop()
			for range 100 { // enough time for a worker that does not wait to return
				if err := h.repo.Ping(sending); err != nil {
					t.Errorf("the attempt was cut off: %v", err)
				}
			}
			finished.Store(true)
			return nil
		})
		h.Wake()
		h.Run(ctx)
		if !finished.Load() {
			t.Error("the worker did not wait for the attempt")
		}
		h.expectMail(id, "sent", 1)
	})
}

// TestOutboxRuns: mails that are added while the worker is idle are sent.
func TestOutboxRuns(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		h := newHarness(t, databaseURL)
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		sent := make(chan string, 2)
		h.sender.respond(func(_ context.Context, m mail.Message) error {
			sent <- m.To
			return nil
		})
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			h.Run(ctx)
		}()
		for i := range 3 {
			email := fmt.Sprintf("user%d@example.com", i)
			h.add(h.newUser(email))
			h.Wake()
			if to := <-sent; to != email {
				t.Errorf("got the mail to %s, want %s", to, email)
			}
		}
		stop()
		<-ended
		h.expectAttempts(3)
	})
}
