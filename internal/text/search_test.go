package text

import "testing"

// TestSearchForm: searches ignore case and accents, but not the letter ñ.
func TestSearchForm(t *testing.T) {
	for text, want := range map[string]string{
		"Café": "cafe", "CAFE\u0301": "cafe", "Año Ñandú": "año ñandu", "AN\u0303O": "año", "Über Straße": "uber strasse", "ÀÉÎÕÜ ç": "aeiou c",
		"naïve": "naive", "Ǻ": "a", "n\u0301\u0303": "ñ", "İ": "i", "か\u3099": "が", "हिन्दी": "हिन्दी", "": "", "100 % _\\": "100 % _\\", "\u0301x": "x",
	} {
		if got := SearchForm(text); got != want {
			t.Errorf("SearchForm(%q) = %q, want %q", text, got, want)
		}
	}
}
