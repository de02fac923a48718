package identity

import (
	"strings"
	"testing"

	"golang.org/x/crypto/bcrypt"
)

const testCost = bcrypt.MinCost

func mustHash(t *testing.T, password string, cost int) string {
	t.Helper()
	hash, err := hashPassword(password, cost)
	if err != nil {
		t.Fatalf("hashPassword: %v", err)
	}
	return hash
}

// mustBcrypt returns a hash in the form of other systems.
func mustBcrypt(t *testing.T, prefix, password string) string {
	t.Helper()
	hash, err := bcrypt.GenerateFromPassword([]byte(password), testCost)
	if err != nil {
		t.Fatalf("bcrypt: %v", err)
	}
	return prefix + strings.TrimPrefix(string(hash), "$2a$")
}

func TestPassword(t *testing.T) {
	bytes72 := strings.Repeat("x", 72)
	tests := []struct {
		name   string
		hashed string
		sent   string
		ok     bool
	}{
		{"same", "SecurePass123!", "SecurePass123!", true},
		{"other case", "SecurePass123!", "securepass123!", false},
		{"blank after", "SecurePass123!", "SecurePass123! ", false},
		{"empty", "SecurePass123!", "", false},
		{"100 characters", strings.Repeat("p", 100), strings.Repeat("p", 100), true},
		{"the 100th differs", strings.Repeat("p", 100), strings.Repeat("p", 99) + "q", false},
		{"60 emoji", strings.Repeat("🔑", 60), strings.Repeat("🔑", 60), true},
		{"the 60th emoji is missing", strings.Repeat("🔑", 60), strings.Repeat("🔑", 59), false},
		{"differs after byte 72", bytes72 + "a", bytes72 + "b", false},
		{"ends at byte 72", bytes72 + "a", bytes72, false},
		{"composed, sent decomposed", "contrase\u00f1a", "contrasen\u0303a", true},
		{"decomposed, sent composed", "contrasen\u0303a", "contrase\u00f1a", true},
		{"compatibility forms stay apart", "o\ufb03ce", "office", false},
		{"NUL within", "secret\x00one", "secret\x00two", false},
		{"a megabyte", strings.Repeat("m", 1<<20), strings.Repeat("m", 1<<20), true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			ok, renew, err := verifyPassword(mustHash(t, test.hashed, testCost), test.sent, testCost)
			if ok != test.ok || renew || err != nil {
				t.Errorf("verifyPassword = %t, %t, %v, want %t, false, nil", ok, renew, err, test.ok)
			}
		})
	}
}

func TestPasswordHashIsSaltedAndNamesItsScheme(t *testing.T) {
	one, two := mustHash(t, "SecurePass123!", testCost), mustHash(t, "SecurePass123!", testCost)
	if one == two {
		t.Error("two hashes of one password are the same")
	}
	if want := "nfc-hmac-sha256$$2a$04$"; !strings.HasPrefix(one, want) {
		t.Errorf("hash %q does not start with %q", one, want)
	}
}

// The scheme's name, its key and the folding are part of every stored hash. If one
// of them changed, no user could log in any more.
func TestPasswordFormIsStable(t *testing.T) {
	const stored = "nfc-hmac-sha256$$2a$04$cz4wBOHK56fMGgFRdv/1qOx7nxB8G/J6Vyh/BLwEmeCqlmUGel6Xi"
	ok, renew, err := verifyPassword(stored, "contrase\u00f1a segura", testCost)
	if !ok || renew || err != nil {
		t.Errorf("verifyPassword = %t, %t, %v, want true, false, nil", ok, renew, err)
	}
}

// TestPasswordOfOtherSystems verifies the published test vectors of other
// implementations of bcrypt.
func TestPasswordOfOtherSystems(t *testing.T) {
	const (
		openwall = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
		cut      = "$2a$05$abcdefghijklmnopqrstuu5s2v8.iXieOjg/.AySBTTZIIVFJeBui"
		sign8    = "$2y$05$/OK.fbVrR/bpIqNJ5ianF.Sa7shbm4.OzKpvFnX1pQLmQW96oUlCq" // a byte that $2x$ hashes wrongly
	)
	tests := []struct {
		name   string
		stored string
		sent   string
		ok     bool
	}{
		{"2a vector", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", "U*U", true},
		{"2a vector, wrong", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", "U*V", false},
		{"2y vector", sign8, "\xa3", true},
		{"2y vector, wrong", sign8, "\xa2", false},
		{"72 bytes", cut, openwall, true},
		{"more than 72 bytes", cut, openwall + "chars after 72 are ignored", true},
		{"71 bytes", cut, openwall[:71], false},
		{"2a", mustBcrypt(t, "$2a$", "SecurePass123!"), "SecurePass123!", true},
		{"2b", mustBcrypt(t, "$2b$", "SecurePass123!"), "SecurePass123!", true},
		{"2b, wrong", mustBcrypt(t, "$2b$", "SecurePass123!"), "SecurePass123", false},
		{"2y", mustBcrypt(t, "$2y$", "SecurePass123!"), "SecurePass123!", true},
		{"cut within a character", mustBcrypt(t, "$2b$", strings.Repeat("x", 71)+"\xc3"), strings.Repeat("x", 71) + "é", true},
		{"bytes as sent, not NFC", mustBcrypt(t, "$2b$", "contrasen\u0303a"), "contrasen\u0303a", true},
		{"other bytes, same NFC", mustBcrypt(t, "$2b$", "contrasen\u0303a"), "contrase\u00f1a", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			ok, renew, err := verifyPassword(test.stored, test.sent, testCost)
			if ok != test.ok || renew != test.ok || err != nil {
				t.Errorf("verifyPassword = %t, %t, %v, want %[4]t, %[4]t, nil", ok, renew, err, test.ok)
			}
		})
	}
}

// A folded password must not be accepted as a password. Otherwise a stolen table of
// a system that stores plain bcrypt of it could be used to log in.
func TestPasswordFoldedFormIsNoPassword(t *testing.T) {
	stored := mustHash(t, "SecurePass123!", testCost)
	if ok, _, _ := verifyPassword(stored, string(fold("SecurePass123!")), testCost); ok {
		t.Error("the folded form of the password logs in")
	}
	plain := strings.TrimPrefix(stored, scheme)
	if ok, _, _ := verifyPassword(plain, "SecurePass123!", testCost); ok {
		t.Error("the password logs in without its scheme")
	}
}

func TestPasswordRenewal(t *testing.T) {
	for name, test := range map[string]struct {
		cost, now int
		renew     bool
	}{
		"same cost":   {4, 4, false},
		"higher cost": {4, 5, true},
		"lower cost":  {5, 4, true},
	} {
		t.Run(name, func(t *testing.T) {
			stored := mustHash(t, "SecurePass123!", test.cost)
			ok, renew, err := verifyPassword(stored, "SecurePass123!", test.now)
			if !ok || renew != test.renew || err != nil {
				t.Errorf("right password: %t, %t, %v, want true, %t, nil", ok, renew, err, test.renew)
			}
			ok, renew, err = verifyPassword(stored, "wrong", test.now)
			if ok || renew || err != nil {
				t.Errorf("wrong password: %t, %t, %v, want false, false, nil", ok, renew, err)
			}
		})
	}
}

func TestPasswordStoredGarbage(t *testing.T) {
	good := mustHash(t, "SecurePass123!", testCost)
	for name, stored := range map[string]string{
		"empty":             "",
		"a word":            "garbage",
		"the scheme alone":  scheme,
		"cut short":         good[:len(good)-10],
		"scheme twice":      scheme + good,
		"MD5":               "5f4dcc3b5aa765d61d8327deb882cf99",
		"argon2":            "$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHQ$aGFzaGhhc2hoYXNoaGFzaGhhc2hoYXNo",
		"newer bcrypt":      strings.Replace(strings.TrimPrefix(good, scheme), "$2a$", "$3a$", 1),
		"cost out of range": "$2a$99$" + strings.Repeat(".", 53),
		"salt not base64":   "$2a$04$" + strings.Repeat("!", 53),
	} {
		t.Run(name, func(t *testing.T) {
			ok, renew, err := verifyPassword(stored, "SecurePass123!", testCost)
			if ok || renew || err == nil {
				t.Errorf("verifyPassword = %t, %t, %v, want false, false and an error", ok, renew, err)
			}
		})
	}
}

func TestCheckHash(t *testing.T) {
	body := strings.Repeat(".", 53)
	tests := []struct {
		name   string
		stored string
		ok     bool
	}{
		{"2a", "$2a$10$" + body, true},
		{"2b", "$2b$12$" + body, true},
		{"2y", "$2y$04$" + body, true},
		{"own scheme", scheme + "$2a$10$" + body, true},
		{"dearest", "$2a$15$" + body, true},
		{"too dear", "$2a$16$" + body, false},
		{"dearest that bcrypt has", "$2a$31$" + body, false},
		{"too cheap", "$2a$03$" + body, false},
		{"empty", "", false},
		{"own scheme alone", scheme, false},
		{"other scheme", "sha256$$2a$10$" + body, false},
		{"a word", "password", false},
		{"2x, the broken one", "$2x$10$" + body, false},
		{"no minor version", "$2$10$" + body + ".", false},
		{"version 3", "$3a$10$" + body, false},
		{"one short", "$2a$10$" + body[1:], false},
		{"one long", "$2a$10$" + body + ".", false},
		{"line feed after", "$2a$10$" + body + "\n", false},
		{"blank before", " $2a$10$" + body, false},
		{"cost no number", "$2a$xx$" + body, false},
		{"argon2", "$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHQ$aGFzaGhhc2hoYXNo", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			err := CheckHash(test.stored)
			if (err == nil) != test.ok {
				t.Errorf("CheckHash(%q) = %v, want ok = %t", test.stored, err, test.ok)
			}
			if err != nil && strings.Contains(err.Error(), body) {
				t.Errorf("the error quotes the hash: %v", err)
			}
		})
	}
}
