package e2e

import (
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"example.com/alta/internal/testdb"
	"example.com/alta/internal/testkit"
	"example.com/alta/internal/testsmtp"
)

var sampleInMail = regexp.MustCompile(`(?m)^ *(curl .*X-API-Key.*)$`)

// TestWelcomeSampleWorks pastes the command of the welcome mail into a shell,
// before and after the address is proved.
func TestWelcomeSampleWorks(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("curl"); err != nil {
		testkit.Missing(t, "there is no curl to paste the sample for")
	}
	databaseURL := testdb.SQLite(t)
	const email = "john.doe@example.com"
	post := testsmtp.Start(t)
	s := startMailing(t, databaseURL, post)
	a, err := s.tryRegister(t.Context(), email, s.invite(t, databaseURL))
	if err != nil {
		t.Fatal(err)
	}
	checkRegistered(t, email, a)
	welcome := awaitMail(t, post, email, subjectWelcome)
	sample := sampleInMail.FindStringSubmatch(welcome.Text)
	if sample == nil || !strings.Contains(sample[1], apiKeyOf(t, welcome)) || !strings.Contains(sample[1], s.url+"/") {
		t.Fatalf("no sample of this server: %q in\n%s", sample, welcome.Text)
	}
	want := func(status string, texts ...string) {
		t.Helper()
		got := paste(t, sample[1]+" -s -i")
		if !strings.HasPrefix(got, "HTTP/1.1 "+status+" ") {
			t.Errorf("got %s, want %s", got, status)
		}
		for _, text := range texts {
			if !strings.Contains(got, text) {
				t.Errorf("lacks %q:\n%s", text, got)
			}
		}
		if charged := strings.Contains(got, "X-Token-"); charged != (status == "200") {
			t.Errorf("%s: charged is %v:\n%s", status, charged, got)
		}
	}
	want("403", "Verify your e-mail to activate this key")
	session := s.verify(t, email, awaitMail(t, post, email, subjectVerify).Token())
	want("200", "\r\nX-Token-Cost: 1\r\n", "\r\nX-Token-Balance: 1999\r\n", `"name":"Efectivo / Billetera"`)
	want("200", "\r\nX-Token-Cost: 1\r\n", "\r\nX-Token-Balance: 1998\r\n")
	balance := s.call(t, 200, "GET", "/api/v1/account/balance", "", bearer(session)).body
	if !strings.Contains(balance, `"current_balance":1998,"plan":"free","monthly_quota":2000,`) {
		t.Errorf("the balance is %s", balance)
	}
}
