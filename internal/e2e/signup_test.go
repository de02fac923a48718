package e2e

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"golang.org/x/crypto/bcrypt"

	"example.com/alta/internal/testdb"
)

// TestSeedExample makes the documented request and compares the answer with the
// documented one, key by key and in order.
func TestSeedExample(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		t.Parallel()
		s := start(t, databaseURL)
		const request = `{
    "email": "john.doe@example.com",
    "password": "SecurePass123!",
    "firstName": "John",
    "lastName": "Doe",
    "currency": "USD"
  }`
		a := s.call(t, 201, "POST", "/api/auth/register", request)
		var session struct {
			User  struct{ ID string }
			Token string
		}
		if err := json.Unmarshal([]byte(a.body), &session); err != nil {
			t.Fatalf("%v: %s", err, a.body)
		}
		want := fmt.Sprintf(`{"user":{"id":%q,"email":"john.doe@example.com","firstName":"John","lastName":"Doe","currency":"USD",`+
			`"role":"USER","avatarUrl":null},"token":%q}`, session.User.ID, session.Token)
		if got := strings.TrimSpace(a.body); got != want {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
		if got := a.header.Get("Content-Type"); got != "application/json" && !strings.HasPrefix(got, "application/json;") {
			t.Errorf("got Content-Type %q", got)
		}
		checkClaims(t, session.Token, session.User.ID)
		s.checkSession(t, "john.doe@example.com", session.Token)

		again := s.call(t, 409, "POST", "/api/auth/register", request).body
		if want := `{"statusCode":409,"message":"El email ya está registrado","error":"Conflict"}`; strings.TrimSpace(again) != want {
			t.Errorf("a second time: got %s, want %s", again, want)
		}
		invalid := s.call(t, 400, "POST", "/api/auth/register",
			`{"email":"john.doe","password":"short","firstName":"J","lastName":"Doe"}`).body
		if want := `{"statusCode":400,"message":["email must be an email","La contraseña debe tener al menos 8 caracteres",` +
			`"firstName must be longer than or equal to 2 characters"],"error":"Bad Request"}`; strings.TrimSpace(invalid) != want {
			t.Errorf("invalid: got\n%s\nwant\n%s", invalid, want)
		}
	})
}

// checkClaims fails the test unless the token has the documented claims.
func checkClaims(t *testing.T, token, userID string) {
	t.Helper()
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		t.Fatalf("%q is not a JWT", token)
	}
	var header struct{ Alg, Typ string }
	var claims struct {
		Sub, Email, Role, Jti string
		Iat, Exp              int64
	}
	for i, target := range []any{&header, &claims} {
		text, err := base64.RawURLEncoding.DecodeString(parts[i])
		if err == nil {
			err = json.Unmarshal(text, target)
		}
		if err != nil {
			t.Fatalf("part %d of the token: %v", i, err)
		}
	}
	if header.Alg != "HS256" || header.Typ != "JWT" {
		t.Errorf("the header is %+v, want HS256 and JWT", header)
	}
	if claims.Sub != userID || claims.Email != "john.doe@example.com" || claims.Role != "USER" || claims.Jti == "" {
		t.Errorf("the claims are %+v", claims)
	}
	if life := claims.Exp - claims.Iat; life != 7*24*60*60 {
		t.Errorf("the token lives for %d s, want 7 days", life)
	}
}

// TestImportedUsersLogIn imports users of another system with their passwords'
// hashes. They log in, and their hashes are replaced.
func TestImportedUsersLogIn(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("eighty bytes", 7)[:80]
	databaseURL := testdb.SQLite(t)
	table := "email,password_hash,first_name,currency\n"
	passwords := map[string]string{}
	for i, version := range []string{"$2a$", "$2b$", "$2y$"} {
		for cost := 4 + i; cost <= 10; cost += 3 {
			email := fmt.Sprintf("user%d.%d@example.com", i, cost)
			passwords[email] = fmt.Sprintf("Contraseña %d/%d", i, cost)
			table += importLine(t, email, passwords[email], version, cost)
		}
	}
	passwords["long@example.com"] = long
	table += importLine(t, "long@example.com", long, "$2y$", 5)
	want := fmt.Sprintf("%d users imported\n", len(passwords))
	if got := alta(t, databaseURL, table, "user", "import", "-"); got != want {
		t.Fatalf("got %q, want %q", got, want)
	}

	s := start(t, databaseURL)
	r := openRepo(t, databaseURL)
	for email, password := range passwords {
		s.call(t, 401, "POST", "/api/auth/login", credentials(email, "x"+password))
		s.checkSession(t, email, s.call(t, 200, "POST", "/api/auth/login", credentials(email, password)).token(t))
		user, err := r.UserByEmail(t.Context(), email)
		if err != nil {
			t.Fatal(err)
		}
		stored := *user.PasswordHash
		if !strings.HasPrefix(stored, "nfc-hmac-sha256$$2a$10$") {
			t.Errorf("%s: the stored hash is %.24s…, want it renewed", email, stored)
		}
		s.call(t, 200, "POST", "/api/auth/login", credentials(email, password))
		s.call(t, 401, "POST", "/api/auth/login", credentials(email, "x"+password))
		user, err = r.UserByEmail(t.Context(), email)
		if err != nil || *user.PasswordHash != stored {
			t.Errorf("%s: %v: the hash was renewed twice", email, err)
		}
	}
}

// importLine is a user whose password another system hashed: the first 72 bytes,
// since bcrypt reads no more.
func importLine(t *testing.T, email, password, version string, cost int) string {
	t.Helper()
	hash, err := bcrypt.GenerateFromPassword([]byte(password)[:min(len(password), 72)], cost)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%s,%s,Ann,EUR\n", email, version+string(hash[4:]))
}
