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

	"example.com/alta/internal/testdb"
	"example.com/alta/internal/testkit"
	"example.com/alta/repo"
)

// TestSignUpKilled kills a process during a sign-up, before and after each
// statement of the transaction. Either the whole account must exist afterwards,
// or nothing of it.
func TestSignUpKilled(t *testing.T) {
	account := rows{Users: 1, Accounts: 1, Categories: 24, AuditEvents: 1}
	app, api := account, account
	app.Sessions = 1
	api.InviteUses, api.Ledgers, api.Transactions, api.APIKeys, api.Tokens, api.Mails = 1, 1, 1, 1, 1, 2
	doors := []struct {
		job        string
		signUp     func(context.Context, *repo.Repo, string) error
		whole      rows
		statements int
	}{
		// BEGIN, five inserts, one read of the user, COMMIT.
		{job: "sign up", signUp: signUp, whole: app, statements: 8},
		// BEGIN; three inserts and a read for the user; the use of the invite
		// and its code on the user; three writes for the ledger; the key, and
		// the deletion of dead ones; the token; three for each mail; the audit event; COMMIT.
		{job: "sign up by invite", signUp: signUpByInvite, whole: api, statements: 21},
	}
	for _, door := range doors {
		t.Run(door.job, func(t *testing.T) {
			testdb.Each(t, func(t *testing.T, databaseURL string) {
				r, _ := migrated(t, databaseURL)
				createInvite(t, r, crashInvite, 1000, 100*365*24*time.Hour)
				for _, side := range []string{"before", "after"} {
					k := killedSignUp{job: door.job, databaseURL: databaseURL, side: side, whole: door.whole, signUp: door.signUp}
					if found := k.killAtEachStatement(t); found != door.statements {
						t.Errorf("killed %s %d statements, want each of %d", side, found, door.statements)
					}
				}
			})
		})
	}
}

// killedSignUp is a sign-up that is killed before or after one of its
// statements.
type killedSignUp struct {
	job, databaseURL, side string
	whole                  rows // what it writes if it is not killed
	signUp                 func(context.Context, *repo.Repo, string) error
}

// killAtEachStatement kills the sign-up at its first statement, then another at
// its second, and so on until one finishes. It returns the number of
// statements.
func (k killedSignUp) killAtEachStatement(t *testing.T) int {
	t.Helper()
	var found []rows // by the statement at which the process was killed
	for {
		moment := fmt.Sprintf("%s %d", k.side, len(found)+1)
		email := address(len(found)) + "." + k.side
		before := countAfterReopening(t, k.databaseURL)
		killed := signUpInChild(t, k.job, k.databaseURL, email, moment)
		gained := countAfterReopening(t, k.databaseURL).minus(before)
		if !killed {
			if gained != k.whole {
				t.Errorf("sign-up that was left alone wrote %+v, want %+v", gained, k.whole)
			}
			break
		}
		found = append(found, gained)
		k.signUpAgain(t, email, gained == k.whole)
	}
	for i, gained := range found {
		var want rows // nothing, unless the commit had succeeded
		if k.side == "after" && i == len(found)-1 {
			want = k.whole
		}
		if gained != want {
			t.Errorf("killed %s statement %d of %d: left %+v, want %+v", k.side, i+1, len(found), gained, want)
		}
	}
	return len(found)
}

// signUpAgain signs the address up again: if the account exists, the address is
// taken; otherwise the sign-up succeeds.
func (k killedSignUp) signUpAgain(t *testing.T, email string, taken bool) {
	t.Helper()
	r := reopen(t, k.databaseURL)
	defer r.Close()
	var want error
	if taken {
		want = repo.ErrEmailTaken
	}
	if err := k.signUp(t.Context(), r, email); !errors.Is(err, want) {
		t.Errorf("sign-up after the kill: %v, want %v", err, want)
	}
	if n := countRows(t, r); k.whole.InviteUses > 0 && n.InviteUses != n.Users {
		t.Errorf("%d uses of the invite made %d accounts", n.InviteUses, n.Users)
	}
}

func (n rows) minus(m rows) rows {
	return rows{
		Users: n.Users - m.Users, Accounts: n.Accounts - m.Accounts, Categories: n.Categories - m.Categories,
		Sessions: n.Sessions - m.Sessions, LoginFailures: n.LoginFailures - m.LoginFailures, AuditEvents: n.AuditEvents - m.AuditEvents,
		APIKeys: n.APIKeys - m.APIKeys, Ledgers: n.Ledgers - m.Ledgers, Transactions: n.Transactions - m.Transactions,
		Tokens: n.Tokens - m.Tokens, Mails: n.Mails - m.Mails, InviteUses: n.InviteUses - m.InviteUses,
		Usage: n.Usage - m.Usage, Calls: n.Calls - m.Calls,
	}
}

// countAfterReopening opens the database anew, as the next process would, and
// counts the rows.
func countAfterReopening(t *testing.T, databaseURL string) rows {
	t.Helper()
	r := reopen(t, databaseURL)
	defer r.Close()
	return countRows(t, r)
}

// reopen opens a database that has been migrated.
func reopen(t *testing.T, databaseURL string) *repo.Repo {
	t.Helper()
	return open(t, databaseURL, testkit.NewClock(start).Now)
}

// signUpInChild signs the address up in a process that kills itself at the
// given moment. It reports whether the process was killed.
func signUpInChild(t *testing.T, job, databaseURL, email, moment string) (killed bool) {
	t.Helper()
	cmd := childProcess(t, job, databaseURL, childKill+"="+moment, childEmail+"="+email)
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

// signUpJob returns a job that signs an address up and kills its process before
// or after the n-th statement, if there are that many.
func signUpJob(signUp func(context.Context, *repo.Repo, string) error) func(databaseURL string) error {
	return func(databaseURL string) error {
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
					killSelf()
				}
			},
			after: func(string, error) {
				if side == "after" && statement == last {
					killSelf()
				}
			},
		})
		if err != nil {
			return err
		}
		armed = true
		return signUp(context.Background(), r, os.Getenv(childEmail))
	}
}

// killSelf ends the process as kill -9 does: nothing is closed or flushed.
func killSelf() {
	self, err := os.FindProcess(os.Getpid())
	if err == nil {
		err = self.Kill()
	}
	if err != nil {
		panic(err)
	}
	select {}
}
