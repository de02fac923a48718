package repo_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.com/alta/internal/testdb"
	"example.com/alta/internal/testkit"
	"example.com/alta/repo"
)

// TestAPIDoorDownAndUp: reverting the API door's migration and applying it
// again leaves users and their older data as they were.
func TestAPIDoorDownAndUp(t *testing.T) {
	testdb.EachEmpty(t, func(t *testing.T, databaseURL string) {
		ctx := t.Context()
		r, c := migrated(t, databaseURL)
		addUsersWithData(t, r, c)
		before, workspace, n := users(t, r), workspaces(t, r), countRows(t, r)

		for range len(steps) - 2 {
			if err := r.Down(ctx); err != nil {
				t.Fatal(err)
			}
		}
		checkSchema(t, r, 2)
		checkTexts(t, r, `SELECT email FROM users ORDER BY email`, "ada@example.com", "api@example.com")
		if _, err := r.Migrate(ctx); err != nil {
			t.Fatal(err)
		}
		checkSchema(t, r, newest)

		r = open(t, databaseURL, c.Now) // as the next process does
		for i := range before {
			// The columns of the API door are lost, and have their defaults
			// again.
			before[i].InviteCode, before[i].WebhookURL, before[i].NotifyEmail, before[i].NotifyBrowser = nil, "", true, true
			if before[i].Door == repo.DoorApp { // whoever could log in counts as having done so
				before[i].FirstLoginAt = new(before[i].CreatedAt)
			}
		}
		if diff := cmp.Diff(before, users(t, r)); diff != "" {
			t.Errorf("users (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff(workspace, workspaces(t, r)); diff != "" {
			t.Errorf("workspaces (-want +got):\n%s", diff)
		}
		n.APIKeys, n.Ledgers, n.Transactions, n.Tokens, n.Mails, n.InviteUses, n.Usage, n.Calls = 0, 0, 0, 0, 0, 0, 0, 0
		if got := countRows(t, r); got != n {
			t.Errorf("there are %+v, want %+v", got, n)
		}
		createInvite(t, r, crashInvite, 1, time.Hour)
		if err := signUpByInvite(ctx, r, "another@example.com"); err != nil {
			t.Errorf("a sign-up afterwards: %v", err)
		}
	})
}

// addUsersWithData signs users up at both doors and adds rows of every kind.
func addUsersWithData(t *testing.T, r *repo.Repo, c *testkit.Clock) {
	t.Helper()
	ctx := t.Context()
	createInvite(t, r, crashInvite, 9, time.Hour)
	if err := signUpByInvite(ctx, r, "api@example.com"); err != nil {
		t.Fatal(err)
	}
	ada := createUser(t, r, "ada@example.com")
	c.Advance(time.Minute)
	write(t, r, func(tx *repo.Tx) error {
		_, err := tx.UpdateUser(ctx, ada.ID, repo.UserUpdate{
			Currency: new("EUR"), FiscalStartDay: new(15), Timezone: new("Europe/Madrid"), Language: new("en"),
			WebhookURL: new("https://example.com"), NotifyEmail: new(false), NotifyBrowser: new(false),
		})
		return err
	})
	createSession(t, r, ada, time.Hour)
	setFailures(t, r, "bucket", 3)
}

func users(t testing.TB, r *repo.Repo) []repo.User {
	t.Helper()
	list, err := r.Users(t.Context(), "", 100)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// workspaces returns the accounts of all users.
func workspaces(t testing.TB, r *repo.Repo) (list []repo.Account) {
	t.Helper()
	for _, user := range users(t, r) {
		accounts, err := r.Accounts(t.Context(), user.ID)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, accounts...)
	}
	return list
}
