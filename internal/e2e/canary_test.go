package e2e

import (
	"crypto/rand"
	"encoding/base64"
	"os"
	"strings"
	"testing"

	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

// canaries are secrets that nothing else looks like, each with the place where it
// was put.
type canaries map[string]string

func (c canaries) plant(place string) string {
	secret := "Canary" + rand.Text()[:16]
	c[secret] = place
	return secret
}

// check fails the test if the text contains a secret.
func (c canaries) check(t *testing.T, where, text string) {
	t.Helper()
	for secret, place := range c {
		for form, hidden := range map[string]string{
			"": secret, " in base64": base64.RawStdEncoding.EncodeToString([]byte(secret)), " in lower case": strings.ToLower(secret),
		} {
			if at := strings.Index(text, hidden); at >= 0 {
				t.Errorf("%s: the %s is there%s: …%q…", where, place, form, text[max(0, at-120):min(len(text), at+60)])
			}
		}
	}
}

// canaryCalls returns calls that have secrets where they belong, and where they do
// not.
func canaryCalls(c canaries, token string) []struct {
	method, path, body string
	headers            []string
} {
	const register, login, profile = "/api/auth/register", "/api/auth/login", "/api/auth/profile"
	form := "Content-Type: application/x-www-form-urlencoded"
	expired := token[:len(token)-6] + "AAAAAA"
	c[expired[strings.LastIndexByte(expired, '.')+1:]] = "forged token"
	return []struct {
		method, path, body string
		headers            []string
	}{
		{"POST", register, registration("john.doe@example.com", c.plant("password of a taken address")), nil},
		{"POST", register, registration("john.doe", c.plant("password of no address")), nil},
		{"POST", register, registration("ann@example.com", strings.Repeat(c.plant("password too long"), 6)), nil},
		{"POST", register, registration(c.plant("password in the e-mail field"), password), nil},
		{"POST", register, `{"email":"a@example.com","password":"` + password + `","firstName":"Ann","lastName":"Doe","currency":"` + c.plant("password in the currency field") + `"}`, nil},
		{"POST", register, `{"email":"a@example.com","password":["` + c.plant("password in a list") + `"]}`, nil},
		{"POST", register, `{"email":"a@example.com","password":{"is":"` + c.plant("password in an object") + `"}}`, nil},
		{"POST", register, `{"email":"a@example.com","passwort":"` + c.plant("password under an unknown name") + `"}`, nil},
		{"POST", register, `{"email":"a@example.com","password":"` + c.plant("password in broken JSON"), nil},
		{"POST", register, `{"email":"a@example.com","password":` + c.plant("password without quotes") + `}`, nil},
		{"POST", register, `{"password":"` + c.plant("password with a bad escape") + `\q"}`, nil},
		{"POST", register, `{"password":"` + c.plant("password with a NUL") + `\u0000"}`, nil},
		{"POST", register, `{"password":"` + c.plant("password in invalid UTF-8") + "\xff\"}", nil},
		{"POST", register, `{"password":"a","password":"` + c.plant("password given twice") + `"}`, nil},
		{"POST", register, `{} "` + c.plant("password after the end") + `"`, nil},
		{"POST", register, `["` + c.plant("password in an array") + `"]`, nil},
		{"POST", register, `"` + c.plant("password alone") + `"`, nil},
		{"POST", register, "password=" + c.plant("password in a form"), []string{form}},
		{"POST", register + "?password=" + c.plant("password in the query"), `{}`, nil},
		{"POST", login, credentials("john.doe@example.com", c.plant("wrong password")), nil},
		{"POST", login, credentials("nobody@example.com", c.plant("password of nobody")), nil},
		{"POST", login, credentials(c.plant("address of nobody")+"@example.com", "wrong password"), nil},
		{"POST", login, credentials(c.plant("password in the log-in's e-mail field"), ""), nil},
		{"GET", login + "?email=john.doe@example.com&password=" + c.plant("password in the query of a GET"), "", nil},
		{"GET", profile, "", []string{bearer(c.plant("bearer token"))}},
		{"GET", profile, "", []string{bearer("a." + c.plant("bearer token of three parts") + ".c")}},
		{"GET", profile, "", []string{bearer(expired)}},
		{"GET", profile, "", []string{"Authorization: " + c.plant("bare token")}},
		{"GET", profile, "", []string{"Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte("ann:"+c.plant("basic password")))}},
		{"GET", profile, "", []string{"X-API-Key: " + c.plant("key in the header")}},
		{"GET", profile, "", []string{"Cookie: alta=" + c.plant("cookie")}},
		{"GET", profile + "?apiKey=" + c.plant("apiKey"), "", nil},
		{"GET", profile + "?APIKEY=" + c.plant("APIKEY"), "", nil},
		{"GET", "/api/categories?apiKey=" + c.plant("apiKey beside others") + "&type=nope&page=x", "", []string{bearer(token)}},
		{"GET", profile + "?token=" + token, "", nil},
		{"GET", "/api/v1/auth/verifyEmail?token=" + c.plant("token"), "", nil},
		{"GET", "/api/v1/auth/verifyPasswordLink?token=" + c.plant("reset token"), "", nil},
		{"GET", "/api/nope?token=" + c.plant("token at no path") + "&token=" + c.plant("second token"), "", nil},
		{"GET", "/nope?code=" + c.plant("code") + "&state=" + c.plant("state"), "", nil},
		{"GET", "/api/nope?%zz&token=" + c.plant("token in a malformed query"), "", nil},
		{"GET", "/api/nope?a=b;token=" + c.plant("token after a semicolon"), "", nil},
		{"GET", "/metrics", "", []string{bearer(c.plant("wrong metrics token"))}},
		{"PATCH", "/api/users/me", `{"password":"` + c.plant("password in a profile") + `"}`, []string{bearer(token)}},
		{"PATCH", "/api/users/me", `{"timezone":"` + c.plant("password in the time zone") + `"}`, []string{bearer(token)}},
		{"DELETE", "/api/v1/auth/sessions/nope", `{"token":"` + c.plant("token in a body that is not read") + `"}`, []string{bearer(token)}},
	}
}

// TestSecretsStayOutOfEverything plants secrets in calls of every kind, and searches
// everything that is written for them.
func TestSecretsStayOutOfEverything(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		t.Parallel()
		c := canaries{}
		metricsToken := c.plant("metrics token")
		s := start(t, databaseURL, "--metrics-token", metricsToken)
		good := c.plant("password")
		created := s.call(t, 201, "POST", "/api/auth/register", registration("john.doe@example.com", good))
		c.check(t, "sign-up's body", created.body)
		login := s.call(t, 200, "POST", "/api/auth/login", credentials("john.doe@example.com", good))
		c.check(t, "log-in's body", login.body)
		token := login.token(t)
		c[created.token(t)], c[token] = "sign-up's token", "log-in's token"
		c[token[strings.LastIndexByte(token, '.')+1:]] = "signature of the log-in's token"
		c[login.cookie(t, "alta-device").Value] = "device's token"

		s.checkSession(t, "john.doe@example.com", token)
		for _, call := range canaryCalls(c, token) {
			a, err := s.try(t.Context(), call.method, call.path, call.body, call.headers...)
			if err != nil {
				t.Fatal(err)
			}
			opens := a.status == 302 && strings.HasPrefix(call.path, "/api/v1/auth/verify") // a mail's link leads to its page
			if a.status < 400 && !opens || a.status >= 500 {
				t.Errorf("%s %.60s: got %d %s, want a refusal", call.method, call.path, a.status, a.body)
			}
			c.check(t, "answer to "+call.method+" "+call.path[:strings.IndexAny(call.path+"?", "?")], a.body)
		}
		c.check(t, "metrics", s.call(t, 200, "GET", "/metrics", "", bearer(metricsToken)).body)
		c.check(t, "database of a running server", databaseText(t, databaseURL))
		s.terminate(t)
		c.check(t, "database of a stopped server", databaseText(t, databaseURL))
		c.check(t, "log", s.log.String())
		c.check(t, "list of users", alta(t, databaseURL, "", "user", "list", "--json"))
	})
}

// databaseText returns everything that the database keeps: the bytes of
// SQLite's files, or each row of PostgreSQL as text.
func databaseText(t *testing.T, databaseURL string) string {
	t.Helper()
	var all strings.Builder
	if path, isSQLite := strings.CutPrefix(databaseURL, repo.SQLitePrefix); isSQLite {
		for _, suffix := range []string{"", "-wal"} {
			text, err := os.ReadFile(path + suffix)
			if err != nil && (suffix == "" || !os.IsNotExist(err)) {
				t.Fatal(err)
			}
			all.Write(text)
		}
	} else {
		db := testdb.Connect(t, databaseURL)
		for _, table := range selectTexts(t, db, `SELECT tablename FROM pg_tables WHERE schemaname = 'public'`) {
			for _, row := range selectTexts(t, db, `SELECT x::text FROM "`+table+`" x`) {
				all.WriteString(row + "\n")
			}
		}
	}
	if !strings.Contains(all.String(), "john.doe@example.com") {
		t.Fatal("the user is not in what was read of the database")
	}
	return all.String()
}
