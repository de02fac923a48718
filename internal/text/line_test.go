package text

import (
	"encoding/json"
	"testing"
)

// TestLinesAreVisible: what people cannot see, and what moves text or clears a
// terminal, is not in a line.
func TestLinesAreVisible(t *testing.T) {
	for _, line := range []string{
		"", "Ada", "José Ñandú", "paral·lel", "👩\u200d👩\u200d👧 ❤\ufe0f", "می\u200cخواهم", "שלום", "日本", "a b", "e\u0301", "\u00a0", "ﾡ",
	} {
		if !IsLine(line) || Printable(line) != line {
			t.Errorf("%q is refused, or printed as %q", line, Printable(line))
		}
	}
	for text, want := range map[string]string{
		"a\tb": `a\tb`, "a\nb": `a\nb`, "a\x00": `a\x00`, "\x1b[2J": `\x1b[2J`, "\u009b2J": `\u009b2J`, "\x7f": `\x7f`, "\u0085": `\u0085`,
		"\u00ad": `\u00ad`, "\u034f": `\u034f`, "\u061c": `\u061c`, "\u115f": `\u115f`, "\u1160": `\u1160`, "\u17b4": `\u17b4`, "\u180e": `\u180e`,
		"\u200b": `\u200b`, "\u200e": `\u200e`, "\u200f": `\u200f`, "\u2028": `\u2028`, "\u2029": `\u2029`, "\u202e": `\u202e`, "\u2060": `\u2060`,
		"\u2066": `\u2066`, "\u206f": `\u206f`, "\u2800": `\u2800`, "\u3164": `\u3164`, "\ufeff": `\ufeff`, "\uffa0": `\uffa0`, "\ufff9": `\ufff9`,
		"\U000e0041": `\U000e0041`,
	} {
		if IsLine(text) || Printable(text) != want {
			t.Errorf("%q counts as a line, or is printed as %q, want %q", text, Printable(text), want)
		}
	}
}

// TestPrintableJSONMeansTheSame: escapes are the only difference.
func TestPrintableJSONMeansTheSame(t *testing.T) {
	const note = "\u009b2J \u202e\U000e0041 \x7f \n\t\"é"
	encoded, err := json.Marshal(map[string]string{"note": note})
	if err != nil {
		t.Fatal(err)
	}
	printable := PrintableJSON(append(encoded, '\n'))
	if want := `{"note":"\u009b2J \u202e\udb40\udc41 \u007f \n\t\"é"}` + "\n"; string(printable) != want {
		t.Errorf("got %s, want %s", printable, want)
	}
	var decoded map[string]string
	if err := json.Unmarshal(printable, &decoded); err != nil || decoded["note"] != note {
		t.Errorf("it means %q, %v; want %q", decoded["note"], err, note)
	}
}
