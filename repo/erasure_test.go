package repo_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

// pseudonymOf returns a stand-in for the pseudonym of an address, as long as a
// real one.
func pseudonymOf(email string) string { return (email + strings.Repeat(".", 32))[:32] }

// signUpWithData signs an address up by invite and adds a row of every kind.
func signUpWithData(ctx context.Context, r *repo.Repo, email string) error {
	if err := signUpByInvite(ctx, r, email); err != nil {
		return err
	}
	return r.InTx(ctx, func(tx *repo.Tx) error {
		user, err := tx.UserByEmail(ctx, email)
		if err != nil {
			return err
		}
		id, text := user.ID.String(), "of "+email
		event := repo.AuditEvent{
			Kind: repo.AuditGrant, Actor: repo.ActorAnonymous, UserID: &user.ID, Subject: pseudonymOf(email), Address: "from " + email, Detail: "why " + email,
		}
		noted := repo.AuditEvent{Kind: repo.AuditMailRequest, Actor: repo.ActorAnonymous, Subject: pseudonymOf(email), Address: "from " + email}
		own := repo.AuditEvent{Kind: repo.AuditSuspend, Actor: id, Address: "from " + email}
		w, err := tx.LockWorkspace(ctx, user.ID)
		if err != nil {
			return err
		}
		for _, step := range []func() error{
			func() error { return tx.Audit(ctx, event) },
			func() error { return tx.Audit(ctx, noted) },
			func() error { return tx.Audit(ctx, own) },
			func() error {
				return tx.CreateSession(ctx, repo.Session{ID: uuid.New(), UserID: user.ID, Door: repo.DoorApp, UserAgent: text}, time.Hour)
			},
			func() error { _, _, err := tx.CountFailure(ctx, pseudonymOf(email), tx.Now()); return err },
			func() error { _, _, err := tx.CountFailure(ctx, pseudonymOf(email)+" device", tx.Now()); return err },
			func() error {
				return tx.AddTransaction(ctx, w, &repo.Transaction{Type: repo.TypeIncome, Amount: 1, Currency: "ARS", Description: &text})
			},
			func() error {
				_, _, err := tx.ReserveCall(ctx, repo.IdempotentCall{Scope: id, Key: text}, time.Hour)
				return err
			},
			func() error {
				_, _, err := tx.ReserveCall(ctx, repo.IdempotentCall{Scope: id + " key", Key: text}, time.Hour)
				return err
			},
			func() error {
				_, _, err := tx.ReserveCall(ctx, repo.IdempotentCall{Scope: "nobody", Key: text}, time.Hour)
				return err
			},
			func() error { return tx.OwnCall(ctx, "nobody", text, user.ID) },
			func() error {
				return tx.AddUsage(ctx, []repo.Usage{{UserID: user.ID, Day: "2026-03-04", Endpoint: "GET /", Tokens: 1, Calls: 1}})
			},
		} {
			if err := step(); err != nil {
				return err
			}
		}
		return nil
	})
}

// eraseUser deletes a user as the API does.
func eraseUser(ctx context.Context, r *repo.Repo, email string) error {
	return r.InTx(ctx, func(tx *repo.Tx) error {
		user, err := tx.UserByEmail(ctx, email)
		if err != nil {
			return err
		}
		if user, err = tx.LockUser(ctx, user.ID); err != nil {
			return err
		}
		if err := tx.EraseUser(ctx, user.ID, []string{pseudonymOf(email), "an older pseudonym"}); err != nil {
			return err
		}
		return tx.Audit(ctx, repo.AuditEvent{Kind: repo.AuditDelete, Actor: user.ID.String(), UserID: &user.ID})
	})
}

// rowsMentioning returns the rows of the database that contain the text.
func rowsMentioning(t *testing.T, databaseURL, text string) (lines []string) {
	t.Helper()
	for _, line := range testdb.Dump(t, databaseURL) {
		if strings.Contains(line, text) {
			lines = append(lines, line)
		}
	}
	return lines
}

func TestEraseUser(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		ctx := t.Context()
		r, c := migrated(t, databaseURL)
		createInvite(t, r, crashInvite, 9, 100*24*time.Hour)
		for _, email := range []string{"ada@example.com", "other@example.com"} {
			if err := signUpWithData(ctx, r, email); err != nil {
				t.Fatal(err)
			}
		}
		ada, err := r.UserByEmail(ctx, "ada@example.com")
		if err != nil {
			t.Fatal(err)
		}
		before, other := countRows(t, r), rowsMentioning(t, databaseURL, "other@example.com")
		if n := len(rowsMentioning(t, databaseURL, "ada@example.com")); n < 12 {
			t.Fatalf("only %d rows are about the user", n)
		}
		if err := eraseUser(ctx, r, "ada@example.com"); err != nil {
			t.Fatal(err)
		}
		if left := rowsMentioning(t, databaseURL, "ada@"); len(left) > 0 {
			t.Errorf("left: %q", left)
		}
		if diff := cmp.Diff(other, rowsMentioning(t, databaseURL, "other@example.com")); diff != "" {
			t.Errorf("another user (-before +after):\n%s", diff)
		}
		gone := before.minus(countRows(t, r))
		want := rows{Accounts: 1, Categories: 24, Sessions: 1, LoginFailures: 2, AuditEvents: -1, APIKeys: 1, Tokens: 1, Mails: 2, Calls: 3}
		if gone != want {
			t.Errorf("%+v rows have gone, want %+v", gone, want)
		}
		checkErased(t, r, ada)
		c.Advance(100 * 24 * time.Hour)
		due, err := r.DueRefills(ctx, c.Now(), 100)
		if err != nil || slices.Contains(due, ada.ID) || len(due) != 1 {
			t.Errorf("refills are due for %v (%v), want the other user", due, err)
		}
		if bad, total, err := r.VerifyLedgers(ctx); err != nil || total != 2 || len(bad) > 1 {
			t.Errorf("ledgers: %v of %d, %v", bad, total, err)
		}
		createUser(t, r, "ada@example.com")
	})
}

// checkErased checks that no query finds the user and that no update changes
// the row.
func checkErased(t *testing.T, r *repo.Repo, u repo.User) {
	t.Helper()
	ctx := t.Context()
	tombstone := "deleted:" + u.ID.String()
	for what, err := range map[string]error{
		"by id":                errorOf(r.UserByID(ctx, u.ID)),
		"by address":           errorOf(r.UserByEmail(ctx, u.Email)),
		"by what stands there": errorOf(r.UserByEmail(ctx, tombstone)),
		"workspace":            errorOf(r.Workspace(ctx, u.ID)),
		"lock":                 r.InTx(ctx, func(tx *repo.Tx) error { return errorOf(tx.LockUser(ctx, u.ID)) }),
		"lock the workspace":   r.InTx(ctx, func(tx *repo.Tx) error { return errorOf(tx.LockWorkspace(ctx, u.ID)) }),
		"update":               r.InTx(ctx, func(tx *repo.Tx) error { return errorOf(tx.UpdateUser(ctx, u.ID, repo.UserUpdate{})) }),
	} {
		if !errors.Is(err, repo.ErrNotFound) {
			t.Errorf("%s: %v, want ErrNotFound", what, err)
		}
	}
	write(t, r, func(tx *repo.Tx) error {
		role, err := tx.SetRole(ctx, u.ID, repo.RoleAdmin)
		active, err2 := tx.SetActive(ctx, u.ID, true)
		plan, err3 := tx.SetPlan(ctx, u.ID, repo.PlanPaid)
		if role || active || plan {
			t.Error("a deleted user was changed")
		}
		return errors.Join(err, err2, err3)
	})
	list, err := r.Users(ctx, "", 100)
	newest, total, err2 := r.NewestUsers(ctx, repo.Page{Limit: 100})
	balances, count, err3 := r.UserBalances(ctx, repo.Page{Limit: 100})
	if err := errors.Join(err, err2, err3); err != nil {
		t.Fatal(err)
	}
	if len(list) != 1 || len(newest) != 1 || total != 1 || len(balances) != 1 || count != 1 {
		t.Errorf("lists have %d, %d of %d and %d of %d users, want one", len(list), len(newest), total, len(balances), count)
	}
}

func errorOf[T any](_ T, err error) error { return err }

// TestErasureKilled kills a process that erases a user, after each statement
// and so before the next. Either all of the user must be there afterwards, or
// nothing.
func TestErasureKilled(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, _ := migrated(t, databaseURL)
		createInvite(t, r, crashInvite, 1000, 100*365*24*time.Hour)
		for n := 1; ; n++ {
			email := address(n)
			if err := signUpWithData(t.Context(), r, email); err != nil {
				t.Fatal(err)
			}
			before := testdb.Dump(t, databaseURL)
			killed := signUpInChild(t, "erase", databaseURL, email, fmt.Sprintf("after %d", n))
			after := testdb.Dump(t, databaseURL)
			left := rowsMentioning(t, databaseURL, email)
			whole := cmp.Equal(before, after)
			if !whole && len(left) > 0 {
				t.Errorf("killed after statement %d: half a user is left: %q", n, left)
			}
			if !killed {
				if whole {
					t.Error("an erasure that was left alone erased nothing")
				}
				if n < 24 { // BEGIN, 22 statements, the event, COMMIT
					t.Errorf("killed after only %d statements", n-1)
				}
				break
			}
			if whole {
				if err := eraseUser(t.Context(), r, email); err != nil {
					t.Errorf("killed after statement %d, and then: %v", n, err)
				}
			}
		}
	})
}
