package repo_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

func TestUserNotFound(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, _ := migrated(t, databaseURL)
		ctx := t.Context()
		if _, err := r.UserByID(ctx, uuid.New()); err != repo.ErrNotFound {
			t.Errorf("UserByID: %v, want ErrNotFound", err)
		}
		if _, err := r.UserByEmail(ctx, "nobody@example.com"); err != repo.ErrNotFound {
			t.Errorf("UserByEmail: %v, want ErrNotFound", err)
		}
		err := r.InTx(ctx, func(tx *repo.Tx) error {
			_, err := tx.UpdateUser(ctx, uuid.New(), repo.UserUpdate{FirstName: new("Ada")})
			return err
		})
		if err != repo.ErrNotFound {
			t.Errorf("UpdateUser: %v, want ErrNotFound", err)
		}
	})
}

func TestEmailTaken(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, _ := migrated(t, databaseURL)
		createUser(t, r, "ada@example.com")
		for email, want := range map[string]bool{"ada@example.com": true, "grace@example.com": false} {
			if taken, err := r.EmailTaken(t.Context(), email); err != nil || taken != want {
				t.Errorf("EmailTaken(%q) = %t, %v; want %t", email, taken, err, want)
			}
		}
	})
}

func TestUpdateUser(t *testing.T) {
	tests := []struct {
		name   string
		update repo.UserUpdate
		apply  func(*repo.User)
	}{
		{name: "nothing", apply: func(*repo.User) {}},
		{name: "first name", update: repo.UserUpdate{FirstName: new("Grace")}, apply: func(u *repo.User) { u.FirstName = "Grace" }},
		{name: "empty last name", update: repo.UserUpdate{LastName: new("")}, apply: func(u *repo.User) { u.LastName = "" }},
		{name: "currency", update: repo.UserUpdate{Currency: new("EUR")}, apply: func(u *repo.User) { u.Currency = "EUR" }},
		{name: "fiscal day", update: repo.UserUpdate{FiscalStartDay: new(28)}, apply: func(u *repo.User) { u.FiscalStartDay = 28 }},
		{name: "zone and language", update: repo.UserUpdate{Timezone: new("Europe/Madrid"), Language: new("en")}, apply: func(u *repo.User) {
			u.Timezone, u.Language = "Europe/Madrid", "en"
		}},
		{name: "webhook", update: repo.UserUpdate{WebhookURL: new("https://example.com/hook")}, apply: func(u *repo.User) {
			u.WebhookURL = "https://example.com/hook"
		}},
		{name: "no mails", update: repo.UserUpdate{NotifyEmail: new(false)}, apply: func(u *repo.User) { u.NotifyEmail = false }},
		{name: "mails, but nothing in the browser", update: repo.UserUpdate{NotifyEmail: new(true), NotifyBrowser: new(false)}, apply: func(u *repo.User) {
			u.NotifyEmail, u.NotifyBrowser = true, false
		}},
		{name: "nothing after all that", apply: func(*repo.User) {}},
		{name: "no webhook", update: repo.UserUpdate{WebhookURL: new("")}, apply: func(u *repo.User) { u.WebhookURL = "" }},
	}
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, c := migrated(t, databaseURL)
		other := createUser(t, r, "grace@example.com")
		want := createUser(t, r, "ada@example.com")
		for _, test := range tests {
			c.Advance(time.Minute)
			test.apply(&want)
			want.UpdatedAt = c.Now()
			var got repo.User
			write(t, r, func(tx *repo.Tx) (err error) {
				got, err = tx.UpdateUser(t.Context(), want.ID, test.update)
				return err
			})
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", test.name, diff)
			}
		}
		checkStored(t, r, want)
		checkStored(t, r, other)
	})
}

func TestReplacePasswordHash(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, _ := migrated(t, databaseURL)
		user := createUser(t, r, "ada@example.com")
		replace := func(old, hash string) {
			t.Helper()
			write(t, r, func(tx *repo.Tx) error { return tx.ReplacePasswordHash(t.Context(), user.ID, old, hash) })
		}
		replace("a hash that was changed meanwhile", "lost")
		checkStored(t, r, user)
		replace(*user.PasswordHash, "new")
		user.PasswordHash = new("new")
		checkStored(t, r, user)
	})
}

func TestSetRole(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, c := migrated(t, databaseURL)
		user := createUser(t, r, "ada@example.com")
		set := func(id uuid.UUID, role string) (changed bool) {
			t.Helper()
			write(t, r, func(tx *repo.Tx) (err error) {
				changed, err = tx.SetRole(t.Context(), id, role)
				return err
			})
			return changed
		}
		c.Advance(time.Minute)
		if !set(user.ID, repo.RoleAdmin) {
			t.Error("a new role changed nothing")
		}
		user.Role, user.UpdatedAt = repo.RoleAdmin, c.Now()
		c.Advance(time.Minute)
		if set(user.ID, repo.RoleAdmin) {
			t.Error("the same role changed something")
		}
		if set(uuid.New(), repo.RoleAdmin) {
			t.Error("nobody's role changed")
		}
		checkStored(t, r, user)
	})
}

func TestUsers(t *testing.T) {
	emails := []string{"zoe@example.com", "b@example.com", "a-b@example.com", "ab@example.com", "ñu@example.com", "_a@example.com"}
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, _ := migrated(t, databaseURL)
		collate(t, r, databaseURL, "users", "email")
		for _, email := range emails {
			createUser(t, r, email)
		}
		// Pages of two, each after the last address of the page before.
		var got []string
		for after, more := "", true; more; {
			page, err := r.Users(t.Context(), after, 2)
			if err != nil {
				t.Fatal(err)
			}
			for _, user := range page {
				got = append(got, user.Email)
				after = user.Email
			}
			more = len(page) == 2 && len(got) < 2*len(emails)
		}
		if want := slices.Sorted(slices.Values(emails)); !slices.Equal(got, want) {
			t.Errorf("Users in pages: %q, want %q", got, want)
		}
	})
}

func TestAuditEvents(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, c := migrated(t, databaseURL)
		user := createUser(t, r, "ada@example.com")
		sent := []repo.AuditEvent{
			{Kind: repo.AuditSignUp, Actor: repo.ActorAnonymous, UserID: &user.ID, Subject: "pseudonym", Address: "192.0.2.1",
				RequestID: "request", Detail: "detail"},
			{Kind: repo.AuditLoginFail, Actor: repo.ActorOperator},
			{Kind: repo.AuditLogin, Actor: user.ID.String(), UserID: &user.ID},
		}
		var want []repo.AuditEvent
		for _, event := range sent {
			c.Advance(time.Microsecond)
			write(t, r, func(tx *repo.Tx) error { return tx.Audit(t.Context(), event) })
			event.CreatedAt = c.Now()
			want = slices.Insert(want, 0, event)
		}
		got, err := r.AuditEvents(t.Context(), 2)
		if err != nil {
			t.Fatal(err)
		}
		ids := map[uuid.UUID]bool{}
		for i := range got {
			ids[got[i].ID] = true
			got[i].ID = uuid.Nil
		}
		if diff := cmp.Diff(want[:2], got); diff != "" || len(ids) != 2 {
			t.Errorf("the newest two events, with %d ids (-want +got):\n%s", len(ids), diff)
		}
		// A rolled back update has no effect.
		dropped := errors.New("dropped")
		_ = r.InTx(t.Context(), func(tx *repo.Tx) error {
			return errors.Join(tx.Audit(t.Context(), repo.AuditEvent{Kind: repo.AuditLogout}), dropped)
		})
		if n := countRows(t, r).AuditEvents; n != len(sent) {
			t.Errorf("there are %d events, want %d", n, len(sent))
		}
	})
}
