package redact

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/google/uuid"

	"example.com/alta/internal/identity"
)

// secrets returns a secret of each form that the server gives out or takes.
func secrets() map[string]string {
	_, oneTime := identity.NewOneTime()
	code := identity.NewInviteCode()
	return map[string]string{
		"API key":             identity.NewAPIKey(),
		"API key cut short":   identity.NewAPIKey()[:25],
		"one-time token":      oneTime,
		"invite code":         code,
		"invite in lower":     strings.ToLower(code),
		"invite with dashes":  strings.ReplaceAll(code, "-", "–"),
		"JWT":                 "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJlLW9mLXRoZS10b2tlbg",
		"JWT without a claim": "eyJhbGciOiJIUzI1NiJ9.e30.x",
		"key of another API":  "sk_live_51H8aBcDeFgHiJkLmNoPqRsT",
		"hexadecimal digits":  "9f86d081884c7d659a2feaa0c55ad015",
	}
}

// TestSecretsAreKnownByForm: a secret is redacted wherever it is in a text.
func TestSecretsAreKnownByForm(t *testing.T) {
	for range 200 { // the secrets are random
		for name, secret := range secrets() {
			for _, place := range []string{"%s", "/nope/%s", "/nope/%s/x", "next=%%2Fapp%%3Ftoken%%3D%s&y=1", `read: "%s" is unknown`, "a\n%s.", "Bearer %s"} {
				text := fmt.Sprintf(place, secret)
				got := Text(text)
				if strings.Contains(got, secret) || !strings.Contains(got, Mark) {
					t.Fatalf("%s: Text(%q) = %q", name, text, got)
				}
			}
		}
	}
}

// TestOrdinaryTextStays: a log whose ids, names and stacks are redacted helps nobody.
func TestOrdinaryTextStays(t *testing.T) {
	for _, text := range []string{
		"", "/api/v1/auth/resend-verification", "POST /api/v1/account/api-keys/{id}/rotate", "/docs/registration/post-redeem-invite",
		uuid.NewString(), "/api/accounts/" + uuid.NewString(), "duplicate key value violates unique constraint token_transactions_user_id_request_id_kind_key",
		"goroutine 12 [running]:\nexample.com/alta/handlers.(*Server).ListTransactionsRequestObject(0xc000123456, {0x1, 0x2})\n\t/src/handlers/server.go:120 +0x1d",
		"dial tcp 192.0.2.17:5432: connect: connection refused", "2026-03-04T14:13:20.000Z", "backup-of-the-accounts-20260304",
		"two or three words that follow each other in a sentence", "antidisestablishmentarianism", "00011_device_marks.sql",
	} {
		if got := Text(text); got != text {
			t.Errorf("Text(%q) = %q", text, got)
		}
	}
}

// TestLogsAreRedacted: texts, errors and other values of a log pass Attr.
func TestLogsAreRedacted(t *testing.T) {
	for name, secret := range secrets() {
		var out bytes.Buffer
		log := slog.New(slog.NewJSONHandler(&out, &slog.HandlerOptions{ReplaceAttr: Attr}))
		log.Info("found "+secret, "text", secret, "error", errors.New("bad "+secret), slog.Group("in", "bytes", []byte(secret)), "stringer", stringer(secret))
		if strings.Contains(out.String(), secret) || strings.Count(out.String(), Mark) != 5 {
			t.Errorf("%s: the log has %s", name, out.String())
		}
	}
}

type stringer string

func (s stringer) String() string { return string(s) }
