package mail

import (
	"html"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

func testURL(t *testing.T) *url.URL {
	t.Helper()
	u, err := url.Parse("https://alta.example.com:8443")
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func testLetter(kind Kind, language string) Letter {
	return Letter{Kind: kind, Language: language, Token: "a-token_~+/=&<>", Hours: 24, Key: "alta_0123456789", Tokens: 2000}
}

const (
	linkToken        = "token=a-token_~%2B%2F%3D%26%3C%3E"
	linkBase         = "https://alta.example.com:8443"
	verificationLink = linkBase + "/api/v1/auth/verifyEmail?" + linkToken
	resetLink        = linkBase + "/api/v1/auth/verifyPasswordLink?" + linkToken
	deletionLink     = linkBase + "/confirm-deletion?" + linkToken
	curlSample       = "curl " + linkBase + "/api/accounts -H 'X-API-Key: alta_0123456789'"
)

// letterTests are phrases of each letter in each language.
var letterTests = []struct {
	kind              Kind
	language, subject string
	want              []string // phrases of both parts
}{
	{KindVerification, "en", "Verify your email", []string{verificationLink, "24 hours", "ignore this email"}},
	{KindVerification, "es", "Verifica tu correo", []string{verificationLink, "24 horas", "ignora este correo"}},
	{KindWelcome, "en", "Welcome to Alta: your API key", []string{curlSample, "2,000 tokens a month", "shown only here", "like a password", "once your address is verified"}},
	{KindWelcome, "es", "Te damos la bienvenida a Alta: tu clave de API", []string{curlSample, "2.000 tokens al mes", "Solo se muestra aquí"}},
	{KindReset, "en", "Choose a new password", []string{resetLink, "24 hours", "your password stays as it is"}},
	{KindReset, "es", "Elige una contraseña nueva", []string{resetLink, "24 horas", "tu contraseña sigue siendo la misma"}},
	{KindPasswordChanged, "en", "Your password was changed", []string{linkBase + "/forgot-password", "every session was ended"}},
	{KindPasswordChanged, "es", "Se cambió tu contraseña", []string{linkBase + "/forgot-password", "se cerraron todas las sesiones"}},
	{KindDeletion, "en", "Confirm the deletion of your account", []string{deletionLink, "24 hours", "erased for good", "nothing is deleted"}},
	{KindDeletion, "es", "Confirma que quieres eliminar tu cuenta", []string{deletionLink, "24 horas", "se borrará para siempre", "no se elimina nada"}},
	{KindReset, "fr", "Choose a new password", []string{resetLink}},
	{KindReset, "", "Choose a new password", []string{resetLink}},
}

// TestComposeHasTheName: letters have the product's name, and not that of the
// software.
func TestComposeHasTheName(t *testing.T) {
	for _, test := range letterTests {
		content, err := Compose(testLetter(test.kind, test.language), "Caja & Cía.", testURL(t))
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range []string{content.Text, html.UnescapeString(content.HTML)} {
			if !strings.Contains(text, "Caja & Cía.") || strings.Contains(text, "Alta") {
				t.Errorf("%s in %s: %s", test.kind, test.language, text)
			}
		}
		if test.kind == KindWelcome && !strings.Contains(content.Subject, "Caja & Cía.") {
			t.Errorf("the subject is %q", content.Subject)
		}
	}
}

func TestComposeWritesEachLetter(t *testing.T) {
	for _, test := range letterTests {
		t.Run(string(test.kind)+" in "+test.language, func(t *testing.T) {
			content, err := Compose(testLetter(test.kind, test.language), "Alta", testURL(t))
			if err != nil {
				t.Fatal(err)
			}
			if content.Subject != test.subject {
				t.Errorf("the subject is %q, want %q", content.Subject, test.subject)
			}
			plainHTML, plainText := html.UnescapeString(content.HTML), strings.Join(strings.Fields(content.Text), " ")
			for _, want := range append(test.want, "Alta", "alta.example.com:8443") {
				if !strings.Contains(plainText, want) {
					t.Errorf("the text lacks %q:\n%s", want, content.Text)
				}
				if !strings.Contains(plainHTML, want) {
					t.Errorf("the HTML lacks %q", want)
				}
			}
		})
	}
}

var (
	tagURL   = regexp.MustCompile(`(?i)\s(src|background|srcset|poster|data)\s*=|url\(|@import|<(link|img|script|iframe|form|object)\b`)
	linkTag  = regexp.MustCompile(`href="([^"]*)"`)
	langAttr = regexp.MustCompile(`<html lang="(\w+)"`)
)

func TestComposeSuitsMailClients(t *testing.T) {
	for _, kind := range Kinds {
		for _, language := range []string{"en", "es"} {
			content, err := Compose(testLetter(kind, language), "Alta", testURL(t))
			if err != nil {
				t.Fatal(err)
			}
			text, rich := content.Text, content.HTML
			if found := tagURL.FindString(rich); found != "" {
				t.Errorf("%s in %s loads something: %q", kind, language, found)
			}
			if strings.Contains(rich, "ZgotmplZ") {
				t.Errorf("%s in %s: a template refused a value", kind, language)
			}
			if lang := langAttr.FindStringSubmatch(rich); lang == nil || lang[1] != language {
				t.Errorf("%s in %s says that its language is %q", kind, language, lang)
			}
			for _, link := range linkTag.FindAllStringSubmatch(rich, -1) {
				if u := html.UnescapeString(link[1]); !strings.Contains(text, "\n"+u+"\n") {
					t.Errorf("%s in %s: the text has no line with the link %s", kind, language, u)
				}
			}
			if strings.Contains(text, "\n\n\n") || strings.HasPrefix(text, "\n") {
				t.Errorf("%s in %s has a gap in its text:\n%q", kind, language, text)
			}
			for line := range strings.Lines(text) {
				if utf8.RuneCountInString(line) > textWidth+1 && !strings.Contains(line, "https://") {
					t.Errorf("%s in %s has a long line: %q", kind, language, line)
				}
			}
		}
	}
}

func TestComposeEscapes(t *testing.T) {
	content, err := Compose(Letter{Kind: KindWelcome, Key: `<script>alert("1")</script>'`}, "Alta", testURL(t))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(content.HTML, "<script") {
		t.Error("the HTML runs what is in the key")
	}
	if want := `-H 'X-API-Key: <script>alert("1")</script>'\'''`; !strings.Contains(content.Text, want) {
		t.Errorf("the sample is not quoted for the shell:\n%s", content.Text)
	}
}

func TestComposeWritesOneHour(t *testing.T) {
	for language, want := range map[string]string{"en": "for 1 hour.", "es": "durante 1 hora."} {
		content, err := Compose(Letter{Kind: KindReset, Language: language, Token: "x", Hours: 1}, "Alta", testURL(t))
		if err != nil || !strings.Contains(content.Text, want) {
			t.Errorf("%s: got %v and a text without %q:\n%s", language, err, want, content.Text)
		}
	}
}

func TestComposeRefuses(t *testing.T) {
	for name, letter := range map[string]Letter{
		"no kind":                    {},
		"an unknown kind":            {Kind: "other"},
		"a verification, no token":   {Kind: KindVerification, Hours: 1},
		"a verification, no hours":   {Kind: KindVerification, Token: "x"},
		"a reset without a token":    {Kind: KindReset, Hours: 1},
		"a welcome without API key":  {Kind: KindWelcome, Tokens: 1},
		"a reset with fewer than 1h": {Kind: KindReset, Token: "x", Hours: -1},
	} {
		if _, err := Compose(letter, "Alta", testURL(t)); err == nil {
			t.Errorf("%s: want an error", name)
		}
	}
}
