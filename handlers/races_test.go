package handlers_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

func TestRegisterOneAddressAtOnce(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		h := start(t, databaseURL)
		got := h.race("/api/auth/register", func(int) string { return registration("john.doe@example.com") })
		if diff := cmp.Diff(map[int]int{201: 1, 409: clients - 1}, got); diff != "" {
			t.Errorf("answers (-want +got):\n%s", diff)
		}
		if n := h.users(); n != 1 {
			t.Errorf("there are %d users, want 1", n)
		}
		if n := h.auditCount(repo.AuditSignUp); n != 1 {
			t.Errorf("there are %d audit rows, want 1", n)
		}
	})
}

func TestWrongPasswordsAtOnce(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		for _, who := range []string{"known", "unknown"} {
			h := start(t, databaseURL)
			email := who + "@example.com"
			if who == "known" {
				h.register(email)
			}
			fails, locks := h.auditCount(repo.AuditLoginFail), h.auditCount(repo.AuditLoginLock)
			got := h.race("/api/auth/login", func(i int) string { return credentials(email, fmt.Sprintf("guess %d", i)) })
			if diff := cmp.Diff(map[int]int{401: 5, 429: clients - 5}, got); diff != "" {
				t.Errorf("%s: answers (-want +got):\n%s", who, diff)
			}
			if n := h.auditCount(repo.AuditLoginFail) - fails; n != 5 {
				t.Errorf("%s: there are %d audit rows of failures, want 5", who, n)
			}
			if n := h.auditCount(repo.AuditLoginLock) - locks; n != 1 {
				t.Errorf("%s: there are %d audit rows of locks, want 1", who, n)
			}
		}
	})
}

// TestRightPasswordsAtOnce: log-ins are counted before their password is compared,
// and still none with the right password is refused.
func TestRightPasswordsAtOnce(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		h := start(t, databaseURL)
		email := "john.doe@example.com"
		h.register(email)
		for range 3 {
			h.do("POST", "/api/auth/login", credentials(email, "typo")).status(401)
		}
		got := h.race("/api/auth/login", func(int) string { return credentials(email, password) })
		if diff := cmp.Diff(map[int]int{200: clients}, got); diff != "" {
			t.Errorf("answers (-want +got):\n%s", diff)
		}
	})
}

func TestRegisterManyAtOnce(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		h := start(t, databaseURL)
		got := h.race("/api/auth/register", func(i int) string { return registration(fmt.Sprintf("user%d@example.com", i)) })
		if diff := cmp.Diff(map[int]int{201: clients}, got); diff != "" {
			t.Errorf("answers (-want +got):\n%s", diff)
		}
		for _, user := range must(h.repo.Users(context.Background(), "", clients)) {
			_, categories, err := h.repo.Categories(context.Background(), user.ID, "", repo.Page{Limit: 100})
			if err != nil || categories != 24 || len(must(h.repo.Accounts(context.Background(), user.ID))) != 1 {
				t.Errorf("%s has half a workspace: %v", user.Email, err)
			}
		}
	})
}
