package command_test

import (
	"strings"
	"testing"
	"time"

	"example.com/alta/internal/testdb"
)

// TestOneMailboxOnePerson: commands take every spelling of an address, list the one
// that was imported, and import no mailbox twice.
func TestOneMailboxOnePerson(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, env := openRepo(t, databaseURL, time.Now), storage(t, databaseURL)
		importText(t, env, lines("Ana@Bücher.example,"+goodHash, `"""bob""@example.com",`+goodHash)).ok()
		for canonical, shown := range map[string]string{"ana@xn--bcher-kva.example": "ana@bücher.example", "bob@example.com": `"bob"@example.com`} {
			if user, err := r.UserByEmail(t.Context(), canonical); err != nil || user.DisplayEmail != shown {
				t.Errorf("%s: %v: imported as %+v", canonical, err, user)
			}
			if list := run(t, env, "user", "list").ok().stdout; !strings.Contains(list, shown+" ") {
				t.Errorf("the list does not have %s:\n%s", shown, list)
			}
		}
		for typed, shown := range map[string]string{
			"ANA@xn--bcher-kva.example": "ana@xn--bcher-kva.example", "ana@BÜCHER.example": "ana@bücher.example", "bob@example.com": "bob@example.com",
		} {
			if got, want := run(t, env, "user", "suspend", typed).ok().stdout, shown+": suspended, every session ended\n"; got != want {
				t.Errorf("suspend: got %q, want %q", got, want)
			}
			run(t, env, "user", "resume", typed).ok()
			run(t, env, "user", "plan", typed, "paid").ok()
			if got, want := run(t, env, "tokens", "grant", typed, "5", "--reason", "test").ok().stdout, shown+": +5 tokens, "; !strings.HasPrefix(got, want) {
				t.Errorf("grant: got %q, want %q", got, want)
			}
			run(t, env, "user", "plan", typed, "free").ok()
		}
		for _, test := range []struct{ text, want string }{
			{lines("ana@xn--bcher-kva.example," + goodHash), "line 2: ana@xn--bcher-kva.example has a user already"},
			{lines("zoe@straße.example,"+goodHash, "zoe@xn--strae-oqa.example,"+goodHash), "line 3: zoe@xn--strae-oqa.example is already on line 2"},
			{lines("zoe@a.xn--a.example," + goodHash), "line 2: email: not an e-mail address"},
		} {
			importText(t, env, test.text).fails(test.want)
		}
	})
}
