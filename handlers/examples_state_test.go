package handlers_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"example.com/alta/internal/docs"
)

// preparations create what the example of an operation needs, besides a caller who
// owns what its ids name.
var preparations = map[string]func(*exampleRun){
	"registerAppUser": func(s *exampleRun) { s.vacate("john.doe@example.com") },
	"loginAppUser": func(s *exampleRun) {
		s.vacate("john.doe@example.com")
		s.register("john.doe@example.com")
	},
	"redeemInvite": func(s *exampleRun) { s.set("code", s.invite(1)) },
	"registerDeveloper": func(s *exampleRun) {
		s.vacate("user@example.com")
		s.set("invite_token", s.inviteToken(1))
	},
	"loginDeveloper": func(s *exampleRun) {
		s.vacate("user@example.com")
		s.joinAs("user@example.com", "correct horse battery staple")
		s.do("POST", "/api/v1/auth/verifyEmail", `{"token":"`+s.secret("verification")+`"}`).status(200)
	},
	"verifyEmail": func(s *exampleRun) {
		s.joinAs("proving@example.com", password)
		s.set("token", s.secret("verification"))
	},
	"describeSignUp": func(s *exampleRun) {
		s.joinAs("described@example.com", password)
		s.set("token", s.secret("verification"))
	},
	"rejectSignUp": func(s *exampleRun) {
		s.joinAs("rejecting@example.com", password)
		s.set("token", s.secret("verification"))
	},
	"logout":        anotherCaller,
	"deleteMe":      anotherCaller,
	"revokeAPIKeys": anotherCaller,
	"newPassword": func(s *exampleRun) {
		anotherCaller(s)
		s.forget(s.caller.email)
		s.set("token", s.secret("reset"))
	},
	"confirmDeletion": func(s *exampleRun) {
		// Who has no password is asked by mail.
		bearer := s.signIn(googleUser("leaving", "leaving@gmail.com")).signedIn()
		s.do("POST", "/api/users/me/deletion", `{}`, bearer).status(202)
		s.set("token", s.secret("deletion"))
	},
	"activateAPIAccess": func(s *exampleRun) {
		email := "app@example.com"
		s.substitutes[docs.PlaceholderSession] = sessionToken(s.register(email))
		s.resend(email)
		s.do("POST", "/api/v1/auth/verifyEmail", `{"token":"`+s.secret("verification")+`"}`).status(200)
		s.set("invite_token", s.inviteToken(1))
	},
	"seedCategories":     withoutCategories,
	"revokeInvite":       func(s *exampleRun) { s.set("code", s.invite(1)) },
	"listAuditEvents":    func(s *exampleRun) { s.set("before", s.caller.id.String()) },
	"adminDeleteUser":    somebodyElse,
	"adminResetPassword": somebodyElse,
	"suspendUser":        somebodyElse,
	"resumeUser":         somebodyElse,
	"grantTokens":        somebodyElse,
}

// anotherCaller makes a new user send the example, whom no other example needs.
func anotherCaller(s *exampleRun) { s.caller = s.person(strings.ToLower(s.op.ID) + "@example.com") }

// somebodyElse creates the user on whom an administrator acts.
func somebodyElse(s *exampleRun) {
	s.set("id", s.person(strings.ToLower(s.op.ID)+"@example.com").id.String())
}

// joinAs signs somebody up at the API door.
func (s *exampleRun) joinAs(email, password string) {
	s.t.Helper()
	body := fmt.Sprintf(`{"email":%q,"password":%q,"invite_token":%q}`, email, password, s.inviteToken(1))
	s.do("POST", "/api/v1/auth/register", body).status(200)
}

// vacate deletes the user with the address, if there is one.
func (s *exampleRun) vacate(email string) {
	s.t.Helper()
	user, err := s.repo.UserByEmail(s.t.Context(), email)
	if err != nil {
		return
	}
	s.promote(s.caller.email)
	s.do("DELETE", "/api/admin/users/"+user.ID.String(), "", s.caller.bearer).status(200)
}

// withoutCategories makes another caller delete all their categories.
func withoutCategories(s *exampleRun) {
	s.t.Helper()
	anotherCaller(s)
	s.substitutes[docs.PlaceholderKey] = s.secret("key")
	for {
		left := slices.Collect(maps.Keys(s.categories(s.caller.email)))
		if len(left) == 0 {
			return
		}
		s.do("DELETE", "/api/categories/"+left[0].String(), "", s.caller.bearer).status(200)
	}
}
