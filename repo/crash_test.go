package repo_test

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"testing"
	"time"

	"alta/internal/testdb"
	"alta/repo"
)

// TestSignUpKilled kills a process that signs somebody up before and after
// each statement of the transaction, and finds all of the account or nothing.
func TestSignUpKilled(t *testing.T) {
	nothing, whole := rows{}, rows{Users: 1, Accounts: 1, Categories: 24, Sessions: 1, AuditEvents: 1}
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		for _, side := range []string{"before", "after"} {
			var found []rows // by the statement at which the process was killed
			for killed := true; killed; {
				email := address(len(found)) + "." + side
				before := look(t, databaseURL)
				killed = signUpAndDie(t, databaseURL, email, fmt.Sprintf("%s %d", side, len(found)+1))
				gained := look(t, databaseURL).minus(before)
				if !killed {
					if gained != whole {
						t.Errorf("sign-up that was left alone wrote %+v, want %+v", gained, whole)
					}
					break
				}
				if gained != nothing && gained != whole {
					t.Errorf("killed %s statement %d: left %+v, want all of an account or nothing", side, len(found)+1, gained)
				}
				found = append(found, gained)
				signUpAgain(t, databaseURL, email, gained == whole)
			}
			// BEGIN, five inserts, one look at the user, COMMIT.
			if len(found) < 8 {
				t.Fatalf("killed %s %d statements, want each of 8", side, len(found))
			}
			for i, gained := range found {
				want := nothing
				if side == "after" && i == len(found)-1 {
					want = whole
				}
				if gained != want {
					t.Errorf("killed %s statement %d of %d: left %+v, want %+v", side, i+1, len(found), gained, want)
				}
			}
		}
	})
}

func (n rows) minus(m rows) rows {
	return rows{
		n.Users - m.Users, n.Accounts - m.Accounts, n.Categories - m.Categories,
		n.Sessions - m.Sessions, n.LoginFailures - m.LoginFailures, n.AuditEvents - m.AuditEvents,
	}
}

// look opens the database anew, as the next process would, and counts.
func look(t *testing.T, databaseURL string) rows {
	t.Helper()
	r, _ := migrated(t, databaseURL)
	defer r.Close()
	return countRows(t, r)
}

// signUpAgain tries the address once more: it is taken if the account is
// there, or else as good as new.
func signUpAgain(t *testing.T, databaseURL, email string, taken bool) {
	t.Helper()
	r, _ := migrated(t, databaseURL)
	defer r.Close()
	var want error
	if taken {
		want = repo.ErrEmailTaken
	}
	if err := signUp(t.Context(), r, email); !errors.Is(err, want) {
		t.Errorf("sign-up after the kill: %v, want %v", err, want)
	}
}

// signUpAndDie signs the address up in a process that kills itself at the
// given moment, and reports whether it came to that.
func signUpAndDie(t *testing.T, databaseURL, email, moment string) (killed bool) {
	t.Helper()
	cmd := childProcess(t, "sign up", databaseURL, childKill+"="+moment, childEmail+"="+email)
	output, err := cmd.CombinedOutput()
	exit, failed := errors.AsType[*exec.ExitError](err)
	switch {
	case err == nil:
		return false
	case failed && !exit.Exited():
		return true
	}
	t.Fatalf("sign-up killed %s: %v\n%s", moment, err, output)
	return false
}

// signUpJob signs an address up and kills the process before or after the n-th
// statement, if there is one.
func signUpJob(databaseURL string) error {
	var side string
	var last int
	if _, err := fmt.Sscan(os.Getenv(childKill), &side, &last); err != nil {
		return err
	}
	armed, statement := false, 0
	r, err := openWatched(context.Background(), databaseURL, time.Now, watch{
		before: func(string, []driver.NamedValue) {
			if !armed {
				return
			}
			if statement++; side == "before" && statement == last {
				die()
			}
		},
		after: func(string, error) {
			if side == "after" && statement == last {
				die()
			}
		},
	})
	if err != nil {
		return err
	}
	armed = true
	return signUp(context.Background(), r, os.Getenv(childEmail))
}

// die ends the process as kill -9 does: nothing is closed or flushed.
func die() {
	self, err := os.FindProcess(os.Getpid())
	if err == nil {
		err = self.Kill()
	}
	if err != nil {
		panic(err)
	}
	select {}
}
