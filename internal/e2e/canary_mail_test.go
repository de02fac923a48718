package e2e

import (
	"context"
	"encoding/base64"
	"fmt"
	"os/exec"
	"strings"
	"testing"

	"example.com/alta/internal/testdb"
	"example.com/alta/internal/testsmtp"
)

// recordedServer is a server whose output is recorded, to be searched for
// secrets.
type recordedServer struct {
	*server
	secrets     canaries
	post        *testsmtp.Server
	databaseURL string
	invite      string            // a token to register with
	written     map[string]string // by where
}

// record keeps a text, to be searched when all secrets are known: the tokens in
// mails are known only when the mails arrive.
func (s *recordedServer) record(where, text string) { s.written[where] += text }

// callRecorded makes a call and records its answer.
func (s *recordedServer) callRecorded(t *testing.T, want int, path, body string) answer {
	t.Helper()
	method := "POST"
	if strings.HasSuffix(path, "/newpassword") {
		method = "PUT"
	}
	a := s.call(t, want, method, path, body)
	s.record("answer to "+path, a.body)
	return a
}

// recordAll records what the server and the commands beside it have written.
func (s *recordedServer) recordAll(t *testing.T, when string) {
	t.Helper()
	s.record("metrics "+when, s.call(t, 200, "GET", "/metrics", "").body)
	s.record("database "+when, databaseText(t, s.databaseURL))
	s.record("log "+when, s.log.String())
	s.record("list of users "+when, alta(t, s.databaseURL, "", "user", "list", "--json"))
	s.record("list of invites "+when, alta(t, s.databaseURL, "", "invite", "list", "--json"))
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, binary, "doctor")
	cmd.Env = environ(t, s.databaseURL, mailing(s.post)...)
	out, _ := cmd.CombinedOutput() // it fails while the mail server is down
	s.record("doctor "+when, string(out))
}

// secretsOf reads the secrets in the mails that arrived.
func (s *recordedServer) secretsOf(t *testing.T, email string, subjects ...string) {
	t.Helper()
	for _, subject := range subjects {
		m := awaitMail(t, s.post, email, subject)
		if subject == subjectWelcome {
			s.secrets[apiKeyOf(t, m)] = "API key of " + email
		} else {
			s.secrets[m.Token()] = "token of " + subject
		}
	}
}

// TestMailSecretsStayOutOfEverything makes accounts while the mail server works,
// is down, and refuses mails, and searches everything that is written for secrets.
func TestMailSecretsStayOutOfEverything(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		t.Parallel()
		c := canaries{}
		smtpPassword := c.plant("password of the mail server")
		c[base64.StdEncoding.EncodeToString([]byte("\x00alta\x00"+smtpPassword))] = "credentials as they are sent"
		post := testsmtp.Start(t, func(config *testsmtp.Config) {
			config.TLS, config.Username, config.Password = true, "alta", smtpPassword
		})
		s := &recordedServer{
			server: startMailing(t, databaseURL, post, "--smtp-timeout", "5s"), secrets: c, post: post, databaseURL: databaseURL,
			written: map[string]string{},
		}
		code := strings.TrimSpace(alta(t, databaseURL, "", "invite", "create", "--uses", "9"))
		s.invite = s.redeem(t, code)
		c[s.invite], c[s.invite[strings.LastIndexByte(s.invite, '.')+1:]] = "invite token", "signature of the invite token"

		callsWhileMailWorks(t, s)
		callsWhileMailIsDown(t, s)
		callsWhileMailIsRefused(t, s)
		for _, call := range apiCanaryCalls(c) {
			s.callRecorded(t, 400, call.path, call.body)
		}
		s.recordAll(t, "of a running server")
		s.terminate(t)
		s.record("database of a stopped server", databaseText(t, databaseURL))
		s.record("log", s.log.String())
		for where, text := range s.written {
			c.check(t, where, text)
		}
		// The code itself is in the database, and in the list for operators.
		if strings.Contains(s.log.String(), code) {
			t.Error("the invite's code is in the log")
		}
	})
}

func callsWhileMailWorks(t *testing.T, s *recordedServer) {
	t.Helper()
	const email = "john.doe@example.com"
	first, second := s.secrets.plant("password"), s.secrets.plant("new password")
	s.callRecorded(t, 200, "/api/v1/auth/register", apiRegistration(email, first, s.invite))
	s.secretsOf(t, email, subjectVerify, subjectWelcome)
	token := awaitMail(t, s.post, email, subjectVerify).Token()
	s.callRecorded(t, 400, "/api/v1/auth/login", credentials(email, first))
	s.callRecorded(t, 200, "/api/v1/auth/verifyEmail", fmt.Sprintf(`{"token":%q}`, token))
	s.callRecorded(t, 200, "/api/v1/auth/verifyEmail", fmt.Sprintf(`{"token":%q}`, token))
	s.callRecorded(t, 200, "/api/v1/auth/forgetpassword", fmt.Sprintf(`{"email":%q}`, email))
	s.secretsOf(t, email, subjectReset)
	reset := awaitMail(t, s.post, email, subjectReset).Token()
	s.recordAll(t, "before the reset")
	s.call(t, 302, "GET", "/api/v1/auth/verifyPasswordLink?token="+reset, "")
	s.call(t, 200, "GET", "/reset-password?token="+reset, "") // the page's form holds the token
	s.callRecorded(t, 200, "/api/v1/auth/newpassword", fmt.Sprintf(`{"token":%q,"newpassword":%q}`, reset, second))
	s.callRecorded(t, 401, "/api/v1/auth/login", credentials(email, first))
	login := s.call(t, 200, "POST", "/api/v1/auth/login", credentials(email, second))
	session := login.token(t)
	s.secrets[session], s.secrets[session[strings.LastIndexByte(session, '.')+1:]] = "session's token", "signature of the session's token"
	s.record("user", s.call(t, 200, "GET", "/api/v1/user/", "", bearer(session)).body)
}

// callsWhileMailIsDown leaves mails pending, with their texts in the database.
func callsWhileMailIsDown(t *testing.T, s *recordedServer) {
	t.Helper()
	const email = "ann@example.com"
	s.post.Stop()
	s.callRecorded(t, 500, "/api/v1/auth/register", apiRegistration(email, s.secrets.plant("password without a mail"), s.invite))
	s.callRecorded(t, 200, "/api/v1/auth/forgetpassword", `{"email":"john.doe@example.com"}`)
	db := testdb.Connect(t, s.databaseURL)
	eventually(t, "three mails are pending", func() error {
		if n := count(t, db, `SELECT COUNT(*) FROM outbox WHERE state = 'pending' AND payload <> ''`); n != 3 {
			return fmt.Errorf("%d are", n)
		}
		return nil
	})
	s.recordAll(t, "while mails are pending")
	s.post.Restart()
	s.secretsOf(t, email, subjectVerify, subjectWelcome) // of the very mails that were pending
	awaitNonePending(t, db, "%")
	s.secretsOf(t, "john.doe@example.com", subjectReset)
}

// callsWhileMailIsRefused makes the mail server refuse an address, in an answer that
// repeats it.
func callsWhileMailIsRefused(t *testing.T, s *recordedServer) {
	t.Helper()
	const local = "rejectedrecipient"
	s.post.SetBehave(func(string) testsmtp.Behaviour { return testsmtp.RejectRecipient })
	s.callRecorded(t, 500, "/api/v1/auth/register",
		apiRegistration(local+"@example.com", s.secrets.plant("password of a rejected address"), s.invite))
	db := testdb.Connect(t, s.databaseURL)
	awaitNonePending(t, db, "%")
	if n := count(t, db, `SELECT COUNT(*) FROM outbox WHERE payload <> ''`); n != 0 {
		t.Errorf("%d mails that are sent or dead still say something", n)
	}
	if n := count(t, db, `SELECT COUNT(*) FROM outbox WHERE state = 'dead' AND last_error LIKE '% 550 %'`); n != 2 {
		t.Errorf("%d mails are recorded as refused, want 2", n)
	}
	if n := count(t, db, `SELECT COUNT(*) FROM outbox WHERE last_error LIKE '%`+local+`%'`); n != 0 {
		t.Errorf("%d errors repeat the recipient", n)
	}
	if log := s.log.String(); strings.Contains(log, local) || !strings.Contains(log, " 550 ") {
		t.Errorf("the log repeats the recipient, or lacks the refusal: …%s", tail(log, 2000))
	}
}

// apiCanaryCalls returns calls of the API door that have secrets where none belong.
// All are refused.
func apiCanaryCalls(c canaries) []struct{ path, body string } {
	const register, verify, reset = "/api/v1/auth/register", "/api/v1/auth/verifyEmail", "/api/v1/auth/newpassword"
	return []struct{ path, body string }{
		{register, apiRegistration("new@example.com", c.plant("password beside a bad invite token"), "e30.e30."+c.plant("invite token's signature"))},
		{register, apiRegistration(c.plant("password in the API door's e-mail field"), password, "x")},
		{register, apiRegistration("new@example.com", strings.Repeat(c.plant("API door's password too long"), 6), "x")},
		{register, `{"email":"new@example.com","password":"` + password + `","invite":"` + c.plant("invite token under an unknown name") + `"}`},
		{register, `{"email":"new@example.com","password":["` + c.plant("API door's password in a list") + `"],"invite_token":"x"}`},
		{"/api/v1/auth/redeem-invite", `{"code":"` + c.plant("unknown code") + `"}`},
		{"/api/v1/auth/redeem-invite", `{"code":["` + c.plant("code in a list") + `"]}`},
		{verify, `{"token":"` + c.plant("unknown one-time token") + `"}`},
		{verify, `{"token":"` + base64.RawURLEncoding.EncodeToString([]byte(c.plant("one-time token of the right form")+strings.Repeat("x", 26))) + `"}`},
		{verify, `{"tokens":"` + c.plant("one-time token under an unknown name") + `"}`},
		{reset, `{"token":"` + c.plant("unknown reset token") + `","newpassword":"` + c.plant("password for an unknown reset token") + `"}`},
		{reset, `{"token":"x","newpassword":{"is":"` + c.plant("new password in an object") + `"}}`},
		{"/api/v1/auth/resend-verification", `{"email":"` + c.plant("password in resend's e-mail field") + `"}`},
		{"/api/v1/auth/forgetpassword", `{"email":"a@example.com","password":"` + c.plant("password for forgetpassword") + `"}`},
	}
}
