package mail

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/google/uuid"

	"example.com/alta/internal/identity"
	"example.com/alta/internal/product"
	"example.com/alta/repo"
)

// Deliver sends a mail that the caller has leased, and records the outcome. If
// the mail was not sent, Deliver returns the cause. Unless the mail was refused
// for good or is too old, the worker tries again later.
func (o *Outbox) Deliver(ctx context.Context, id uuid.UUID) error {
	mail, err := o.find(ctx, id)
	if err != nil {
		return fmt.Errorf("outbox: look up mail: %w", err)
	}
	start := time.Now()
	err = o.send(ctx, mail)
	took := time.Since(start)
	result := o.outcomeOf(mail, err)
	if o.Tried != nil {
		o.Tried(Kind(mail.Kind), result.name, took)
	}
	// The outcome is recorded even if the caller's request has been cancelled.
	o.record(context.WithoutCancel(ctx), id, result)
	return err
}

// findTimeout bounds the search for a mail, so that a database that stands still does
// not keep a sender.
const findTimeout = 10 * time.Second

func (o *Outbox) find(ctx context.Context, id uuid.UUID) (repo.Mail, error) {
	ctx, cancel := context.WithTimeout(ctx, findTimeout)
	defer cancel()
	return o.Repo.Mail(ctx, id)
}

func (o *Outbox) send(ctx context.Context, mail repo.Mail) (err error) {
	defer func() { // a mail that cannot be composed must not stop the others
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	text, err := o.Keys.Open(identity.PurposeOutbox, mail.ID.String(), mail.Payload)
	if err != nil { // later attempts would fail, too
		return fmt.Errorf("%w: %w", ErrRefused, err)
	}
	var l Letter
	if err := json.Unmarshal([]byte(text), &l); err != nil {
		return fmt.Errorf("%w: %w", ErrRefused, err)
	}
	content, err := Compose(l, cmp.Or(o.Name, product.DefaultName), o.PublicURL)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrRefused, err)
	}
	ctx, cancel := context.WithTimeout(ctx, o.Timeout)
	defer cancel()
	return o.Sender.Send(ctx, Message{ID: mail.ID.String(), To: cmp.Or(l.To, mail.To), Date: mail.CreatedAt, Content: content})
}

// outcomeOf returns the outcome of an attempt that returned err.
func (o *Outbox) outcomeOf(mail repo.Mail, err error) outcome {
	now := o.Now()
	switch {
	case err == nil:
		return outcome{name: ResultSent, state: repo.MailSent}
	case errors.Is(err, ErrRefused), !now.Before(mail.CreatedAt.Add(maxAge)):
		return outcome{name: ResultDead, state: repo.MailDead, text: err.Error()}
	}
	failed := outcome{name: ResultFailed, state: repo.MailPending, due: now.Add(pause(mail.Attempts)), text: err.Error()}
	if errors.Is(err, ErrMisconfigured) {
		failed.name = ResultMisconfigured
	}
	return failed
}

// logFailure logs a failed attempt of the worker: as an error, if the operator has to
// do something about it. The callers of Deliver log theirs.
func (o *Outbox) logFailure(id uuid.UUID, err error) {
	if errors.Is(err, ErrMisconfigured) {
		o.Log.Error("outbox: the mail server does not take mails as the settings have them; trying again", "mail", id, "error", err)
		return
	}
	o.Log.Warn("outbox: mail not sent", "mail", id, "error", err)
}

// pause returns how long to wait after an attempt has failed, given the number of
// failures before it.
func pause(failures int) time.Duration {
	if failures > 10 { // beyond the maximum, and the shift could overflow
		return maxPause
	}
	return min(firstPause<<failures, maxPause)
}
