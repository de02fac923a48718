package mail

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const testName = "20260304T141320.123456Z-0b5f3c1e-8a52-4f0e-9a56-6a2d7c1f9b10"

func testMailbox(t *testing.T) *Mailbox {
	t.Helper()
	return NewMailbox(filepath.Join(t.TempDir(), "a", "mails"), testFrom())
}

func putMail(t *testing.T, b *Mailbox, m Message) {
	t.Helper()
	if err := b.Send(t.Context(), m); err != nil {
		t.Fatal(err)
	}
}

func mailboxNames(t *testing.T, b *Mailbox) []string {
	t.Helper()
	list, err := b.List()
	if err != nil {
		t.Fatal(err)
	}
	names := make([]string, len(list))
	for i, stored := range list {
		names[i] = stored.Name
	}
	return names
}

func TestMailboxKeepsMails(t *testing.T) {
	for _, to := range unusualAddresses {
		b := testMailbox(t)
		m := testMessage(to)
		m.Subject = "Verifica tu contraseña 🎉"
		putMail(t, b, m)
		got, err := b.Read(testName)
		if err != nil {
			t.Fatal(err)
		}
		raw, err := os.ReadFile(filepath.Join(b.dir, testName+".eml"))
		if err != nil {
			t.Fatal(err)
		}
		want := Stored{
			Name: testName, Date: testDate, To: to, From: "Alta <no-reply@alta.example.com>",
			Subject: m.Subject, Text: m.Text, HTML: m.HTML, Raw: raw,
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", to, diff)
		}
		if hasHostName(t, raw) {
			t.Errorf("the mail names the machine:\n%s", raw)
		}
	}
}

func TestMailboxIsReadableOnlyByItsOwner(t *testing.T) {
	b := testMailbox(t)
	putMail(t, b, testMessage("ana@example.com"))
	for path, want := range map[string]fs.FileMode{
		b.dir:                                 fs.ModeDir | 0o700,
		filepath.Join(b.dir, testName+".eml"): 0o600,
	} {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode() != want {
			t.Errorf("%s has mode %s, want %s", filepath.Base(path), info.Mode(), want)
		}
	}
}

func TestMailboxReplacesAMailOfTheSameID(t *testing.T) {
	b := testMailbox(t)
	m := testMessage("ana@example.com")
	putMail(t, b, m)
	m.Subject = "again"
	putMail(t, b, m)
	m.Subject, m.Date = "and later", m.Date.Add(time.Hour)
	putMail(t, b, m)
	other := testMessage("eve@example.com")
	other.ID = "x-" + m.ID // the end of its name is the same
	putMail(t, b, other)
	list, err := b.List()
	if err != nil || len(list) != 2 || list[0].Subject != "and later" || list[1].To != "eve@example.com" {
		t.Errorf("got %v and %+v", err, list)
	}
	files, err := os.ReadDir(b.dir)
	if err != nil || len(files) != 2 {
		t.Errorf("got %v and the files %v", err, files)
	}
}

func TestMailboxListsTheNewestFirst(t *testing.T) {
	b := testMailbox(t)
	if got := mailboxNames(t, b); len(got) != 0 {
		t.Errorf("without a directory there are %v", got)
	}
	for i, offset := range []time.Duration{0, time.Hour, time.Microsecond, -time.Hour} {
		m := testMessage("ana@example.com")
		m.ID, m.Date = fmt.Sprint("m", i), testDate.Add(offset).In(time.FixedZone("", 7200))
		putMail(t, b, m)
	}
	for name, content := range map[string]string{
		"20260304T141320.123456Z-broken.eml": "no mail",
		"20260304T141320.123456Z-empty.eml":  "",
		"20261304T141320.123456Z-date.eml":   "From: a@b\r\n\r\nx",
		"notes.txt":                          "x",
		temporary + "1":                      "x",
	} {
		if err := os.WriteFile(filepath.Join(b.dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(b.dir, "20260304T141320.123456Z-dir.eml"), 0o700); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"20260304T151320.123456Z-m1", "20260304T141320.123457Z-m2", "20260304T141320.123456Z-m0", "20260304T131320.123456Z-m3",
	}
	if diff := cmp.Diff(want, mailboxNames(t, b)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestMailboxPrune(t *testing.T) {
	b := testMailbox(t)
	if n, err := b.Prune(testDate); n != 0 || err != nil {
		t.Errorf("without a directory: %d, %v", n, err)
	}
	for i := range 4 {
		m := testMessage("ana@example.com")
		m.ID, m.Date = fmt.Sprint("m", i), testDate.Add(time.Duration(i)*time.Hour)
		putMail(t, b, m)
	}
	for name, offset := range map[string]time.Duration{"notes.txt": 0, temporary + "old": 0, temporary + "new": 3 * time.Hour} {
		path, modified := filepath.Join(b.dir, name), testDate.Add(offset)
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, modified, modified); err != nil {
			t.Fatal(err)
		}
	}
	n, err := b.Prune(testDate.Add(2 * time.Hour))
	if n != 2 || err != nil {
		t.Errorf("got %d, %v; want 2", n, err)
	}
	files, err := os.ReadDir(b.dir)
	if err != nil {
		t.Fatal(err)
	}
	left := make([]string, len(files))
	for i, file := range files {
		left[i] = file.Name()
	}
	if diff := cmp.Diff([]string{temporary + "new", "20260304T161320.123456Z-m2.eml", "20260304T171320.123456Z-m3.eml", "notes.txt"}, left); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestMailboxIsSafeForConcurrentUse(t *testing.T) {
	b := testMailbox(t)
	var sending sync.WaitGroup
	for i := range 32 {
		sending.Go(func() {
			m := testMessage("ana@example.com")
			m.ID = fmt.Sprint("m", i/2) // two of each
			if err := b.Send(t.Context(), m); err != nil {
				t.Error(err)
			}
			if _, err := b.List(); err != nil {
				t.Error(err)
			}
		})
	}
	sending.Wait()
	if got := mailboxNames(t, b); len(got) != 16 {
		t.Errorf("there are %d mails, want 16", len(got))
	}
}
