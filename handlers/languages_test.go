package handlers_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"example.com/alta/internal/testdb"
)

// TestLanguages: mails are in the language that the browser asked for at the
// sign-up, whoever causes them later. At the app door they are in Spanish.
func TestLanguages(t *testing.T) {
	tests := []struct{ name, accept, want string }{
		{"none", "", "en"},
		{"Spanish", "es", "es"},
		{"Argentine Spanish", "es-AR,es;q=0.9,en;q=0.8", "es"},
		{"Spanish by weight", "en;q=0.3, es;q=0.7", "es"},
		{"English by weight", "es;q=0.3, en;q=0.7", "en"},
		{"English", "en-GB", "en"},
		{"another, then Spanish", "fr, es;q=0.5", "es"},
		{"another", "ja", "en"},
		{"anything", "*", "en"},
		{"nonsense", ";;;=,\xff", "en"},
		{"very long", strings.Repeat("es,", 3000), "es"},
	}
	subjects := map[string]string{
		"en": "Mail to %[1]s: Verify your email\nMail to %[1]s: Welcome to Alta: your API key\n",
		"es": "Mail to %[1]s: Te damos la bienvenida a Alta: tu clave de API\nMail to %[1]s: Verifica tu correo\n",
	}
	again := map[string]string{"en": "Mail to %s: Choose a new password\n", "es": "Mail to %s: Elige una contraseña nueva\n"}
	h := start(t, testdb.SQLite(t))
	token := h.inviteToken(len(tests))
	for i, test := range tests {
		email := fmt.Sprintf("user%d@example.com", i)
		h.do("POST", "/api/v1/auth/register", apiRegistration(email, token), "Accept-Language: "+test.accept).status(200)
		language := h.user(email).Language
		if language != test.want {
			t.Errorf("%s: the user's language is %s, want %s", test.name, language, test.want)
		}
		h.expectMails(fmt.Sprintf(subjects[language], email))
		h.do("POST", "/api/v1/auth/forgetpassword", withEmail(email), "Accept-Language: ja, es, en").status(200)
		h.expectMails(fmt.Sprintf(again[language], email))
	}
}

func TestLanguageOfTheAppDoor(t *testing.T) {
	h := start(t, testdb.SQLite(t))
	bearer := "Authorization: Bearer " +
		h.do("POST", "/api/auth/register", registration("ada@example.com"), "Accept-Language: en").status(201).get("token")
	if language := h.user("ada@example.com").Language; language != "es" {
		t.Errorf("the user's language is %s, want es", language)
	}
	h.resend("ada@example.com")
	h.expectMails("Mail to ada@example.com: Verifica tu correo\n")
	h.do("PATCH", "/api/users/me", `{"language":"en"}`, bearer).status(200)
	h.clock.Advance(time.Minute)
	h.resend("ada@example.com")
	h.expectMails(mailVerify)
}

// TestLanguageOfPages: a page is in the language of its reader.
func TestLanguageOfPages(t *testing.T) {
	h := start(t, testdb.SQLite(t))
	for accept, want := range map[string]string{"es-AR": "es", "en": "en", "ja": "en", "": "en"} {
		for _, answer := range []*response{
			h.visit("GET", "/forgot-password", nil, "Accept-Language: "+accept),
			h.visit("POST", "/forgot-password", url.Values{"email": {"ada@example.com"}}, "Accept-Language: "+accept),
		} {
			if got := answer.status(200).Header().Get("Content-Language"); got != want {
				t.Errorf("%q: the page is in %q, want %q", accept, got, want)
			}
		}
	}
}
