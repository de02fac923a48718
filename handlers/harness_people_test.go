package handlers_test

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"example.com/alta/internal/identity"
	"example.com/alta/repo"
)

const password = "SecurePass123!"

const anotherPassword = "another good password"

func registration(email string) string {
	return `{"email":"` + email + `","password":"` + password + `","firstName":"John","lastName":"Doe"}`
}

func apiRegistration(email, inviteToken string) string {
	return `{"email":"` + email + `","password":"` + password + `","invite_token":"` + inviteToken + `"}`
}

func credentials(email, password string) string {
	return string(must(json.Marshal(map[string]string{"email": email, "password": password})))
}

func withToken(token string) string { return `{"token":"` + token + `"}` }

func newPassword(token, password string) string {
	return `{"token":"` + token + `","newpassword":"` + password + `"}`
}

func withEmail(email string) string { return `{"email":"` + email + `"}` }

func withPassword(password string) string { return `{"password":"` + password + `"}` }

func byKey(key string) string { return "X-API-Key: " + key }

func withKey(key string) string { return "Idempotency-Key: " + key }

var doors = []string{"/api/auth/login", "/api/v1/auth/login"}

// register signs somebody up at the app door and returns the header with the session.
func (h *harness) register(email string) (bearer string) {
	h.t.Helper()
	return "Authorization: Bearer " + h.do("POST", "/api/auth/register", registration(email)).status(201).get("token")
}

// registerUnverified signs somebody up at the API door, without verifying the address.
func (h *harness) registerUnverified(email string) {
	h.t.Helper()
	h.do("POST", "/api/v1/auth/register", apiRegistration(email, h.inviteToken(1))).status(200)
}

// registerDeveloper signs somebody up at the API door, verified and logged in,
// and returns the header with the session.
func (h *harness) registerDeveloper(email string) (bearer string) {
	h.t.Helper()
	h.do("POST", "/api/v1/auth/register", apiRegistration(email, h.inviteToken(1))).status(200)
	h.do("POST", "/api/v1/auth/verifyEmail", `{"token":"`+h.secret("verification")+`"}`).status(200)
	return "Authorization: Bearer " + h.do("POST", "/api/v1/auth/login", credentials(email, password)).status(200).get("token")
}

// redeem exchanges an invite for its token.
func (h *harness) redeem(code string) (inviteToken string) {
	h.t.Helper()
	return h.do("POST", "/api/v1/auth/redeem-invite", `{"code":"`+code+`"}`).status(200).get("invite_token")
}

// invite makes an invite and returns its code.
func (h *harness) invite(uses int) (code string) {
	h.t.Helper()
	code = identity.NewInviteCode()
	digest := h.keys.Digest(identity.PurposeInviteCode, code)
	h.write(func(tx *repo.Tx) error {
		_, err := tx.CreateInvite(h.t.Context(), repo.Invite{
			ID: uuid.New(), Masked: identity.MaskInviteCode(code), Digest: digest.Sum, SecretID: digest.KeyID,
			MaxUses: uses, CreatedBy: repo.ActorOperator,
		}, 7*24*time.Hour)
		return err
	})
	return code
}

// storedInvite returns the row of the invite with the code.
func (h *harness) storedInvite(code string) repo.Invite {
	h.t.Helper()
	return must(h.repo.Invite(h.t.Context(), h.keys.Digest(identity.PurposeInviteCode, code).Sum))
}

// inviteToken redeems a fresh invite.
func (h *harness) inviteToken(uses int) string {
	h.t.Helper()
	return h.do("POST", "/api/v1/auth/redeem-invite", `{"code":"`+h.invite(uses)+`"}`).status(200).get("invite_token")
}

// promote makes the user an administrator.
func (h *harness) promote(email string) {
	h.t.Helper()
	err := h.repo.InTx(h.t.Context(), func(tx *repo.Tx) error {
		user, err := tx.UserByEmail(h.t.Context(), email)
		if err != nil {
			return err
		}
		_, err = tx.SetRole(h.t.Context(), user.ID, repo.RoleAdmin)
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
}

// setActive suspends the user, or ends the suspension.
func (h *harness) setActive(email string, active bool) {
	h.t.Helper()
	h.write(func(tx *repo.Tx) error {
		_, err := tx.SetActive(h.t.Context(), h.user(email).ID, active)
		return err
	})
}

// logIn logs in at each door, the app door first, and fails the test unless the
// statuses are these.
func (h *harness) logIn(email, password string, want ...int) {
	h.t.Helper()
	var got []int
	for _, target := range doors {
		got = append(got, h.do("POST", target, credentials(email, password)).Code)
	}
	if !slices.Equal(got, want) {
		h.t.Errorf("logging in as %s with %q: got %v, want %v", email, password, got, want)
	}
}

func (h *harness) forget(email string) {
	h.t.Helper()
	h.do("POST", "/api/v1/auth/forgetpassword", withEmail(email)).status(200)
}

func (h *harness) resend(email string) {
	h.t.Helper()
	h.do("POST", "/api/v1/auth/resend-verification", withEmail(email)).status(200)
}

// reset asks for a reset link and uses it.
func (h *harness) reset(email string) *response {
	h.t.Helper()
	h.forget(email)
	return h.do("PUT", "/api/v1/auth/newpassword", newPassword(h.secret("reset"), anotherPassword))
}

// spoil returns a token of the same row with another secret part.
func spoil(token string) string {
	last := "A"
	if strings.HasSuffix(token, "A") {
		last = "B"
	}
	return token[:len(token)-1] + last
}

// users returns the number of users.
func (h *harness) users() int {
	h.t.Helper()
	return len(must(h.repo.Users(context.Background(), "", 10_000)))
}

// user returns the user with the address.
func (h *harness) user(email string) repo.User {
	h.t.Helper()
	return must(h.repo.UserByEmail(context.Background(), email))
}

// sessions returns how many the user has.
func (h *harness) sessions(email string) int {
	h.t.Helper()
	return len(must(h.repo.Sessions(h.t.Context(), h.user(email).ID, h.clock.Now())))
}

// auditCount returns how many audit events of the kind there are.
func (h *harness) auditCount(kind string) int {
	h.t.Helper()
	n := 0
	for _, event := range must(h.repo.AuditEvents(context.Background(), 10_000)) {
		if event.Kind == kind {
			n++
		}
	}
	return n
}

// person is a user in tests of whose things a call may touch.
type person struct {
	email, bearer string
	id            uuid.UUID
}

func (h *harness) person(email string) person {
	h.t.Helper()
	return person{email, h.registerDeveloper(email), h.user(email).ID}
}

// thing returns a unique name that tells whose thing it is.
func (p person) thing() string { return p.email + " " + uuid.NewString()[:8] }

// customer is a user with a plan, and the headers to call with.
type customer struct {
	email   string
	id      uuid.UUID
	session string // header
	key     string // likewise
}

// customer signs somebody up at the API door, verified and logged in.
func (h *harness) customer(email string) customer {
	h.t.Helper()
	session := h.registerDeveloper(email)
	return customer{email, h.user(email).ID, session, byKey(h.secret("key"))}
}

// newKey makes an API key by the API.
func (h *harness) newKey(session, body string) (id, key string) {
	h.t.Helper()
	answer := h.do("POST", "/api/v1/account/api-keys", body, session).status(201)
	return answer.get("id"), answer.get("key")
}

// addKey makes an API key and returns its id.
func (h *harness) addKey(session string) string {
	h.t.Helper()
	id, _ := h.newKey(session, `{"name":"another"}`)
	return id
}

// write changes the database in one transaction.
func (h *harness) write(fn func(tx *repo.Tx) error) {
	h.t.Helper()
	if err := h.repo.InTx(context.Background(), fn); err != nil {
		h.t.Error(err) // hooks run in other goroutines, where Fatal is not allowed
	}
}
