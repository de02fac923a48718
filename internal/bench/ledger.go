package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"time"

	"github.com/google/uuid"

	"example.com/alta/internal/identity"
	"example.com/alta/internal/meter"
	"example.com/alta/repo"
)

// chargers is the number of concurrent callers that charge without HTTP.
const chargers = 64

// manyTokens is a balance that no load uses up.
const manyTokens = 1_000_000_000

// chargedEndpoint is the endpoint in rows of the ledger.
const chargedEndpoint = "GET /api/accounts"

// withRepo runs fn with the engine's database, whose schema is up to date, in this
// process.
func withRepo(ctx context.Context, e *engine, fn func(*repo.Repo) error) error {
	r, err := repo.Open(ctx, e.url, time.Now)
	if err != nil {
		return err
	}
	if _, err = r.Migrate(ctx); err == nil {
		err = fn(r)
	}
	return errors.Join(err, r.Close())
}

// withLedger runs fn with a running ledger.
func withLedger(ctx context.Context, r *repo.Repo, fn func(*meter.Ledger)) {
	ledger := meter.NewLedger(r, time.Now, slog.New(slog.DiscardHandler))
	running, stop := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		ledger.Run(running)
		close(ended)
	}()
	fn(ledger)
	stop()
	<-ended
}

// measureLedger compares the ledger, whose calls share transactions, with one
// transaction per call, both in this process. Then it measures look-ups of keys.
func (b *bench) measureLedger(ctx context.Context, e *engine, r *report) error {
	return withRepo(ctx, e, func(db *repo.Repo) error {
		users, err := addLedgers(ctx, db, chargers)
		if err != nil {
			return err
		}
		for _, ledgers := range []int{1, chargers} {
			b.compareCharges(ctx, db, users[:ledgers], r)
		}
		return b.measureLookUps(ctx, db, users[0], r)
	})
}

// compareCharges charges the users in both ways.
func (b *bench) compareCharges(ctx context.Context, db *repo.Repo, users []uuid.UUID, r *report) {
	var shared *load
	debit := func(number int) meter.Debit {
		return meter.Debit{UserID: users[number%len(users)], Cost: 1, Endpoint: chargedEndpoint, RequestID: uuid.Must(uuid.NewV7()).String()}
	}
	withLedger(ctx, db, func(ledger *meter.Ledger) {
		shared = callers(ctx, chargers, b.duration/5, func(number int) error {
			_, err := ledger.Charge(context.Background(), debit(number))
			return err
		})
	})
	single := callers(ctx, chargers, b.duration/5, func(number int) error { return chargeAlone(ctx, db, debit(number)) })
	name := fmt.Sprintf("debits per second, %d callers, ledgers: %d", chargers, len(users))
	r.generator(name, shared)
	r.generator("  one transaction each", single)
	r.info(name, fmt.Sprintf("%.0f/s", shared.perSecond()), describeCharges(shared)+"; without HTTP", shared)
	r.info("  one transaction each", fmt.Sprintf("%.0f/s", single.perSecond()),
		fmt.Sprintf("%s; the ledger makes %.1f times as many", describeCharges(single), shared.perSecond()/single.perSecond()), single)
}

func describeCharges(l *load) string {
	spent := l.processors * l.elapsed.Seconds() * float64(runtime.NumCPU())
	return fmt.Sprintf("p50 %s, p99 %s, %.0f µs of processor time of this process each",
		milliseconds(quantile(l.took, 0.5)), milliseconds(quantile(l.took, 0.99)), 1e6*spent/float64(max(len(l.took), 1)))
}

// chargeAlone writes the same rows as the ledger for a debit, in a transaction of
// its own.
func chargeAlone(ctx context.Context, db *repo.Repo, d meter.Debit) error {
	return db.InTx(ctx, func(tx *repo.Tx) error {
		ledgers, err := tx.LockLedgers(ctx, []uuid.UUID{d.UserID})
		if err != nil {
			return err
		}
		if len(ledgers) == 0 || ledgers[0].Balance < d.Cost {
			return errors.New("no ledger, or not enough in it")
		}
		ledgers[0].Balance -= d.Cost
		row := repo.TokenRow{UserID: d.UserID, Delta: -d.Cost, Kind: repo.TokensDebit, Endpoint: d.Endpoint, RequestID: d.RequestID}
		if err := tx.AddTokenRows(ctx, []repo.TokenRow{row}); err != nil {
			return err
		}
		usage := repo.Usage{UserID: d.UserID, Day: repo.UsageDay(tx.Now()), Endpoint: d.Endpoint, Tokens: d.Cost, Calls: 1}
		return errors.Join(tx.SetLedgers(ctx, ledgers), tx.AddUsage(ctx, []repo.Usage{usage}))
	})
}

// addLedgers adds users with enough tokens.
func addLedgers(ctx context.Context, db *repo.Repo, n int) (users []uuid.UUID, err error) {
	plan := repo.Plan{Name: repo.PlanPaid, TokensPerMonth: manyTokens}
	err = db.InTx(ctx, func(tx *repo.Tx) error {
		users = nil
		for range n {
			user, err := tx.CreateUser(ctx, repo.NewUser{Email: newAddress(), Door: repo.DoorAPI, Currency: repo.DefaultCurrency})
			if err != nil {
				return err
			}
			refillAt := tx.Now().AddDate(0, 1, 0)
			if err := tx.OpenLedger(ctx, user.ID, plan, refillAt, repo.TokenCause{Endpoint: "bench", RequestID: uuid.NewString()}); err != nil {
				return err
			}
			users = append(users, user.ID)
		}
		return nil
	})
	return users, err
}

// newKey returns a new key of the user, as a text and in its stored form.
func newKey(user uuid.UUID) (text string, key repo.APIKey, err error) {
	keys, err := identity.ParseKeyring(secret)
	if err != nil {
		return "", key, err
	}
	text = identity.NewAPIKey()
	digest := keys.Digest(identity.PurposeAPIKey, text)
	return text, repo.APIKey{
		UserID: user, Name: "bench", Masked: identity.MaskAPIKey(text), Digest: digest.Sum, SecretID: digest.KeyID,
	}, nil
}

// addRevokedKey adds a revoked key of the user.
func addRevokedKey(ctx context.Context, e *engine, email string) (text string, err error) {
	err = withRepo(ctx, e, func(db *repo.Repo) error {
		user, err := db.UserByEmail(ctx, email)
		if err != nil {
			return err
		}
		var key repo.APIKey
		if text, key, err = newKey(user.ID); err != nil {
			return err
		}
		return db.InTx(ctx, func(tx *repo.Tx) error {
			added, err := tx.CreateAPIKey(ctx, key)
			if err != nil {
				return err
			}
			return tx.RevokeAPIKey(ctx, user.ID, added.ID)
		})
	})
	return text, err
}

// measureLookUps looks up an existing key and an unknown one, in turn.
func (b *bench) measureLookUps(ctx context.Context, db *repo.Repo, user uuid.UUID, r *report) error {
	_, key, err := newKey(user)
	if err != nil {
		return err
	}
	_, unknown, err := newKey(user)
	if err != nil {
		return err
	}
	err = db.InTx(ctx, func(tx *repo.Tx) error {
		_, err := tx.CreateAPIKey(ctx, key)
		return err
	})
	if err != nil {
		return err
	}
	var took [2][]time.Duration
	for start := time.Now(); time.Since(start) < b.duration/10; {
		for i, digest := range []string{key.Digest, unknown.Digest} {
			sent := time.Now()
			_, err := db.KeyOwner(ctx, digest, sent)
			if err != nil && !errors.Is(err, repo.ErrNotFound) {
				return err
			}
			took[i] = append(took[i], time.Since(sent))
		}
	}
	for i, name := range []string{"hit", "miss"} {
		r.info("key look-up in the database, "+name, "p50 "+microseconds(quantile(took[i], 0.5)),
			fmt.Sprintf("p99 %s; one caller, %d of each in turn", microseconds(quantile(took[i], 0.99)), len(took[i])))
	}
	return nil
}
