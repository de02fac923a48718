package handlers_test

import (
	"context"
	"strings"
	"testing"

	"golang.org/x/crypto/bcrypt"

	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

func TestPasswordsAreTakenWhole(t *testing.T) {
	h := start(t, testdb.SQLite(t))
	long := strings.Repeat("a", 72)
	tests := []struct{ name, password, other string }{
		{"100-characters", strings.Repeat("x", 100), strings.Repeat("x", 99)},
		{"60-emoji", strings.Repeat("🔑", 60), strings.Repeat("🔑", 59)},
		{"differs-after-byte-72", long + "1", long + "2"},
		{"blanks", "  12345678  ", "12345678"},
		{"100-of-four-bytes", strings.Repeat("𝒂", 100), strings.Repeat("𝒂", 99) + "𝒃"},
	}
	for _, test := range tests {
		email := test.name + "@example.com"
		body := `{"email":"` + email + `","password":"` + test.password + `","firstName":"John","lastName":"Doe"}`
		h.do("POST", "/api/auth/register", body).status(201)
		h.do("POST", "/api/auth/login", credentials(email, test.other)).status(401)
		h.do("POST", "/api/auth/login", credentials(email, test.password)).status(200)
	}
}

func TestPasswordsInOtherForms(t *testing.T) {
	h := start(t, testdb.SQLite(t))
	body := `{"email":"a@example.com","password":"contrase\u00f1a","firstName":"John","lastName":"Doe"}`
	h.do("POST", "/api/auth/register", body).status(201)
	h.do("POST", "/api/auth/login", `{"email":"a@example.com","password":"contrasen\u0303a"}`).status(200)
}

// TestImportedHashes: users of other systems log in, and their hashes are replaced.
func TestImportedHashes(t *testing.T) {
	h := start(t, testdb.SQLite(t))
	ctx := context.Background()
	for _, prefix := range []string{"$2a$", "$2b$", "$2y$"} {
		email := "imported" + prefix[1:3] + "@example.com"
		hash := strings.Replace(string(must(bcrypt.GenerateFromPassword([]byte("old password"), 5))), "$2a$", prefix, 1)
		err := h.repo.InTx(ctx, func(tx *repo.Tx) error {
			_, err := tx.CreateUser(ctx, repo.NewUser{Email: email, PasswordHash: hash, Door: repo.DoorApp, Currency: "ARS"})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		h.do("POST", "/api/auth/login", credentials(email, "old passwort")).status(401)
		if stored := must(h.repo.UserByEmail(ctx, email)).PasswordHash; *stored != hash {
			t.Errorf("%s: a failed log-in changed the hash to %s", prefix, *stored)
		}
		h.do("POST", "/api/auth/login", credentials(email, "old password")).status(200)
		if stored := must(h.repo.UserByEmail(ctx, email)).PasswordHash; *stored == hash || strings.HasPrefix(*stored, "$2") {
			t.Errorf("%s: the hash is still %s", prefix, *stored)
		}
		h.do("POST", "/api/auth/login", credentials(email, "old password")).status(200)
	}
}

func TestSuspendedUsers(t *testing.T) {
	h := start(t, testdb.SQLite(t))
	ctx, email := context.Background(), "john.doe@example.com"
	bearer := h.register(email)
	user := must(h.repo.UserByEmail(ctx, email))
	set := func(active bool) {
		if err := h.repo.InTx(ctx, func(tx *repo.Tx) error { _, err := tx.SetActive(ctx, user.ID, active); return err }); err != nil {
			t.Fatal(err)
		}
	}
	set(false)
	h.do("GET", "/api/auth/profile", "", bearer).status(401)
	h.do("POST", "/api/auth/login", credentials(email, "wrong")).status(401) // says nothing of it
	if message := h.do("POST", "/api/auth/login", credentials(email, password)).status(403).get("message"); message != "Account suspended" {
		t.Errorf("message is %q", message)
	}
	set(true)
	h.do("GET", "/api/auth/profile", "", bearer).status(401) // what has ended stays so
	h.do("POST", "/api/auth/login", credentials(email, password)).status(200)
}
