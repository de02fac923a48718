package mail

import (
	"html"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"
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
	return Letter{
		Kind: kind, Language: language, Token: "a-token_~+/=&<>", Hours: 24, Key: "alta_0123456789", Tokens: 2000,
		Event: &Event{
			At: time.Date(2026, time.March, 4, 14, 13, 20, 0, time.UTC), Zone: "America/Argentina/Buenos_Aires", Address: "203.0.113.7",
			UserAgent: "Mozilla/5.0 (X11; Linux x86_64; rv:136.0) Gecko/20100101 Firefox/136.0",
		},
		KeyName: "ci & <deploy>", Keys: 2, Revoked: 1, Removed: true,
	}
}

const (
	linkToken        = "token=a-token_~%2B%2F%3D%26%3C%3E"
	linkBase         = "https://alta.example.com:8443"
	verificationLink = linkBase + "/api/v1/auth/verifyEmail?" + linkToken
	resetLink        = linkBase + "/api/v1/auth/verifyPasswordLink?" + linkToken
	credentialsPage  = linkBase + "/account/credentials"
	deletionLink     = linkBase + "/confirm-deletion?" + linkToken
	curlSample       = "curl " + linkBase + "/api/accounts -H 'X-API-Key: alta_0123456789'"
)

// letterTests are phrases of each letter in each language.
var letterTests = []struct {
	kind              Kind
	language, subject string
	want              []string // phrases of both parts
}{
	{KindVerification, "en", "Verify your email", []string{
		verificationLink, "24 hours", "4 March 2026, 11:13 (America/Argentina/Buenos Aires)", "203.0.113.7", "Firefox on Linux", "This was not me",
	}},
	{KindVerification, "es", "Verifica tu correo", []string{
		verificationLink, "24 horas", "4 de marzo de 2026, 11:13 (America/Argentina/Buenos Aires)", "203.0.113.7", "Firefox en Linux", "No fui yo",
	}},
	{KindWelcome, "en", "Welcome to Alta: your API key", []string{curlSample, "2,000 tokens a month", "shown only here", "like a password", "once your address is verified"}},
	{KindWelcome, "es", "Te damos la bienvenida a Alta: tu clave de API", []string{curlSample, "2.000 tokens al mes", "Solo se muestra aquí"}},
	{KindReset, "en", "Choose a new password", []string{resetLink, "24 hours", "your password stays as it is"}},
	{KindReset, "es", "Elige una contraseña nueva", []string{resetLink, "24 horas", "tu contraseña sigue siendo la misma"}},
	{KindPasswordChanged, "en", "Your password was changed", []string{linkBase + "/forgot-password", "every session was ended", "2 API keys still work", credentialsPage}},
	{KindPasswordChanged, "es", "Se cambió tu contraseña", []string{linkBase + "/forgot-password", "se cerraron todas las sesiones", "2 claves de API siguen funcionando", credentialsPage}},
	{KindDeletion, "en", "Confirm the deletion of your account", []string{deletionLink, "24 hours", "erased for good", "nothing is deleted"}},
	{KindDeletion, "es", "Confirma que quieres eliminar tu cuenta", []string{deletionLink, "24 horas", "se borrará para siempre", "no se elimina nada"}},
	{KindKeyMade, "en", "A new API key was made", []string{"ci & <deploy>", "203.0.113.7", "4 March 2026, 11:13", credentialsPage, "under Notifications"}},
	{KindKeyMade, "es", "Se creó una clave de API", []string{"ci & <deploy>", "4 de marzo de 2026, 11:13", credentialsPage, "en Notificaciones"}},
	{KindKeyRotated, "en", "An API key was rotated", []string{"ci & <deploy>", "takes the place", credentialsPage}},
	{KindKeyRotated, "es", "Se renovó una clave de API", []string{"ci & <deploy>", "sustituye a otra", credentialsPage}},
	{KindKeyRevoked, "en", "An API key was revoked", []string{"ci & <deploy>", "rejected from now on", credentialsPage}},
	{KindKeyRevoked, "es", "Se revocó una clave de API", []string{"ci & <deploy>", "se rechazan desde ahora", credentialsPage}},
	{KindKeysRevoked, "en", "All your API keys were revoked", []string{"1 API key was revoked.", credentialsPage}},
	{KindKeysRevoked, "es", "Se revocaron todas tus claves de API", []string{"1 clave de API revocada.", credentialsPage}},
	{KindNewDevice, "en", "New login to your account", []string{"Firefox on Linux", "203.0.113.7", credentialsPage, linkBase + "/forgot-password", "under Notifications"}},
	{KindNewDevice, "es", "Nuevo inicio de sesión en tu cuenta", []string{"Firefox en Linux", "203.0.113.7", credentialsPage, "en Notificaciones"}},
	{KindLocked, "en", "Too many wrong passwords", []string{"locked for a while", linkBase + "/forgot-password", "at most one such email a day"}},
	{KindLocked, "es", "Demasiadas contraseñas incorrectas", []string{"bloqueado por un rato", linkBase + "/forgot-password", "como mucho un correo así al día"}},
	{KindRole, "en", "You are an administrator now", []string{"every session was ended", linkBase + "/login"}},
	{KindRole, "es", "Ahora administras el servicio", []string{"se cerraron todas las sesiones", linkBase + "/login"}},
	{KindSuspended, "en", "Your account was suspended", []string{"you cannot log in", "Nothing in your account was deleted"}},
	{KindSuspended, "es", "Tu cuenta fue suspendida", []string{"no puedes iniciar sesión", "No se eliminó nada"}},
	{KindResumed, "en", "Your account is active again", []string{"You can log in", linkBase + "/login"}},
	{KindResumed, "es", "Tu cuenta está activa de nuevo", []string{"Puedes iniciar sesión", linkBase + "/login"}},
	{KindDeleted, "en", "Your account was deleted", []string{"This cannot be undone", "It is the last one"}},
	{KindDeleted, "es", "Tu cuenta fue eliminada", []string{"No se puede recuperar", "Es el último"}},
	{KindLinked, "en", "Google now opens your account", []string{
		"was removed", linkBase + "/forgot-password", "1 API key was revoked", "2 API keys still work", credentialsPage,
	}},
	{KindLinked, "es", "Ahora Google abre tu cuenta", []string{
		"Se quitó la contraseña", linkBase + "/forgot-password", "1 clave de API revocada", "2 claves de API siguen funcionando", credentialsPage,
	}},
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
		"a notice of nothing":        {Kind: KindNewDevice},
		"a reset with fewer than 1h": {Kind: KindReset, Token: "x", Hours: -1},
	} {
		if _, err := Compose(letter, "Alta", testURL(t)); err == nil {
			t.Errorf("%s: want an error", name)
		}
	}
}

// TestComposeSaysWhatIsKnown: a letter says nothing about what is not known, or did not
// happen, and an unknown zone is UTC.
func TestComposeSaysWhatIsKnown(t *testing.T) {
	at := time.Date(2026, time.March, 4, 14, 13, 20, 0, time.UTC)
	for _, test := range []struct {
		letter       Letter
		want, absent []string
	}{
		{Letter{Kind: KindVerification, Token: "x", Hours: 1}, []string{"This was not me"}, []string{"Signed up:", "From:", "With:"}},
		{
			Letter{Kind: KindNewDevice, Event: &Event{At: at, Zone: "Mars/Olympus"}}, []string{"When: 4 March 2026, 14:13 (UTC)"},
			[]string{"From:", "With:", "Key:"},
		},
		{
			Letter{Kind: KindNewDevice, Event: &Event{At: at, UserAgent: "curl/8.12.1"}}, []string{"With: curl"}, []string{"From:"},
		},
		{Letter{Kind: KindPasswordChanged}, []string{"every session was ended"}, []string{"API key"}},
		{Letter{Kind: KindPasswordChanged, Keys: 1}, []string{"1 API key still works"}, nil},
		{Letter{Kind: KindLinked, Event: &Event{At: at}}, []string{"Every earlier session was ended"}, []string{"API key", "password"}},
		{Letter{Kind: KindDeleted, ByOther: true, Event: &Event{At: at}}, []string{"An administrator deleted your account"}, []string{"Sign up"}},
	} {
		content, err := Compose(test.letter, "Alta", testURL(t))
		if err != nil {
			t.Fatal(err)
		}
		text := strings.Join(strings.Fields(content.Text), " ")
		for _, want := range test.want {
			if !strings.Contains(text, want) {
				t.Errorf("%s lacks %q:\n%s", test.letter.Kind, want, content.Text)
			}
		}
		for _, absent := range test.absent {
			if strings.Contains(text, absent) {
				t.Errorf("%s has %q:\n%s", test.letter.Kind, absent, content.Text)
			}
		}
	}
}
