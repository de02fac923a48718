package repo_test

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

func TestMustVerify(t *testing.T) {
	verified := start
	for _, test := range []struct {
		name string
		user repo.User
		want bool
	}{
		{name: "app door", user: repo.User{Door: repo.DoorApp}, want: false},
		{name: "app door, verified", user: repo.User{Door: repo.DoorApp, EmailVerifiedAt: &verified}, want: false},
		{name: "API door", user: repo.User{Door: repo.DoorAPI}, want: true},
		{name: "API door, verified", user: repo.User{Door: repo.DoorAPI, EmailVerifiedAt: &verified}, want: false},
		{name: "app door, with an invite", user: repo.User{Door: repo.DoorApp, InviteCode: new("A")}, want: false},
	} {
		if got := test.user.MustVerify(); got != test.want {
			t.Errorf("%s: MustVerify = %t, want %t", test.name, got, test.want)
		}
	}
}

// TestCreateUserByInvite: a user of the API door is stored with the invite and
// the language.
func TestCreateUserByInvite(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, c := migrated(t, databaseURL)
		n := newUser("ada@example.com")
		n.Door, n.Language = repo.DoorAPI, "en"
		user := writeResult(t, r, func(tx *repo.Tx) (repo.User, error) { return tx.CreateUser(t.Context(), n) })
		if user.Door != repo.DoorAPI || user.InviteCode != nil || user.Language != "en" || user.Plan != repo.PlanNone {
			t.Errorf("the user is %+v", user)
		}
		checkStored(t, r, user)
		other := createUser(t, r, "grace@example.com")
		c.Advance(time.Minute)
		write(t, r, func(tx *repo.Tx) error { return tx.SetInviteCode(t.Context(), user.ID, "A") })
		stored, err := r.UserByID(t.Context(), user.ID)
		if err != nil || stored.InviteCode == nil || *stored.InviteCode != "A" {
			t.Errorf("the user is %+v, %v; want invite A", stored, err)
		}
		checkStored(t, r, other)
	})
}

// TestSetVerified: verifying an address again changes nothing.
func TestSetVerified(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, c := migrated(t, databaseURL)
		user, other := createUser(t, r, "ada@example.com"), createUser(t, r, "grace@example.com")
		verify := func(id uuid.UUID) {
			t.Helper()
			c.Advance(time.Minute)
			write(t, r, func(tx *repo.Tx) error { return tx.SetVerified(t.Context(), id) })
		}
		verify(user.ID)
		user.EmailVerifiedAt, user.UpdatedAt = new(c.Now()), c.Now()
		checkStored(t, r, user)
		verify(user.ID)
		verify(uuid.New())
		checkStored(t, r, user)
		checkStored(t, r, other)
	})
}

// TestSetPassword: a new password ends the user's sessions at both doors, and
// nobody else's.
func TestSetPassword(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, c := migrated(t, databaseURL)
		user, other := createUser(t, r, "ada@example.com"), createUser(t, r, "grace@example.com")
		createSession(t, r, user, time.Hour)
		openSession(t, r, user, repo.DoorApp)
		hers := createSession(t, r, other, time.Hour)
		c.Advance(time.Minute)
		write(t, r, func(tx *repo.Tx) error { return tx.SetPassword(t.Context(), user.ID, "new hash") })
		user.PasswordHash, user.PasswordResetAt, user.UpdatedAt = new("new hash"), new(c.Now()), c.Now()
		checkStored(t, r, user)
		checkStored(t, r, other)
		checkTexts(t, r, `SELECT id FROM sessions`, hers.String())
	})
}

// TestForgetAddress: a reset unlocks the address and its devices, and no other
// address, however similar.
func TestForgetAddress(t *testing.T) {
	const (
		pseudonym = "0123456789abcdef0123456789abcdef"
		alike     = "0123456789abcdef0123456789abcde0"
	)
	kept := []string{alike, alike + ":" + pseudonym, "x" + pseudonym}
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, _ := migrated(t, databaseURL)
		for _, bucket := range append([]string{pseudonym, pseudonym + ":device one", pseudonym + ":device two"}, kept...) {
			setFailures(t, r, bucket, 5)
		}
		for range 2 { // the second time there is nothing to forget
			write(t, r, func(tx *repo.Tx) error { return tx.ForgetAddress(t.Context(), pseudonym) })
			checkTexts(t, r, `SELECT bucket FROM login_failures ORDER BY bucket`, kept...)
		}
	})
}
