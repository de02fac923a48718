package repo_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"

	"example.com/alta/internal/bounds"
	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

// bounded is a thing that a user may have a number of.
type bounded struct {
	most int
	err  error
	fill func(b boundBooks, n int)
	have string // query of how many there are
	add  func(ctx context.Context, tx *repo.Tx, w repo.Workspace, name string) error
	drop string // makes room for one
}

var boundedThings = map[string]bounded{
	"accounts": {
		most: bounds.Accounts, err: repo.ErrTooManyAccounts, fill: func(b boundBooks, n int) { b.Accounts(n) },
		have: `SELECT COUNT(*) FROM accounts WHERE user_id = $1`,
		add: func(ctx context.Context, tx *repo.Tx, w repo.Workspace, name string) error {
			return tx.AddAccount(ctx, w, &repo.Account{Name: name, Type: "SAVINGS", Currency: "ARS"})
		},
		drop: `DELETE FROM accounts WHERE name = 'Account 1'`,
	},
	"categories": {
		most: bounds.Categories, err: repo.ErrTooManyCategories, fill: func(b boundBooks, n int) { b.Categories(n) },
		have: `SELECT COUNT(*) FROM categories WHERE user_id = $1`,
		add: func(ctx context.Context, tx *repo.Tx, w repo.Workspace, name string) error {
			return tx.AddCategory(ctx, w, &repo.Category{Name: name, Type: "EXPENSE"})
		},
		drop: `UPDATE categories SET deleted_at = created_at WHERE name = 'Category 2'`,
	},
	"budgets": {
		most: bounds.Budgets, err: repo.ErrTooManyBudgets,
		fill: func(b boundBooks, n int) {
			b.Categories(1000)
			for year := 2030; n > 0; year, n = year+1, n-1000 {
				b.Budgets(min(n, 1000), year, 1)
			}
		},
		have: `SELECT COUNT(*) FROM budgets WHERE user_id = $1`,
		add: func(ctx context.Context, tx *repo.Tx, w repo.Workspace, name string) error {
			var id uuid.UUID
			if err := tx.Get(ctx, &id, `SELECT id FROM categories WHERE name = 'Category 1'`); err != nil {
				return err
			}
			var year int
			_, err := fmt.Sscan(name, &year)
			return errors.Join(err, tx.CreateBudget(ctx, &repo.Budget{UserID: w.UserID, CategoryID: id, Amount: 1, Year: 3000 + year, Month: 1}))
		},
		drop: `DELETE FROM budgets WHERE id IN (SELECT id FROM budgets WHERE year = 2030 LIMIT 1)`,
	},
}

// TestBoundsAtOnce: of 64 who add at once, as many succeed as there is room for. After
// that there is no room until something is deleted, and then for one. A user above the
// bound cannot add.
func TestBoundsAtOnce(t *testing.T) {
	const room = 5
	for name, thing := range boundedThings {
		t.Run(name, func(t *testing.T) {
			eachBound(t, func(t *testing.T, b boundBooks) {
				thing.fill(b, thing.most-room-b.number(thing.have))
				add := func(i int) error {
					return b.in(func(ctx context.Context, tx *repo.Tx, w repo.Workspace) error {
						return thing.add(ctx, tx, w, fmt.Sprint(i))
					})
				}
				added := 0
				for _, err := range atOnce(64, add) {
					if err == nil {
						added++
					} else if !errors.Is(err, thing.err) {
						t.Fatal(err)
					}
				}
				if n := b.number(thing.have); added != room || n != thing.most {
					t.Errorf("%d were added, and there are %d", added, n)
				}
				write(t, b.repo, func(tx *repo.Tx) error { _, err := tx.Exec(t.Context(), thing.drop); return err })
				if err := add(100); err != nil {
					t.Errorf("after a deletion: %v", err)
				}
				if err := add(101); !errors.Is(err, thing.err) {
					t.Errorf("one more: %v", err)
				}
			})
		})
	}
}

// TestDeletedCategoriesHaveABound: deleted categories that live transactions refer to are
// kept, up to a number. Those that nothing refers to make room.
func TestDeletedCategoriesHaveABound(t *testing.T) {
	eachBound(t, func(t *testing.T, b boundBooks) {
		b.Categories(bounds.DeletedCategories)
		b.Transactions(bounds.DeletedCategories)
		run := func(query string) {
			write(t, b.repo, func(tx *repo.Tx) error { _, err := tx.Exec(t.Context(), query); return err })
		}
		add := func(name string) error {
			return b.in(func(ctx context.Context, tx *repo.Tx, w repo.Workspace) error {
				return tx.AddCategory(ctx, w, &repo.Category{Name: name, Type: "EXPENSE"})
			})
		}
		run(`UPDATE categories SET deleted_at = created_at`)
		if err := add("one"); !errors.Is(err, repo.ErrTooManyDeletedCategories) {
			t.Errorf("with as many as there may be: %v", err)
		}
		run(`DELETE FROM categories WHERE name NOT LIKE 'Category %'`) // those of signing up, to which nothing refers
		if err := add("two"); !errors.Is(err, repo.ErrTooManyDeletedCategories) {
			t.Errorf("with %d: %v", bounds.DeletedCategories, err)
		}
		err := b.in(func(ctx context.Context, tx *repo.Tx, w repo.Workspace) error {
			_, err := tx.SeedCategories(ctx, w.UserID, "es")
			return err
		})
		if !errors.Is(err, repo.ErrTooManyDeletedCategories) {
			t.Errorf("the first categories: %v", err)
		}
		run(`UPDATE transactions SET deleted_at = created_at WHERE category_id IN (SELECT id FROM categories WHERE name IN ('Category 1', 'Category 7'))`)
		if err := add("three"); err != nil {
			t.Errorf("after transactions were deleted: %v", err)
		}
		if n := b.number(`SELECT COUNT(*) FROM categories WHERE user_id = $1 AND name IN ('Category 1', 'Category 7')`); n != 1 {
			t.Errorf("%d of the two are left; want the one with others below it", n)
		}
	})
}

// TestEndOldSessionsOfBothDoors: without a door, the oldest end, wherever they are.
func TestEndOldSessionsOfBothDoors(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, c := migrated(t, databaseURL)
		user, other := createUser(t, r, "ada@example.com"), createUser(t, r, "grace@example.com")
		hers := openSession(t, r, other, repo.DoorApp)
		var all []repo.Session
		for _, door := range []repo.Door{repo.DoorAPI, repo.DoorApp, repo.DoorAPI, repo.DoorApp, repo.DoorApp} {
			all = append(all, openSession(t, r, user, door))
			c.Advance(time.Second)
		}
		write(t, r, func(tx *repo.Tx) error { return tx.EndOldSessions(t.Context(), all[4], "", 3) })
		checkSessions(t, r, "the user", user, all[2:]...)
		checkSessions(t, r, "the other user", other, hers)
	})
}

// TestDeadKeysHaveABound: of keys that were revoked or have expired, the newest are kept.
func TestDeadKeysHaveABound(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, c := migrated(t, databaseURL)
		user := createUser(t, r, "ada@example.com")
		var keys []repo.APIKey
		for i := range bounds.DeadKeys + 3 {
			write(t, r, func(tx *repo.Tx) error {
				expires := tx.Now().Add(time.Hour)
				key, err := tx.CreateAPIKey(t.Context(), repo.APIKey{UserID: user.ID, Name: "key", Digest: fmt.Sprint(i), ExpiresAt: &expires})
				if keys = append(keys, key); err == nil && i%2 == 0 {
					err = tx.RevokeAPIKey(t.Context(), user.ID, key.ID)
				}
				return err
			})
			c.Advance(time.Second)
		}
		c.Advance(2 * time.Hour)
		write(t, r, func(tx *repo.Tx) error {
			_, err := tx.CreateAPIKey(t.Context(), repo.APIKey{UserID: user.ID, Name: "live", Digest: "live"})
			return err
		})
		for i, want := range map[int]int{0: 0, 2: 0, 3: 1, bounds.DeadKeys + 2: 1} {
			if n := queryInt(t, r, `SELECT COUNT(*) FROM api_keys WHERE id = $1`, keys[i].ID.String()); n != want {
				t.Errorf("key %d is kept %d times, want %d", i, n, want)
			}
		}
		if n := queryInt(t, r, `SELECT COUNT(*) FROM api_keys`); n != bounds.DeadKeys+1 {
			t.Errorf("%d keys are kept", n)
		}
	})
}
