package export

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/alta/internal/testkit"
)

// described is a report of a transaction for each description.
func described(descriptions []string) sample {
	r := emptyReport()
	for _, description := range descriptions {
		r.Rows = append(r.Rows, Row{Day: madeDay, Type: expense, Description: description, Amount: 1, Currency: "ARS"})
	}
	return r
}

// TestCSVKeepsBreaks: a carriage return, alone or not, is read as it was written, by
// Go and by Python.
func TestCSVKeepsBreaks(t *testing.T) {
	texts := []string{"a\rb", "a\r\rb", "a\nb", "a\r b\n", "x\r", "\"q\"\r,\"", "a,b", " a", `\.`, "'", "plain", ""}
	content := write(t, "csv", described(texts))
	var byGo []string
	for _, record := range readCSV(t, content)[1:] {
		byGo = append(byGo, record[4])
	}
	if diff := cmp.Diff(texts, byGo); diff != "" {
		t.Errorf("read by Go (-want +got):\n%s", diff)
	}

	texts = append(texts, "a\r\nb", "\u00a0a")
	python, err := exec.LookPath("python3")
	if err != nil {
		testkit.Missing(t, "there is no Python")
	}
	command := exec.CommandContext(t.Context(), python, "-c",
		"import csv, io, json, sys\nt = sys.stdin.buffer.read().decode('utf-8-sig')\nprint(json.dumps([r[4] for r in csv.reader(io.StringIO(t, newline=''))][1:]))")
	command.Stdin = bytes.NewReader(write(t, "csv", described(texts)))
	out, err := command.Output()
	if err != nil {
		t.Fatal(err)
	}
	var byPython []string
	if err := json.Unmarshal(out, &byPython); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(texts, byPython); diff != "" {
		t.Errorf("read by Python (-want +got):\n%s", diff)
	}
}

// TestWorkbookKeepsEscapes: a text that looks like escaped characters is read as it
// was written, by the library and by the format's own rule.
func TestWorkbookKeepsEscapes(t *testing.T) {
	texts := []string{
		"_x0041_x0042_", "_xD8A1_", "_xd8a1_xDC00_", "_x005F_", "_x005F_x0041_", "_x005f_x005F_", "__x0041__", "_x_x0041_", "_x00_x0041_", "_x0041",
		"x0041_", "_X0041_", "_xZZZZ_", "_xG041_x0041_", "a_x000D_b", "_x0041__x0042_", "_x004_", "_x00411_", "ñ_x00F1_ñ", "\ufdd0", "plain",
	}
	parts := []string{"_", "x", "_x", "0041", "_x0041_", "005F", "_x005F_", "D8A1", "Z"}
	for _, a := range parts {
		for _, b := range parts {
			for _, c := range parts {
				texts = append(texts, a+b+c, a+b+c+"_")
			}
		}
	}
	content := write(t, "xlsx", described(texts))
	byLibrary := openWorkbook(t, described(texts))
	byRule := readSheet(t, content)
	for i, text := range texts {
		want := strings.ReplaceAll(text, "\ufdd0", "\ufffd")
		cell := fmt.Sprintf("E%d", i+2)
		if got := must(byLibrary.GetCellValue(sheet, cell)); got != want {
			t.Errorf("the library reads %q for %q", got, want)
		}
		if got := byRule[cell]; got != want {
			t.Errorf("by the rule it is %q, want %q", got, want)
		}
	}
}

// escapedCharacter is the form of ST_Xstring (ECMA-376 part 1, section 22.9.2.19).
var escapedCharacter = regexp.MustCompile(`_x([0-9A-Fa-f]{4})_`)

// readSheet returns the texts of the cells, without the library that has written
// them.
func readSheet(t *testing.T, content []byte) map[string]string {
	t.Helper()
	archive := must(zip.NewReader(bytes.NewReader(content), int64(len(content))))
	part := must(archive.Open("xl/worksheets/sheet1.xml"))
	defer part.Close()
	var sheet struct {
		Rows []struct {
			Cells []struct {
				Name string `xml:"r,attr"`
				Text string `xml:"is>t"`
			} `xml:"c"`
		} `xml:"sheetData>row"`
	}
	if err := xml.Unmarshal(must(io.ReadAll(part)), &sheet); err != nil {
		t.Fatal(err)
	}
	texts := map[string]string{}
	for _, row := range sheet.Rows {
		for _, cell := range row.Cells {
			texts[cell.Name] = escapedCharacter.ReplaceAllStringFunc(cell.Text, func(form string) string {
				return string(rune(must(strconv.ParseUint(form[2:6], 16, 16))))
			})
		}
	}
	return texts
}
