package locale

import "testing"

func TestChoose(t *testing.T) {
	for header, want := range map[string]string{
		"":                                 English,
		"*":                                English,
		"en":                               English,
		"es":                               Spanish,
		"ES":                               Spanish,
		"es-AR":                            Spanish,
		"en-US,en;q=0.9,es;q=0.8":          English,
		"es-419,es;q=0.9,en;q=0.8":         Spanish,
		"en;q=0.8, es;q=0.9":               Spanish,
		"de":                               English,
		"de,es;q=0.1":                      Spanish,
		"fr-FR, de;q=0.9":                  English,
		"no such thing; really":            English,
		"es;q=":                            English,
		"\x00\xff":                         English,
		"es-AR-x-private-use-of-ours":      Spanish,
		"de;q=0.9,en;q=0.2,es;q=0.4,*;q=0": Spanish,
	} {
		if got := Choose(header); got != want {
			t.Errorf("Choose(%q) = %q, want %q", header, got, want)
		}
	}
}

// FuzzChoose checks that every header gives one of the languages.
func FuzzChoose(f *testing.F) {
	for _, header := range []string{"", "*", "es-AR,es;q=0.9", "en;q=0", ",,,;q=1", "x-klingon", "es\r\nen"} {
		f.Add(header)
	}
	f.Fuzz(func(t *testing.T, header string) {
		if got := Choose(header); got != English && got != Spanish {
			t.Fatalf("Choose(%q) = %q", header, got)
		}
	})
}
