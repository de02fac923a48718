package repo_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

func newToken(user repo.User, purpose repo.TokenPurpose, id string) repo.OneTimeToken {
	return repo.OneTimeToken{ID: id, UserID: user.ID, Purpose: purpose, Digest: "digest of " + id, SecretID: "secret of " + id}
}

// createToken adds a token that is valid for an hour.
func createToken(t testing.TB, r *repo.Repo, token repo.OneTimeToken) {
	t.Helper()
	write(t, r, func(tx *repo.Tx) error { return tx.CreateOneTimeToken(t.Context(), token, time.Hour) })
}

// tryToken counts an attempt, which is committed in any case.
func tryToken(t testing.TB, r *repo.Repo, id string, purpose repo.TokenPurpose) (token repo.OneTimeToken, err error) {
	t.Helper()
	write(t, r, func(tx *repo.Tx) error {
		token, err = tx.TryOneTimeToken(t.Context(), id, purpose)
		if errors.Is(err, repo.ErrNotFound) {
			return nil
		}
		return err
	})
	return token, err
}

func tokenOf(t testing.TB, r *repo.Repo, user repo.User, purpose repo.TokenPurpose) (token repo.OneTimeToken, err error) {
	t.Helper()
	write(t, r, func(tx *repo.Tx) error {
		token, err = tx.OneTimeTokenOf(t.Context(), user.ID, purpose)
		return nil
	})
	return token, err
}

// wantToken checks that every query for the token finds it. It uses up one
// attempt.
func wantToken(t testing.TB, r *repo.Repo, user repo.User, at time.Time, want repo.OneTimeToken) {
	t.Helper()
	found, err := r.OneTimeToken(t.Context(), want.ID, want.Purpose, at)
	of, errOf := tokenOf(t, r, user, want.Purpose)
	tried, errTried := tryToken(t, r, want.ID, want.Purpose)
	if err := errors.Join(err, errOf, errTried); err != nil {
		t.Errorf("token %s: %v", want.ID, err)
	}
	if diff := cmp.Diff([]repo.OneTimeToken{want, want, want}, []repo.OneTimeToken{found, of, tried}); diff != "" {
		t.Errorf("token %s, found, found by user and tried (-want +got):\n%s", want.ID, diff)
	}
}

// wantNoToken checks that no query finds a live token with the id.
func wantNoToken(t testing.TB, r *repo.Repo, id string, purpose repo.TokenPurpose, at time.Time) {
	t.Helper()
	found, err := r.OneTimeToken(t.Context(), id, purpose, at)
	tried, errTried := tryToken(t, r, id, purpose)
	if err != repo.ErrNotFound || errTried != repo.ErrNotFound || found != tried || found != (repo.OneTimeToken{}) {
		t.Errorf("token %s for %s: found %+v, %v; tried %+v, %v; want none and ErrNotFound", id, purpose, found, err, tried, errTried)
	}
}

// TestOneTimeTokenReplaced: a newer token replaces the older one of the same
// user and purpose, and no other.
func TestOneTimeTokenReplaced(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, c := migrated(t, databaseURL)
		ada, grace := createUser(t, r, "ada@example.com"), createUser(t, r, "grace@example.com")
		first, second := newToken(ada, repo.VerifyEmail, "first"), newToken(ada, repo.VerifyEmail, "second")
		reset, hers := newToken(ada, repo.ResetPassword, "reset"), newToken(grace, repo.VerifyEmail, "hers")
		for _, token := range []repo.OneTimeToken{first, reset, hers} {
			createToken(t, r, token)
		}
		for range 2 { // of five attempts
			wantToken(t, r, ada, start, first)
		}
		c.Advance(30 * time.Minute)
		createToken(t, r, second)
		wantNoToken(t, r, "first", repo.VerifyEmail, c.Now())
		wantToken(t, r, ada, c.Now(), second)
		wantToken(t, r, ada, c.Now(), reset)
		wantToken(t, r, grace, c.Now(), hers)
		checkTexts(t, r, `SELECT id FROM one_time_tokens ORDER BY id`, "hers", "reset", "second")
		// The second is valid for an hour from its own creation.
		c.Set(start.Add(time.Hour))
		wantToken(t, r, ada, c.Now(), second)
		wantNoToken(t, r, "reset", repo.ResetPassword, c.Now())
	})
}

func TestOneTimeTokenExpiry(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, c := migrated(t, databaseURL)
		user := createUser(t, r, "ada@example.com")
		token := newToken(user, repo.ResetPassword, "token")
		createToken(t, r, token)
		c.Set(start.Add(time.Hour - time.Microsecond))
		wantToken(t, r, user, c.Now(), token)
		for _, age := range []time.Duration{time.Hour, time.Hour + time.Microsecond, 1000 * time.Hour} {
			c.Set(start.Add(age))
			wantNoToken(t, r, "token", repo.ResetPassword, c.Now())
			if got, err := tokenOf(t, r, user, repo.ResetPassword); err != repo.ErrNotFound {
				t.Errorf("%v old: %+v, %v; want ErrNotFound", age, got, err)
			}
		}
	})
}

// TestOneTimeTokenAttempts: a token has five attempts. Attempts for another
// purpose or with another id do not count.
func TestOneTimeTokenAttempts(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, _ := migrated(t, databaseURL)
		user := createUser(t, r, "ada@example.com")
		token, fresh := newToken(user, repo.VerifyEmail, "token"), newToken(user, repo.VerifyEmail, "fresh")
		createToken(t, r, token)
		for range 6 {
			wantNoToken(t, r, "token", repo.ResetPassword, start)
			wantNoToken(t, r, "toke", repo.VerifyEmail, start)
			wantNoToken(t, r, "", repo.VerifyEmail, start)
		}
		for range 5 {
			wantToken(t, r, user, start, token)
		}
		for range 2 {
			wantNoToken(t, r, "token", repo.VerifyEmail, start)
		}
		if _, err := tokenOf(t, r, user, repo.VerifyEmail); err != repo.ErrNotFound {
			t.Errorf("a token without tries left is found by its user: %v, want ErrNotFound", err)
		}
		createToken(t, r, fresh)
		for range 5 {
			wantToken(t, r, user, start, fresh)
		}
		wantNoToken(t, r, "fresh", repo.VerifyEmail, start)
	})
}

// TestOneTimeTokenTryRolledBack: an attempt that is rolled back does not count,
// which is why callers must commit.
func TestOneTimeTokenTryRolledBack(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, _ := migrated(t, databaseURL)
		user := createUser(t, r, "ada@example.com")
		token := newToken(user, repo.VerifyEmail, "token")
		createToken(t, r, token)
		dropped := errors.New("dropped")
		for range 6 {
			err := r.InTx(t.Context(), func(tx *repo.Tx) error {
				_, err := tx.TryOneTimeToken(t.Context(), "token", repo.VerifyEmail)
				return errors.Join(err, dropped)
			})
			if errors.Is(err, repo.ErrNotFound) {
				t.Errorf("try: %v", err)
			}
		}
		if n := queryInt(t, r, `SELECT attempts FROM one_time_tokens`); n != 0 {
			t.Errorf("%d tries were counted, want none", n)
		}
	})
}

func TestEndOneTimeTokens(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, _ := migrated(t, databaseURL)
		ada, grace := createUser(t, r, "ada@example.com"), createUser(t, r, "grace@example.com")
		createToken(t, r, newToken(ada, repo.VerifyEmail, "used"))
		createToken(t, r, newToken(ada, repo.ResetPassword, "other purpose"))
		createToken(t, r, newToken(grace, repo.VerifyEmail, "other user"))
		for range 2 { // the second time there is nothing to delete
			write(t, r, func(tx *repo.Tx) error { return tx.EndOneTimeTokens(t.Context(), ada.ID, repo.VerifyEmail) })
		}
		wantNoToken(t, r, "used", repo.VerifyEmail, start)
		checkTexts(t, r, `SELECT id FROM one_time_tokens ORDER BY id`, "other purpose", "other user")
	})
}

// TestUsedOneTimeToken: a token that was used can be tried until it expires. It is
// no token that could be used or mailed, does not lose attempts to those who have
// it, and a newer one takes its place.
func TestUsedOneTimeToken(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, c := migrated(t, databaseURL)
		ada := createUser(t, r, "ada@example.com")
		createToken(t, r, newToken(ada, repo.VerifyEmail, "used"))
		for i := range 9 {
			token, err := tryToken(t, r, "used", repo.VerifyEmail)
			if err != nil || token.Used != (i > 0) {
				t.Fatalf("try %d: TryOneTimeToken = %+v, %v", i, token, err)
			}
			write(t, r, func(tx *repo.Tx) error { return tx.UseOneTimeToken(t.Context(), "used") })
			c.Advance(time.Minute)
		}
		_, err := r.OneTimeToken(t.Context(), "used", repo.VerifyEmail, c.Now())
		_, errOf := tokenOf(t, r, ada, repo.VerifyEmail)
		if err != repo.ErrNotFound || errOf != repo.ErrNotFound {
			t.Errorf("a used token is found: %v, %v", err, errOf)
		}
		write(t, r, func(tx *repo.Tx) error { return tx.EndOneTimeTokens(t.Context(), ada.ID, repo.VerifyEmail) })
		checkTexts(t, r, `SELECT id FROM one_time_tokens`, "used")
		newer := newToken(ada, repo.VerifyEmail, "newer")
		createToken(t, r, newer)
		wantNoToken(t, r, "used", repo.VerifyEmail, c.Now())
		wantToken(t, r, ada, c.Now(), newer)
		write(t, r, func(tx *repo.Tx) error { return tx.UseOneTimeToken(t.Context(), "newer") })
		c.Advance(time.Hour)
		wantNoToken(t, r, "newer", repo.VerifyEmail, c.Now())
	})
}

// TestOneTimeTokenAtOnce: of many concurrent users of a token, one succeeds; of
// many who guess, five get an attempt.
func TestOneTimeTokenAtOnce(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, _ := migrated(t, databaseURL)
		user := createUser(t, r, "ada@example.com")
		for _, test := range []struct {
			name string
			end  bool
			want int
		}{{name: "used up", end: true, want: 1}, {name: "guessed", want: 5}} {
			createToken(t, r, newToken(user, repo.ResetPassword, test.name))
			found := 0
			for _, err := range atOnce(64, func(int) error {
				return r.InTx(t.Context(), func(tx *repo.Tx) error {
					token, err := tx.TryOneTimeToken(t.Context(), test.name, repo.ResetPassword)
					if err != nil || !test.end {
						return err
					}
					return tx.EndOneTimeTokens(t.Context(), token.UserID, token.Purpose)
				})
			}) {
				switch err {
				case nil:
					found++
				case repo.ErrNotFound:
				default:
					t.Errorf("%s: %v, want ErrNotFound", test.name, err)
				}
			}
			if found != test.want {
				t.Errorf("%s: %d found it, want %d", test.name, found, test.want)
			}
		}
	})
}
