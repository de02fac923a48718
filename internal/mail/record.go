package mail

import (
	"context"
	"maps"
	"sync"
	"time"

	"github.com/google/uuid"

	"example.com/alta/repo"
)

// outcome is the result of one attempt to send a mail.
type outcome struct {
	name  string
	state repo.MailState
	due   time.Time // time of the next attempt, if the mail is pending
	text  string    // the error, if the mail was not sent
}

// unrecorded holds outcomes that could not be written to the database, so that
// an accepted mail is not sent again.
type unrecorded struct {
	mu       sync.Mutex
	outcomes map[uuid.UUID]outcome
}

func (u *unrecorded) holds(id uuid.UUID) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	_, held := u.outcomes[id]
	return held
}

func (u *unrecorded) set(id uuid.UUID, o outcome) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.outcomes[id] = o
}

func (u *unrecorded) drop(id uuid.UUID) {
	u.mu.Lock()
	defer u.mu.Unlock()
	delete(u.outcomes, id)
}

func (u *unrecorded) all() map[uuid.UUID]outcome {
	u.mu.Lock()
	defer u.mu.Unlock()
	return maps.Clone(u.outcomes)
}

// recordTimeout bounds an attempt to write an outcome. The worker tries again.
const recordTimeout = 3 * time.Second

// record writes the outcome of a mail to the database. If the database is not
// available, the worker writes it as soon as it is.
func (o *Outbox) record(ctx context.Context, id uuid.UUID, result outcome) {
	o.set(id, result)
	ctx, cancel := context.WithTimeout(ctx, recordTimeout)
	defer cancel()
	err := o.Repo.InTx(ctx, func(tx *repo.Tx) error {
		if result.state == repo.MailPending {
			return tx.RetryMail(ctx, id, result.due, result.text)
		}
		return tx.FinishMail(ctx, id, result.state, result.text)
	})
	if err != nil {
		o.away.Warn("outbox: could not record what became of a mail; trying again", "mail", id, "result", result.name, "error", err)
		return
	}
	o.drop(id)
}

// recordAll writes the outcomes that are still unrecorded.
func (o *Outbox) recordAll(ctx context.Context) {
	for id, result := range o.all() {
		if ctx.Err() == nil {
			o.record(ctx, id, result)
		}
	}
}
