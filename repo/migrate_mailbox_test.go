package repo_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

// beforeMailboxes is the version of the schema that compared addresses as they were
// typed.
const beforeMailboxes = 7

// typedBefore opens a database of that version whose users have these addresses.
func typedBefore(t *testing.T, databaseURL string, emails ...string) *repo.Repo {
	t.Helper()
	r, _ := migrated(t, databaseURL)
	for range len(steps) - beforeMailboxes {
		if err := r.Down(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	checkSchema(t, r, beforeMailboxes)
	for _, email := range emails {
		write(t, r, func(tx *repo.Tx) error {
			_, err := tx.Exec(t.Context(), `
INSERT INTO users (id, email, door, first_name, last_name, currency, created_at, updated_at)
VALUES ($1, $2, 'app', '', '', 'ARS', $3, $3)`, uuid.NewString(), email, start)
			return err
		})
	}
	return r
}

// addresses returns how each canonical address is shown.
func addresses(t *testing.T, r *repo.Repo) map[string]string {
	t.Helper()
	shown := map[string]string{}
	for _, user := range users(t, r) {
		shown[user.Email] = user.DisplayEmail
	}
	return shown
}

// TestMigrateToOneMailbox: users of the release before get the canonical address,
// and see the one that they had.
func TestMigrateToOneMailbox(t *testing.T) {
	testdb.EachEmpty(t, func(t *testing.T, databaseURL string) {
		invalid := "eve@xn--a.example" // was taken before
		r := typedBefore(t, databaseURL, "ada@example.com", "ana@bücher.example", "bob@xn--bcher-kva.example", `"carl"@example.com`, invalid)
		if _, err := r.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		want := map[string]string{
			"ada@example.com":           "ada@example.com",
			"ana@xn--bcher-kva.example": "ana@bücher.example",
			"bob@xn--bcher-kva.example": "bob@xn--bcher-kva.example",
			"carl@example.com":          `"carl"@example.com`,
			invalid:                     invalid,
		}
		r = open(t, databaseURL, time.Now) // as the next process does
		if diff := cmp.Diff(want, addresses(t, r)); diff != "" {
			t.Errorf("addresses (-want +got):\n%s", diff)
		}
		n := newUser("ana@xn--bcher-kva.example")
		if err := r.InTx(t.Context(), func(tx *repo.Tx) error { return errorOf(tx.CreateUser(t.Context(), n)) }); !errors.Is(err, repo.ErrEmailTaken) {
			t.Errorf("another user with a mailbox: %v, want ErrEmailTaken", err)
		}
		for range len(steps) - beforeMailboxes {
			if err := r.Down(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		checkTexts(t, r, `SELECT email FROM users WHERE email LIKE 'ana%' OR email LIKE '%carl%' ORDER BY email`, `"carl"@example.com`, "ana@bücher.example")
	})
}

// TestMigrateNamesWhoHasOneMailbox: an upgrade that would merge users changes
// nothing, and says which they are.
func TestMigrateNamesWhoHasOneMailbox(t *testing.T) {
	testdb.EachEmpty(t, func(t *testing.T, databaseURL string) {
		r := typedBefore(t, databaseURL, "ana@bücher.example", "bob@bücher.example", "ana@xn--bcher-kva.example", "zoe@straße.example",
			`"carl"@example.com`, "carl@example.com", `"ca\rl"@example.com`)
		_, err := r.Migrate(t.Context())
		if err == nil {
			t.Fatal("users have been merged")
		}
		for _, line := range []string{
			"ana@bücher.example, ana@xn--bcher-kva.example", `"ca\rl"@example.com, "carl"@example.com, carl@example.com`,
		} {
			if !slices.Contains(strings.Split(err.Error(), "\n"), line) {
				t.Errorf("the error does not name %q: %v", line, err)
			}
		}
		if strings.Contains(err.Error(), "bob") || strings.Contains(err.Error(), "zoe") {
			t.Errorf("the error names users who have a mailbox of their own: %v", err)
		}
		checkSchema(t, r, beforeMailboxes)
		write(t, r, func(tx *repo.Tx) error {
			_, err := tx.Exec(t.Context(), `DELETE FROM users WHERE email IN ($1, $2, $3)`, "ana@bücher.example", `"carl"@example.com`, `"ca\rl"@example.com`)
			return err
		})
		if _, err := r.Migrate(t.Context()); err != nil {
			t.Errorf("once they are gone: %v", err)
		}
		checkSchema(t, r, newest)
	})
}

// TestDisplayEmail: the shown spelling is kept beside the canonical one, and goes
// with the user.
func TestDisplayEmail(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		ctx := t.Context()
		r, _ := migrated(t, databaseURL)
		n := newUser("ana@xn--bcher-kva.example")
		n.DisplayEmail = "ana@bücher.example"
		ana := writeResult(t, r, func(tx *repo.Tx) (repo.User, error) { return tx.CreateUser(ctx, n) })
		createUser(t, r, "ada@example.com")
		for _, shown := range []string{n.DisplayEmail, n.Email, `"ana"@bücher.example`} {
			write(t, r, func(tx *repo.Tx) error { return tx.SetDisplayEmail(ctx, ana.ID, shown) })
			want := map[string]string{"ada@example.com": "ada@example.com", n.Email: shown}
			if diff := cmp.Diff(want, addresses(t, r)); diff != "" {
				t.Errorf("addresses (-want +got):\n%s", diff)
			}
			balances, _, err := r.UserBalances(ctx, repo.Page{Limit: 10})
			if err != nil || len(balances) != 2 || balances[1].DisplayEmail != shown {
				t.Errorf("the list has %+v, %v; want %s", balances, err, shown)
			}
		}
		if err := eraseUser(ctx, r, n.Email); err != nil {
			t.Fatal(err)
		}
		if left := rowsMentioning(t, databaseURL, "bücher"); len(left) > 0 {
			t.Errorf("left: %q", left)
		}
	})
}
