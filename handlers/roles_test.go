package handlers_test

import (
	"strings"
	"testing"

	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

// TestRoles calls every operation that needs a role as each kind of user. The
// current role counts, not the role when the session began.
func TestRoles(t *testing.T) {
	h := start(t, testdb.SQLite(t))
	user, admin, former := h.register("user@example.com"), h.register("admin@example.com"), h.register("former@example.com")
	h.promote("admin@example.com")
	h.promote("former@example.com")
	h.do("GET", "/api/v1/admin/invites", "", former).status(200)
	h.write(func(tx *repo.Tx) error {
		_, err := tx.SetRole(t.Context(), h.user("former@example.com").ID, repo.RoleUser)
		return err
	})
	tried := 0
	for path, item := range h.doc.Paths.Map() {
		for method, op := range item.Operations() {
			if op.Extensions["x-role"] == nil {
				if strings.Contains(path, "/admin/") {
					t.Errorf("%s asks for no role", op.OperationID)
				}
				continue
			}
			tried++
			base := example(h, method, path, op)
			for name, bearer := range map[string]string{"a user": user, "a former administrator": former} {
				answer := h.do(method, base.target(), base.text(), bearer)
				refusal := `"code":"forbidden"`
				if !strings.HasPrefix(path, "/api/v1/") {
					refusal = `{"statusCode":403,"message":"Forbidden resource","error":"Forbidden"}`
				}
				if answer.Code != 403 || !strings.Contains(answer.Body.String(), refusal) {
					t.Errorf("%s by %s: got %d %s, want 403", op.OperationID, name, answer.Code, answer.Body)
				}
				h.do(method, base.target(), "{", bearer).status(403) // before anybody looks at the input
			}
			if answer := h.do(method, base.target(), base.text(), admin); answer.Code == 403 || answer.Code == 401 {
				t.Errorf("%s by an administrator: got %d", op.OperationID, answer.Code)
			}
		}
	}
	if tried < 3 {
		t.Errorf("only %d operations ask for a role", tried)
	}
}

// TestTokensOfOtherKinds: a token of one kind is not accepted as another kind.
func TestTokensOfOtherKinds(t *testing.T) {
	h := start(t, testdb.SQLite(t))
	h.registerUnverified("ada@example.com")
	verification := h.secret("verification")
	h.forget("ada@example.com")
	login := h.do("POST", "/api/auth/register", registration("lovelace@example.com")).status(201)
	code := h.invite(1)
	tokens := map[string]string{
		"session": login.get("token"), "device": login.cookie("alta-device"), "invite": h.redeem(code), "code": code,
		"verification": verification, "reset": h.secret("reset"), "key": h.secret("key"),
	}
	locks := map[string]func(token string) *response{
		"invite": func(token string) *response {
			return h.do("POST", "/api/v1/auth/register", apiRegistration("byron@example.com", token))
		},
		"verification": func(token string) *response { return h.do("POST", "/api/v1/auth/verifyEmail", withToken(token)) },
		"reset": func(token string) *response {
			return h.do("PUT", "/api/v1/auth/newpassword", newPassword(token, password))
		},
		"code": func(token string) *response {
			return h.do("POST", "/api/v1/auth/redeem-invite", `{"code":"`+token+`"}`)
		},
		"session": func(token string) *response {
			return h.do("GET", "/api/auth/profile", "", "Authorization: Bearer "+token)
		},
	}
	for lock, try := range locks {
		for kind, token := range tokens {
			if answer := try(token); lock != kind && answer.Code != 400 && answer.Code != 401 {
				t.Errorf("the %s token passes for the %s: %d %s", kind, lock, answer.Code, answer.Body)
			}
		}
	}
	if n := h.users(); n != 3 {
		t.Errorf("%d users, want 3", n)
	}
}

// TestTamperedInviteTokens: an invite token that was changed is refused.
func TestTamperedInviteTokens(t *testing.T) {
	h := start(t, testdb.SQLite(t))
	good := h.inviteToken(1)
	header, rest, _ := strings.Cut(good, ".")
	payload, signature, _ := strings.Cut(rest, ".")
	for what, token := range map[string]string{
		"no signature": header + "." + payload + ".", "another signature": header + "." + payload + "." + tamper(signature),
		"another payload": header + "." + tamper(payload) + "." + signature, "no payload": header + ".." + signature,
		"blanks": " " + good, "a line break": good[:5] + `\n` + good[5:],
	} {
		answer := h.do("POST", "/api/v1/auth/register", apiRegistration("ada@example.com", token))
		if answer.Code != 400 {
			t.Errorf("%s: got %d, want 400", what, answer.Code)
		}
	}
	h.do("POST", "/api/v1/auth/register", apiRegistration("ada@example.com", good)).status(200)
}
