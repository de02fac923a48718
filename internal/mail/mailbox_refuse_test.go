package mail

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestMailboxReadsOnlyItsMails(t *testing.T) {
	b := testMailbox(t)
	m := testMessage("ana@example.com")
	putMail(t, b, m)
	outside := filepath.Join(filepath.Dir(b.dir), testName+".eml")
	if err := os.Rename(filepath.Join(b.dir, testName+".eml"), outside); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(b.dir, "secret.eml"), []byte("From: a@b\r\n\r\nx"), 0o600); err != nil {
		t.Fatal(err)
	}
	const link = "20260304T141320.123456Z-link"
	if err := os.Symlink(outside, filepath.Join(b.dir, link+".eml")); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{
		"", ".", "..", "/", "secret", "secret.eml", testName, testName + ".eml", testName + "\x00", "../" + testName,
		"..%2f" + testName, `..\` + testName, "x/../../" + testName, "20260304T141320.123456Z-../../" + testName,
		"20260304T141320.123456Z-../" + testName, "20260304T141320.123456Z-", "20260304T141320.123456Z", outside,
		strings.TrimSuffix(outside, ".eml"), "./" + testName, "20260304T141320.123456Z-" + strings.Repeat("x", 65),
		"20260304T141320.123456Z-" + strings.Repeat("x", 5000),
	} {
		if got, err := b.Read(name); !errors.Is(err, fs.ErrNotExist) || got.Name != "" {
			t.Errorf("%q: got %v, want that there is none", name, err)
		}
	}
	if got, err := b.Read(link); err == nil {
		t.Errorf("a link out of the directory was followed: %+v", got)
	}
	if got := mailboxNames(t, b); len(got) != 0 {
		t.Errorf("the list has %v", got)
	}
}

func TestMailboxRefuses(t *testing.T) {
	b := testMailbox(t)
	for _, id := range []string{"", "../x", "a/b", `a\b`, ".hidden", "a b", "a\x00", strings.Repeat("x", 65)} {
		m := testMessage("ana@example.com")
		m.ID = id
		if err := b.Send(t.Context(), m); !errors.Is(err, ErrRefused) {
			t.Errorf("the ID %q: got %v, want ErrRefused", id, err)
		}
	}
	if err := b.Send(t.Context(), testMessage("nobody")); !errors.Is(err, ErrRefused) {
		t.Errorf("no address: got %v, want ErrRefused", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := b.Send(ctx, testMessage("ana@example.com")); !errors.Is(err, context.Canceled) {
		t.Errorf("a call that has ended: got %v", err)
	}
	if _, err := os.Stat(b.dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the directory was made for nothing: %v", err)
	}
	if err := os.MkdirAll(filepath.Dir(b.dir), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(b.dir, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := b.Send(t.Context(), testMessage("ana@example.com")); err == nil || errors.Is(err, ErrRefused) {
		t.Errorf("a file in the place of the directory: got %v, want an error that can be mended", err)
	}
	if _, err := b.List(); err == nil {
		t.Error("a file in the place of the directory was listed")
	}
}
