package command_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

// goodHash is a valid hash of another system.
const goodHash = "$2b$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy"

// importText writes the text to a file and imports it.
func importText(t *testing.T, env environment, text string) result {
	t.Helper()
	path := filepath.Join(t.TempDir(), "users.csv")
	writeFile(t, path, text)
	return run(t, env, "user", "import", path)
}

func TestUserImport(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r := openRepo(t, databaseURL, time.Now)
		got := importText(t, storage(t, databaseURL), strings.Join([]string{
			"last_name,email,password_hash,currency,first_name,email_verified_at",
			`"Doe, Jr.",John.Doe@Example.com,` + goodHash + `,USD,John,2024-03-04T15:13:20+01:00`,
			`,añá@example.com,` + strings.Replace(goodHash, "$2b$10$", "$2y$04$", 1) + `,EUR,"a ""quoted"" name",`,
			`,ann@example.com,` + strings.Replace(goodHash, "$2b$10$", "$2a$15$", 1) + `,ARS,,`,
		}, "\r\n")).ok().stdout
		if want := "3 users imported\n"; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
		john, err := r.UserByEmail(t.Context(), "john.doe@example.com")
		if err != nil {
			t.Fatal(err)
		}
		verified := time.Date(2024, 3, 4, 14, 13, 20, 0, time.UTC)
		if john.FirstName != "John" || john.LastName != "Doe, Jr." || john.Currency != "USD" || john.Role != repo.RoleUser ||
			john.Door != repo.DoorApp || !john.IsActive || *john.PasswordHash != goodHash || !john.EmailVerifiedAt.Equal(verified) {
			t.Errorf("imported as %+v", john)
		}
		for email, currency := range map[string]string{"john.doe@example.com": "USD", "añá@example.com": "EUR", "ann@example.com": "ARS"} {
			checkWorkspace(t, r, email, currency)
		}
		events, err := r.AuditEvents(t.Context(), 10)
		if err != nil || len(events) != 3 {
			t.Fatalf("%v: there are %d audit events, want 3", err, len(events))
		}
		for _, e := range events {
			if e.Kind != repo.AuditImport || e.Actor != repo.ActorOperator || e.UserID == nil {
				t.Errorf("the audit event is %+v", e)
			}
		}
	})
}

// checkWorkspace fails the test unless the user has the wallet and categories of a
// new user.
func checkWorkspace(t *testing.T, r *repo.Repo, email, currency string) {
	t.Helper()
	user, err := r.UserByEmail(t.Context(), email)
	if err != nil {
		t.Fatalf("%s: %v", email, err)
	}
	accounts, err := r.Accounts(t.Context(), user.ID)
	if err != nil || len(accounts) != 1 || accounts[0].Currency != currency || accounts[0].Balance != 0 || !accounts[0].IsDefault {
		t.Errorf("%s: %v: accounts are %+v, want a wallet in %s", email, err, accounts, currency)
	}
	if _, total, err := r.Categories(t.Context(), user.ID, "", repo.Page{Limit: 1}); err != nil || total != 24 {
		t.Errorf("%s: %v: there are %d categories, want 24", email, err, total)
	}
}

func TestUserImportReadsFilesOfSpreadsheets(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, text string }{
		{"byte-order mark", "\ufeffemail,password_hash\nann@example.com," + goodHash + "\n"},
		{"byte-order mark and quotes", "\ufeff\"email\",\"password_hash\"\r\n\"ann@example.com\",\"" + goodHash + "\"\r\n"},
		{"no last line break", "email,password_hash\nann@example.com," + goodHash},
		{"blank lines", "email,password_hash\n\nann@example.com," + goodHash + "\n\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			databaseURL := testdb.SQLite(t)
			if got, want := importText(t, storage(t, databaseURL), test.text).ok().stdout, "1 users imported\n"; got != want {
				t.Errorf("got %q, want %q", got, want)
			}
			checkWorkspace(t, openRepo(t, databaseURL, time.Now), "ann@example.com", "ARS")
		})
	}
}

// badImports are files of which nothing is imported, although each has a valid
// line.
var badImports = []struct {
	name, text string
	wants      []string
}{
	{"empty", "", []string{"header"}},
	{"no hash column", "email\nann@example.com\n", []string{"the column password_hash is missing"}},
	{"no e-mail column", "password_hash\n" + goodHash + "\n", []string{"the column email is missing"}},
	{"unknown column", "email,password_hash,password\nann@example.com," + goodHash + ",x\n", []string{`the column "password" is not known`, "first_name"}},
	{"column in other letters", "Email,password_hash\nann@example.com," + goodHash + "\n", []string{"the column email is missing"}},
	{"column twice", "email,password_hash,email\nann@example.com," + goodHash + ",bob@example.com\n", []string{"the column email is there twice"}},
	{"field missing", lines("ann@example.com,"+goodHash, "bob@example.com"), []string{"line 3", "wrong number of fields"}},
	{"field too many", lines("ann@example.com,"+goodHash, "bob@example.com,"+goodHash+",x"), []string{"line 3", "wrong number of fields"}},
	{"open quote", lines("ann@example.com,"+goodHash, `"bob@example.com,`+goodHash), []string{"line 3"}},
	{"invalid UTF-8", lines("ann@example.com,"+goodHash, "bob\xff@example.com,"+goodHash), []string{"line 3: email: not text"}},
	{"NUL", lines("ann@example.com,"+goodHash, "bob@example.com\x00,"+goodHash), []string{"line 3: email: not text"}},
	{"no address", lines("ann@example.com,"+goodHash, "bob,"+goodHash), []string{"line 3: email: "}},
	{"blank around the address", lines("ann@example.com,"+goodHash, " bob@example.com,"+goodHash), []string{"line 3: email: "}},
	{"no hash", lines("ann@example.com,"+goodHash, "bob@example.com,"), []string{"line 3: password_hash: not a bcrypt hash"}},
	{"password in the clear", lines("ann@example.com,"+goodHash, "bob@example.com,SecurePass123!"), []string{"line 3: password_hash: not a bcrypt hash"}},
	{"hash cut short", lines("ann@example.com,"+goodHash, "bob@example.com,"+goodHash[:59]), []string{"line 3: password_hash: not a bcrypt hash"}},
	{"hash of another kind", lines("ann@example.com,"+goodHash, "bob@example.com,$argon2id$v=19$m=19456$c2FsdHNhbHQ$aGFzaGhhc2hoYXNo"), []string{"line 3: password_hash: not a bcrypt hash"}},
	{"cost too high", lines("ann@example.com,"+goodHash, "bob@example.com,"+strings.Replace(goodHash, "$10$", "$16$", 1)), []string{"line 3: password_hash: ", "16", "above 15"}},
	{"name too long", "email,password_hash,first_name\nann@example.com," + goodHash + "," + strings.Repeat("ñ", 101) + "\n", []string{"line 2: first_name: longer than 100"}},
	{"currency", "email,password_hash,currency\nann@example.com," + goodHash + ",usd\n", []string{"line 2: currency: "}},
	{"time", "email,password_hash,email_verified_at\nann@example.com," + goodHash + ",yesterday\n", []string{"line 2: email_verified_at: "}},
	{"address twice", lines("ann@example.com,"+goodHash, "ANN@example.com,"+goodHash), []string{"line 3: ann@example.com"}},
	{"address taken", lines("ann@example.com,"+goodHash, "taken@example.com,"+goodHash), []string{"line 3: taken@example.com has a user already"}},
	{"several lines", lines("ann,"+goodHash, "bob@example.com,"+goodHash, "carl@example.com,x"), []string{"line 2: email: ", "line 4: password_hash: "}},
	{"several lines, one without fields", lines("ann,"+goodHash, "bob@example.com", "carl@example.com,x"), []string{"line 2: email: ", "line 3"}},
	{"line after a field of two", "email,password_hash,first_name\nann@example.com," + goodHash + ",\"two\nlines\"\nbob," + goodHash + ",Bob\n", []string{"line 4: email: "}},
}

func lines(rows ...string) string { return "email,password_hash\n" + strings.Join(rows, "\n") + "\n" }

func TestUserImportIsAllOrNothing(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		env := storage(t, databaseURL)
		r := openRepo(t, databaseURL, time.Now)
		addUsers(t, r, "taken@example.com")
		for _, test := range badImports {
			t.Run(test.name, func(t *testing.T) {
				refusal := importText(t, env, test.text).fails(append(test.wants, "users.csv: ")...)
				if strings.Contains(refusal.stderr, "SecurePass123!") {
					t.Errorf("a password is shown:\n%s", refusal.stderr)
				}
				users, err := r.Users(t.Context(), "", 10)
				if err != nil || len(users) != 1 {
					t.Errorf("%v: there are %d users, want only the earlier one", err, len(users))
				}
				if events, err := r.AuditEvents(t.Context(), 1); err != nil || len(events) != 0 {
					t.Errorf("%v: there are audit events: %+v", err, events)
				}
			})
		}
	})
}

// TestUserImportRefusesUnreadableHashes: a text with the form of a bcrypt hash, but
// with characters that bcrypt does not use, would make every log-in fail with 500.
func TestUserImportRefusesUnreadableHashes(t *testing.T) {
	t.Parallel()
	hash := "$2b$10$" + strings.Repeat("+", 53)
	importText(t, storage(t, testdb.SQLite(t)), lines("ann@example.com,"+hash)).fails("line 2: password_hash: not a bcrypt hash")
}

// TestUserImportBoundsItsReport imports a file with only invalid lines.
func TestUserImportBoundsItsReport(t *testing.T) {
	t.Parallel()
	var text strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&text, "nobody%d,%s\n", i, goodHash)
	}
	refusal := importText(t, storage(t, testdb.SQLite(t)), lines(text.String())).fails("line 2: ", "and perhaps more")
	if n := strings.Count(refusal.stderr, "\n"); n > 25 {
		t.Errorf("the report has %d lines", n)
	}
}

func TestUserImportOfAMissingFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "none.csv")
	run(t, storage(t, testdb.SQLite(t)), "user", "import", path).fails(path)
}
