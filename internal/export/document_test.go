package export

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPrintable(t *testing.T) {
	for text, want := range map[string]string{
		"Ñandú, ¿café? 20 €": "Ñandú, ¿café? 20 €", "Кофе; καφές": "Кофе; καφές", "e\u0301": "é", "Łódź Ğ ễ": "Łódź Ğ ễ",
		" a \t b\r\nc\x00 ": "a b c", "": "", "\n": "", "\u00a0x": "x",
		"寿司": "□□", "🍣": "□", "☕\ufe0f": "□", "👍🏽": "□", "👩\u200d👧": "□□", "עב": "□□", "a\u202eb": "ab", "\xff": "□", "□": "□",
	} {
		if got := printable(text); got != want {
			t.Errorf("printable(%q) = %q, want %q", text, got, want)
		}
	}
}

// The fonts have every character that the program itself writes, and the
// replacement for missing characters.
func TestGlyphs(t *testing.T) {
	for _, char := range string(missing) + ellipsis + "áéíóúüñÁÉÍÓÚÜÑ¿¡€$£¥₲−–—“”«»%0123456789αΩжЯŁřőğ" {
		if !glyphs()[char] {
			t.Errorf("there is no %q", char)
		}
	}
	for _, char := range "寿ע\u00ff\u0378" {
		if got, want := glyphs()[char], char == 'ÿ'; got != want {
			t.Errorf("%q: got %v, want %v", char, got, want)
		}
	}
}

func TestCutAndWrap(t *testing.T) {
	d := newDocument(emptyReport().Report, "", 20, 20)
	d.setStyle(regular(8, black))
	texts := append([]string{"M", strings.Repeat("M ", 300), strings.Repeat("ñ", 500), "a b c d e f g h i j k l m n o p"}, oddTexts...)
	for _, text := range texts {
		text = printable(text)
		for _, width := range []float64{9, 20, 72, 132} {
			if got := d.cut(text, width); d.GetStringWidth(got) > width && got != ellipsis {
				t.Errorf("cut to %v, %q is %v wide", width, got, d.GetStringWidth(got))
			} else if got != text && !strings.HasSuffix(got, ellipsis) {
				t.Errorf("%q became %q, without an ellipsis", text, got)
			}
			lines := d.wrap(text, width, 3)
			if len(lines) > 3 {
				t.Errorf("%q has %d lines", text, len(lines))
			}
			for _, line := range lines {
				if d.GetStringWidth(line) > width && line != ellipsis {
					t.Errorf("%q, wrapped at %v: the line %q is %v wide", text, width, line, d.GetStringWidth(line))
				}
			}
			if all := strings.Join(lines, ""); !strings.HasSuffix(all, ellipsis) && strings.ReplaceAll(all, " ", "") != strings.ReplaceAll(text, " ", "") {
				t.Errorf("wrapped at %v, %q lost characters: %q", width, text, lines)
			}
		}
	}
	if got, want := d.wrap("Compra semanal en el supermercado", 90, 3), []string{"Compra semanal en el", "supermercado"}; !cmp.Equal(got, want) {
		t.Errorf("got the lines %q, want %q", got, want)
	}
}

func TestSpanishAmount(t *testing.T) {
	for minor, want := range map[int64]string{
		0: "0,00", 5: "0,05", 100: "1,00", 99_999: "999,99", 100_000: "1.000,00", 123_456_789: "1.234.567,89", -5: "−0,05", -100_050: "−1.000,50",
	} {
		if got := spanish.amount(minor, "ARS"); got != want {
			t.Errorf("spanish.amount(%d) = %q, want %q", minor, got, want)
		}
	}
	for currency, want := range map[string]string{"JPY": "−1.234.567", "KWD": "−1.234,567", "UYW": "−123,4567", "XYZ": "−12.345,67"} {
		if got := spanish.amount(-1_234_567, currency); got != want {
			t.Errorf("in %s it is %q, want %q", currency, got, want)
		}
	}
}

func TestMergeSmallest(t *testing.T) {
	r := fullReport(1)
	bars := spanish.mergeSmallest(r.Expenses)
	if len(bars) != 10 || bars[9].Category != "Otras 5 categorías" {
		t.Errorf("got %d bars, the last of them %+v", len(bars), bars[len(bars)-1])
	}
	var before, after int64
	for _, slice := range r.Expenses {
		before += slice.Amount
	}
	for _, bar := range bars {
		after += bar.Amount
	}
	if before != after {
		t.Errorf("the bars come to %d, the categories to %d", after, before)
	}
	if ten := spanish.mergeSmallest(r.Expenses[:10]); len(ten) != 10 || ten[9] != r.Expenses[9] {
		t.Errorf("ten categories became %d bars, the last of them %+v", len(ten), ten[len(ten)-1])
	}
}

// The same report gives the same file, to the byte.
func TestSameReportSameFile(t *testing.T) {
	for format := range formats {
		first := write(t, format, fullReport(100))
		for range 5 {
			if !bytes.Equal(first, write(t, format, fullReport(100))) {
				t.Errorf("%s differs from one time to the next", format)
				break
			}
		}
		later := fullReport(100)
		later.Made = later.Made.AddDate(0, 0, 1)
		if format != "csv" && bytes.Equal(first, write(t, format, later)) {
			t.Errorf("%s does not say when it was made", format)
		}
	}
}

func BenchmarkFormats(b *testing.B) {
	r := fullReport(MaxRows + 1)
	for format, run := range formats {
		b.Run(format, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := run(r); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
