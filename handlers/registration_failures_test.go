package handlers_test

import (
	"context"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

// ofAccounts are the tables that a registration writes.
var ofAccounts = []string{
	"users", "accounts", "categories", "ledgers", "token_transactions", "api_keys", "one_time_tokens", "outbox", "sessions",
}

// expectNothing fails the test if a registration has left rows, or used the invite.
func (h *harness) expectNothing(s *testDatabase, code string) {
	h.t.Helper()
	for _, table := range ofAccounts {
		if n := s.count(table); n != 0 {
			h.t.Errorf("%s has %d rows, want none", table, n)
		}
	}
	if invite := h.storedInvite(code); invite.Uses != 0 {
		h.t.Errorf("the invite has %d uses, want none", invite.Uses)
	}
	if n := h.auditCount(repo.AuditSignUp) + h.auditCount(repo.AuditInviteUse); n != 0 {
		h.t.Errorf("there are %d audit rows of what did not happen", n)
	}
	if mails := h.mails(); mails != "" {
		h.t.Errorf("there are mails: %s", mails)
	}
}

// TestRegisterAllOrNothing makes each statement of a registration fail in turn: no
// account exists then, the invite is not used, and its token works later.
func TestRegisterAllOrNothing(t *testing.T) {
	tests := []struct{ what, condition string }{
		{"INSERT ON users", "NEW.email <> ''"},
		{"INSERT ON accounts", "NEW.name <> ''"},
		{"INSERT ON categories", "NEW.name <> ''"},
		{"INSERT ON audit_events", "NEW.kind = 'sign_up'"},
		{"UPDATE ON invite_codes", "NEW.uses > OLD.uses"},
		{"INSERT ON audit_events", "NEW.kind = 'invite_used'"},
		{"UPDATE ON users", "NEW.plan = 'free'"},
		{"INSERT ON ledgers", "NEW.balance > 0"},
		{"INSERT ON token_transactions", "NEW.delta > 0"},
		{"INSERT ON api_keys", "NEW.name <> ''"},
		{"INSERT ON outbox", "NEW.kind = 'welcome'"},
		{"INSERT ON outbox", "NEW.kind = 'verification'"},
		{"INSERT ON one_time_tokens", "NEW.purpose = 'verify_email'"},
	}
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		h, s := start(t, databaseURL), openTestDatabase(t, databaseURL)
		code := h.invite(1)
		body := apiRegistration("ada@example.com", h.redeem(code))
		for _, test := range tests {
			mend := s.failOn(test.what, test.condition)
			if code := h.do("POST", "/api/v1/auth/register", body).status(500).get("code"); code != "internal" {
				t.Errorf("%s: code is %s", test.what, code)
			}
			h.expectNothing(s, code)
			mend()
			if t.Failed() {
				t.Fatalf("%s, %s", test.what, test.condition)
			}
		}
		h.do("POST", "/api/v1/auth/register", body).status(200)
		want := map[string]int{
			"users": 1, "accounts": 1, "categories": 24, "ledgers": 1, "token_transactions": 1, "api_keys": 1, "one_time_tokens": 1, "outbox": 2,
			"sessions": 0,
		}
		got := map[string]int{}
		for _, table := range ofAccounts {
			got[table] = s.count(table)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("rows (-want +got):\n%s", diff)
		}
	})
}

// TestRegisterOvertaken: the invite was valid when it was checked, and is not when
// the transaction begins.
func TestRegisterOvertaken(t *testing.T) {
	tests := []struct {
		name   string
		happen func(h *harness, s *testDatabase, code string)
		status int
		code   string
	}{
		{"revoked", func(h *harness, _ *testDatabase, code string) {
			h.write(func(tx *repo.Tx) error { _, err := tx.RevokeInvite(h.t.Context(), h.storedInvite(code).ID); return err })
		}, 410, "invite_revoked"},
		{"expired", func(h *harness, _ *testDatabase, _ string) { h.clock.Advance(10 * time.Minute) }, 410, "invite_expired"},
		{"deleted", func(_ *harness, s *testDatabase, _ string) { s.db.MustExec("DELETE FROM invite_codes") }, 400, "invite_unknown"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			testdb.Each(t, func(t *testing.T, databaseURL string) {
				m, s := &hashHooks{}, openTestDatabase(t, databaseURL)
				h := start(t, databaseURL, withHashHooks(t, m))
				code := h.invite(1)
				h.clock.Advance(7*24*time.Hour - 5*time.Minute) // it is about to expire
				body := apiRegistration("ada@example.com", h.redeem(code))
				m.runAt(1, func() { test.happen(h, s, code) })
				if got := h.do("POST", "/api/v1/auth/register", body).status(test.status).get("code"); got != test.code {
					t.Errorf("code is %s, want %s", got, test.code)
				}
				if m.hashed() != 1 {
					t.Fatalf("%d passwords were hashed, want 1: nothing happened in between", m.hashed())
				}
				if test.name != "deleted" {
					h.expectNothing(s, code)
				} else if h.users() != 0 {
					t.Error("there is a user")
				}
			})
		})
	}
}

// TestRegisterAddressTakenMeanwhile: the address signs up at the other door while
// the password is hashed.
func TestRegisterAddressTakenMeanwhile(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		m := &hashHooks{}
		h := start(t, databaseURL, withHashHooks(t, m))
		code := h.invite(1)
		token := h.redeem(code)
		m.runAt(1, func() {
			h.write(func(tx *repo.Tx) error {
				_, err := tx.CreateUser(t.Context(), repo.NewUser{Email: "ada@example.com", PasswordHash: "x", Door: repo.DoorApp, Currency: "ARS"})
				return err
			})
		})
		if got := h.do("POST", "/api/v1/auth/register", apiRegistration("ADA@example.com", token)).status(400).get("code"); got != "email_taken" {
			t.Errorf("code is %s", got)
		}
		if invite := h.storedInvite(code); invite.Uses != 0 || h.mails() != "" {
			t.Errorf("the invite has %d uses", invite.Uses)
		}
		h.do("POST", "/api/v1/auth/register", apiRegistration("lovelace@example.com", token)).status(200)
	})
}

// TestRegisterHangUp: a client that hangs up before anything is written gets no
// account. One that hangs up later gets an account with its mails.
func TestRegisterHangUp(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		m, s := &hashHooks{}, openTestDatabase(t, databaseURL)
		h := start(t, databaseURL, withHashHooks(t, m))
		code := h.invite(1)
		body := apiRegistration("ada@example.com", h.redeem(code))
		register := func(ctx context.Context) {
			h.ServeHTTP(httptest.NewRecorder(), request("POST", "/api/v1/auth/register", body).WithContext(ctx))
		}
		ctx, hangUp := context.WithCancel(t.Context())
		m.runAt(1, hangUp)
		register(ctx)
		h.expectNothing(s, code)

		ctx, hangUp = context.WithCancel(t.Context())
		h.mailServer.failWith(func(_, _ string) error { hangUp(); return nil })
		register(ctx)
		h.do("POST", "/api/v1/auth/verifyEmail", withToken(h.secret("verification"))).status(200)
		if n := len(h.mailServer.to("ada@example.com")); n != 2 {
			t.Errorf("%d mails, want the verification and the welcome mail", n)
		}
	})
}
