package docs_test

import (
	"regexp"
	"strings"
	"testing"
)

const security = "security.md"

// figures are constants of the code with the places of the document that give them.
// Whoever changes one changes both.
var figures = []struct{ file, code, says string }{
	{"openapi.yaml", "x-body-limit: 102400", "| body of a call | 100 kB, within 15 seconds | 413 |"},
	{"internal/stage/bodies.go", "bodyTimeout = 15 * time.Second", "100 kB, within 15 seconds"},
	{"internal/command/resources.go", "maxHeaderBytes = 16 << 10", "| header | 16 kB, within 10 seconds |"},
	{"internal/command/serve.go", "ReadHeaderTimeout: 10 * time.Second", "| header | 16 kB, within 10 seconds |"},
	{"internal/site/page.go", "maxForm = 64 << 10", "| form of a page | 64 kB | 413 |"},
	{"internal/stage/decode.go", "maxDepth = 32", "| depth of JSON | 32 | 400 |"},
	{"internal/stage/call.go", "callTimeout = 45 * time.Second", "| time for a call | 45 seconds"},
	{"internal/command/resources.go", "descriptorsKept = 160", "160 open files are kept"},
	{"internal/command/resources.go", "connectionMemory = 32 << 10", "a quarter for connections (32 kB each)"},
	{"internal/command/resources.go", "connectionsShare = 4", "a quarter for connections"},
	{"internal/command/resources.go", "answersShare = 4", "A quarter of the memory is for exports"},
	{"internal/command/resources.go", "bodiesShare = 16", "a sixteenth for bodies"},
	{"internal/stage/ratelimit.go", "factors4 = []int{1, 10}", "a /24 has 10 times as much"},
	{"internal/stage/ratelimit.go", "factors6 = []int{1, 2, 4}", "a /56 twice and a /48 4 times as much"},
	{"internal/identity/hash_queue.go", "knownPart = 4", "A quarter of the places is for callers who are known"},
	{"internal/identity/hash_queue.go", "groupPart = 2", "one client network (/48, /24) half of the others"},
	{"internal/identity/lock.go", "case n == 5: return time.Minute", "After 5 wrong passwords in a row an address is locked for 60 seconds"},
	{"internal/identity/lock.go", "case n == 10: return 5 * time.Minute", "after 10 for 5 minutes"},
	{"internal/identity/lock.go", "case n >= 20 && n%5 == 0: return time.Hour", "after 20, and every 5 after that, for an hour"},
	{"internal/identity/password.go", "MinCost = 10 MaxCost = 15", "bcrypt, cost 10 to 15"},
	{"internal/identity/apikey.go", "apiKeyRandom = 32", "190 random bits"},
	{"internal/identity/invite.go", "inviteLength = 4 * inviteGroup", "have 100 random bits"},
	{"internal/identity/invite.go", "code[:min(5, len(code))]", "the first five characters"},
	{"openapi.yaml", "keys: {most: 50,", "a user has 50 at most"},
	{"openapi.yaml", "sessionsAtAPI: {most: 2,", "At the API door a user has 2"},
	{"openapi.yaml", "sessions: {most: 100,", "as the 101st does at both doors"},
	{"openapi.yaml", "accounts: {most: 200,", "200 accounts"},
	{"openapi.yaml", "categories: {most: 1000,", "1,000 categories"},
	{"openapi.yaml", "budgets: {most: 10000,", "10,000 budgets"},
	{"openapi.yaml", "transactions: {most: 1000000,", "1,000,000 transactions"},
	{"internal/signin/device_marks.go", "DeviceLife = 365 * 24 * time.Hour", "is valid for a year"},
	{"openapi.yaml", "devices: {most: 10,", "a user has 10 at most"},
	{"internal/signin/one_time_tokens.go", "purpose: repo.VerifyEmail, life: 72 * time.Hour", "72 hours if they verify an address"},
	{"internal/signin/one_time_tokens.go", "purpose: repo.ResetPassword, life: 24 * time.Hour", "24 hours if they reset a password"},
	{"internal/signin/one_time_tokens.go", "purpose: repo.DeleteAccount, life: 24 * time.Hour", "24 hours if they reset a password or delete an account"},
	{"internal/signin/invite_redemption.go", "InviteTokenLife = 15 * time.Minute", "valid for 15 minutes"},
	{"internal/signin/verification.go", "verificationPause = time.Minute", "a verification email a minute"},
	{"internal/openid/discovery.go", "keysLife = 10 * time.Minute", "anew every 10 minutes"},
	{"internal/openid/discovery.go", "failurePause = 5 * time.Second", "not for 5 seconds after a failure"},
	{"internal/stage/idempotency_store.go", "maxStoredRead = 1024", "only up to 1,024 bytes"},
	{"internal/mail/tracked_conn.go", "maxAnswer = 64 << 10", "after 64 kB of one answer"},
	{"repo/mail_requests.go", "maxClientRequests = 500", "500 requests of one network wait"},
	{"repo/kept_answers.go", "maxCalls = 10_000", "the newest 10,000 answers and 16 MiB are kept"},
	{"repo/kept_answers.go", "maxCallBytes = 16 << 20", "the newest 10,000 answers and 16 MiB are kept"},
	{"internal/stage/idempotency_store.go", "maxStoredWrite = 64 << 10", "no answer of more than 64 KiB"},
	{"repo/login_failures.go", "maxFailures = 10_000", "10,000 counts of failed logins"},
	{"repo/audit_tallies.go", "MaxStrangerEvents = 1_000", "1,000 audit events of a kind an hour about nobody"},
	{"repo/audit_tallies.go", "MaxUserEvents = 10_000", "10,000 about users"},
	{"repo/crowds.go", "most: 5_000", "5,000 requests for emails"},
	{"repo/health.go", "healthyPause = 10 * time.Second", "A row is written every 10 seconds"},
	{"internal/mail/caps.go", "keptForRequests = 2", "Optional emails stop at 3 an hour and 8 a day"},
	{"internal/command/settings_values.go", "Unproved: 30 * day", "never verified go after 30 days"},
	{"repo/retention.go", "sweepShare = 4", "no more than a quarter of a table at once"},
	{"internal/command/settings_values.go", "Audit: 365 * day", "Audit events are kept for 365 days"},
}

var blanks = regexp.MustCompile(`\s+`)

// plain returns the text on one line, with single blanks.
func plain(text string) string { return strings.TrimSpace(blanks.ReplaceAllString(text, " ")) }

// TestSecurityFigures holds the figures of the document to the code.
func TestSecurityFigures(t *testing.T) {
	document := plain(read(t, security))
	for _, figure := range figures {
		if !strings.Contains(plain(read(t, "../"+figure.file)), figure.code) {
			t.Errorf("%s has no %q any more, of which %s says %q", figure.file, figure.code, security, figure.says)
		}
		if !strings.Contains(document, figure.says) {
			t.Errorf("%s does not say %q, and %s has %q", security, figure.says, figure.file, figure.code)
		}
	}
}

// TestSecurityRates holds the table of limits to the classes of the contract.
func TestSecurityRates(t *testing.T) {
	_, text, _ := strings.Cut(read(t, "../openapi.yaml"), "\nx-rate-classes:\n")
	text, _, _ = strings.Cut(text, "\n\n")
	classes := regexp.MustCompile(`(?m)^  ([a-z]+):\n    by: [a-z]+\n    rate: (\d+)/m$`).FindAllStringSubmatch(text, -1)
	if len(classes) < 5 || len(classes) != len(regexp.MustCompile(`(?m)^  [a-z]+:`).FindAllString(text, -1)) {
		t.Fatalf("the contract has the classes %q", classes)
	}
	document := read(t, security)
	for _, class := range classes {
		row := regexp.MustCompile("(?m)^\\| `" + class[1] + "` \\|.*$").FindString(document)
		if !strings.Contains(row, "| "+class[2]+" a minute |") {
			t.Errorf("class %s has %s a minute, and %s says %q", class[1], class[2], security, row)
		}
	}
}

// TestSecurityDefaults holds the defaults that the document gives to the settings.
func TestSecurityDefaults(t *testing.T) {
	text := strings.Join(strings.Fields(help(t, "serve")), " ")
	found := regexp.MustCompile("`(ALTA_[A-Z_]+)` \\(`([^`]+)`\\)").FindAllStringSubmatch(read(t, security), -1)
	for _, given := range found {
		isOff := given[2] == "false" // of a switch, whose help names no default
		if !isOff && !strings.Contains(text, "(default "+given[2]+") ($"+given[1]+")") {
			t.Errorf("%s says that %s is %s by default", security, given[1], given[2])
		}
	}
	if len(found) < 8 {
		t.Errorf("%s gives only %d defaults", security, len(found))
	}
}
