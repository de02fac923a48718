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

// TestOutboxTakesOver: a mail whose sender died waits until its lease is over,
// and not a moment longer.
func TestOutboxTakesOver(t *testing.T) {
	tests := []struct {
		name string
		take func(o *office) (id string)
	}{
		{"a worker died", func(o *office) string {
			id := o.add(o.user, false)
			o.write(func(tx *repo.Tx) error {
				taken, err := tx.LeaseMail(o.t.Context(), uuid.MustParse(id), lease)
				if !taken {
					o.t.Error("the mail was not to be had")
				}
				return err
			})
			return id
		}},
		{"a registration died before it sent its mail", func(o *office) string { return o.add(o.user, true) }},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			testdb.Each(t, func(t *testing.T, databaseURL string) {
				o := open(t, databaseURL)
				id := test.take(o)
				o.flush()
				o.clock.Advance(lease - time.Microsecond)
				o.flush()
				o.expectTries(0)
				o.clock.Advance(time.Microsecond)
				o.flush()
				o.expectTries(1)
				o.expect(id, "sent", 1)
			})
		})
	}
}

// crowd is more mails than are looked up at once.
const crowd = 70

func (o *office) addCrowd() {
	o.t.Helper()
	for i := range crowd {
		o.add(o.newUser(fmt.Sprintf("user%02d@example.com", i)), false)
	}
}

// TestOutboxesShare: of two processes on one database, each mail is sent by
// one.
func TestOutboxesShare(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		o := open(t, databaseURL)
		second := must(repo.Open(t.Context(), databaseURL, o.clock.Now))
		defer second.Close()
		o.addCrowd()
		outboxes := []*mail.Outbox{o.Outbox, o.another(second, secrets+secrets)}
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
		for _, m := range o.carrier.tried() {
			if sent[m.ID]++; sent[m.ID] > 1 {
				t.Errorf("the mail to %s was sent twice", m.To)
			}
		}
		if len(sent) != crowd {
			t.Errorf("%d mails were sent, want %d", len(sent), crowd)
		}
	})
}

// TestOutboxBoundsItsSenders: eight conversations at a time, and that many.
func TestOutboxBoundsItsSenders(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		const senders = 8
		o := open(t, databaseURL)
		o.addCrowd()
		var mu sync.Mutex
		now, most := 0, 0
		full := make(chan struct{})
		o.carrier.do(func(ctx context.Context, _ mail.Message) error {
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
				t.Error("there are fewer senders than there may be")
			}
			return nil
		})
		o.flush()
		o.expectTries(crowd)
		if most != senders {
			t.Errorf("%d mails were sent at once, want %d", most, senders)
		}
	})
}

// TestOutboxStops: the worker begins when it is woken, and does not return
// before what it sends is sent and recorded.
func TestOutboxStops(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		o := open(t, databaseURL)
		id := o.add(o.user, false)
		ctx, stop := context.WithCancel(t.Context())
		var finished atomic.Bool
		o.carrier.do(func(sending context.Context, _ mail.Message) error {
			stop()
			for range 100 { // time enough for a worker that does not wait
				if err := o.repo.Ping(sending); err != nil {
					t.Errorf("what is being sent is cut off: %v", err)
				}
			}
			finished.Store(true)
			return nil
		})
		o.Wake()
		o.Run(ctx)
		if !finished.Load() {
			t.Error("the worker did not wait for what is being sent")
		}
		o.expect(id, "sent", 1)
	})
}

// TestOutboxRuns: mails that are added while the worker rests are sent.
func TestOutboxRuns(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		o := open(t, databaseURL)
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		sent := make(chan string, 2)
		o.carrier.do(func(_ context.Context, m mail.Message) error {
			sent <- m.To
			return nil
		})
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			o.Run(ctx)
		}()
		for i := range 3 {
			email := fmt.Sprintf("user%d@example.com", i)
			o.add(o.newUser(email), false)
			o.Wake()
			if to := <-sent; to != email {
				t.Errorf("got the mail to %s, want %s", to, email)
			}
		}
		stop()
		<-ended
		o.expectTries(3)
	})
}
