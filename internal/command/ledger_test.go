package command_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

// TestTokensGrant gives tokens and takes them back, down to a balance of 0.
func TestTokensGrant(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		env, r := storage(t, databaseURL), openRepo(t, databaseURL, time.Now)
		user := addUsers(t, r, "ann@example.com")[0]
		run(t, env, "user", "plan", "ann@example.com", "free").ok()
		rows, balance := []tokenRow{{repo.TokensGrant, 2000}}, int64(2000)
		for i, test := range []struct {
			tokens string
			delta  int64
			args   []string // arguments before the number
		}{
			{"5", 5, nil},
			{"+7", 7, nil},
			{"-5", -5, nil},
			{"-2007", -2007, nil}, // the whole balance
			{"10000000", 10_000_000, nil},
			{"-10000000", -10_000_000, nil},
			{"3", 3, []string{"--"}},
			{"-1", -1, []string{"--"}},
		} {
			reason := fmt.Sprintf("reason %d: \"why\" –", i)
			args := append([]string{"tokens", "grant", "--reason", reason}, test.args...)
			balance += test.delta
			kind := repo.TokensGrant
			if test.delta < 0 {
				kind = repo.TokensAdjustment
			}
			rows = append(rows, tokenRow{kind, test.delta})
			want := fmt.Sprintf("ann@example.com: %+d tokens, %d now\n", test.delta, balance)
			if got := run(t, env, append(args, "Ann@Example.com", test.tokens)...).ok().stdout; got != want {
				t.Errorf("%s: got %q, want %q", test.tokens, got, want)
			}
			checkLedger(t, r, user, "free", balance, rows...)
			events, err := r.AuditEvents(t.Context(), 1)
			if err != nil || len(events) != 1 {
				t.Fatalf("%s: %v: no audit event", test.tokens, err)
			}
			detail := fmt.Sprintf("%+d: %s", test.delta, reason)
			if e := events[0]; e.Kind != repo.AuditGrant || e.Actor != repo.ActorOperator || e.UserID == nil || *e.UserID != user.ID || e.Detail != detail {
				t.Errorf("%s: the audit event is %+v, want %q", test.tokens, e, detail)
			}
		}
		if got, want := run(t, env, "ledger", "verify").ok().stdout, "1 ledgers, all of them add up\n"; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	})
}

func TestTokensGrantRefusals(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		env, r := storage(t, databaseURL), openRepo(t, databaseURL, time.Now)
		user := addUsers(t, r, "ann@example.com", "none@example.com")[0]
		run(t, env, "user", "plan", "ann@example.com", "free").ok()
		const takes = "it takes one from -10000000 to 10000000, and not 0"
		for _, test := range []struct{ name, email, tokens, reason, want string }{
			{"zero", "ann@example.com", "0", "why", takes},
			{"nothing less", "ann@example.com", "-0", "why", takes},
			{"words", "ann@example.com", "many", "why", `"many" is not a number of tokens`},
			{"fraction", "ann@example.com", "1.5", "why", takes},
			{"hexadecimal", "ann@example.com", "0x10", "why", takes},
			{"empty", "ann@example.com", "", "why", takes},
			{"too many", "ann@example.com", "10000001", "why", takes},
			{"too many to take at all", "ann@example.com", "-10000001", "why", takes},
			{"past all numbers", "ann@example.com", "99999999999999999999", "why", takes},
			{"more than there are", "ann@example.com", "-2001", "why", "ann@example.com has 2000 tokens: nothing was taken"},
			{"no plan", "none@example.com", "5", "why", "none@example.com has no plan: give one with `alta user plan none@example.com free`"},
			{"nobody", "bob@example.com", "5", "why", "no user has the address bob@example.com"},
			{"no reason", "ann@example.com", "5", "", "--reason: takes 1 to 200 characters"},
			{"long reason", "ann@example.com", "5", strings.Repeat("x", 201), "--reason: takes 1 to 200 characters"},
		} {
			t.Run(test.name, func(t *testing.T) {
				run(t, env, "tokens", "grant", test.email, test.tokens, "--reason", test.reason).fails(test.want)
			})
		}
		run(t, env, "tokens", "grant", "ann@example.com", "1", "--reason", strings.Repeat("x", 200)).ok()
		checkLedger(t, r, user, "free", 2001, tokenRow{repo.TokensGrant, 2000}, tokenRow{repo.TokensGrant, 1})
		if events, err := r.AuditEvents(t.Context(), 9); err != nil || len(events) != 2 {
			t.Errorf("%v: there are %d audit events, want those of the plan and of the one grant", err, len(events))
		}
	})
}

// TestLedgerVerifyFindsWrongBalances changes balances directly in the database.
func TestLedgerVerifyFindsWrongBalances(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		env, r := storage(t, databaseURL), openRepo(t, databaseURL, time.Now)
		users := addUsers(t, r, "ann@example.com", "bob@example.com", "eve@example.com", "none@example.com")
		verify := func(want string) result {
			t.Helper()
			result := run(t, env, "ledger", "verify")
			if result.stdout != want {
				t.Errorf("got\n%s%s\nwant\n%s", result.stdout, result.stderr, want)
			}
			return result
		}
		verify("0 ledgers, all of them add up\n").ok()
		for _, user := range users[:3] {
			run(t, env, "user", "plan", user.Email, "free").ok()
		}
		verify("3 ledgers, all of them add up\n").ok()

		ann := users[0].ID.String()
		execute(t, databaseURL, `UPDATE ledgers SET balance = balance + 1 WHERE user_id = '`+ann+`'`)
		verify(ann + ": balance 2001, transactions sum up to 2000\n").fails("1 of 3 ledgers do not add up")
		execute(t, databaseURL, `UPDATE ledgers SET balance = balance - 1 WHERE user_id = '`+ann+`'`)
		verify("3 ledgers, all of them add up\n").ok()

		execute(t, databaseURL, `UPDATE token_transactions SET delta = 1999 WHERE user_id = '`+ann+`'`)
		execute(t, databaseURL, `DELETE FROM token_transactions WHERE user_id = '`+users[1].ID.String()+`'`)
		result := run(t, env, "ledger", "verify").fails("2 of 3 ledgers do not add up")
		for _, want := range []string{ann + ": balance 2000, transactions sum up to 1999\n",
			users[1].ID.String() + ": balance 2000, transactions sum up to 0\n"} {
			if !strings.Contains(result.stdout, want) {
				t.Errorf("lacks %q:\n%s", want, result.stdout)
			}
		}
		if strings.Count(result.stdout, "\n") != 2 {
			t.Errorf("reports more than two ledgers:\n%s", result.stdout)
		}
	})
}
