package product

import (
	"strings"
	"testing"
)

// TestCheckName: a name is one line of at most 50 visible characters.
func TestCheckName(t *testing.T) {
	for _, name := range []string{"Alta", "Mi Plata", "Caja & Cía. <3", "财务", strings.Repeat("ñ", 50), "a\u0301"} {
		if err := CheckName(name); err != nil {
			t.Errorf("%q: %v", name, err)
		}
	}
	for _, name := range []string{
		"", " ", " Alta", "Alta\u00a0", "two\nlines", "two\rlines", "a\tb", "a\u2028b", "a\x00b", "a\u202eb", "a\u200bb", "\xff", "a\u0085b",
		strings.Repeat("ñ", 51),
	} {
		if CheckName(name) == nil {
			t.Errorf("%q is accepted", name)
		}
	}
}

func TestFileName(t *testing.T) {
	for name, want := range map[string]string{
		"Alta": "alta", "Mi Plata": "mi-plata", "Caja & Cía.": "caja-cia", "../../etc/x\"": "etc-x", "财务": "alta", "Año 2026": "ano-2026",
	} {
		if got := FileName(name); got != want {
			t.Errorf("FileName(%q) = %q, want %q", name, got, want)
		}
	}
}
