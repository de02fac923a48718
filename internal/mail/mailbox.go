package mail

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	netmail "net/mail"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"example.com/alta/internal/mail/eml"
)

const (
	stampLayout = "20060102T150405.000000Z" // as long as what it makes
	extension   = ".eml"
	temporary   = ".unfinished-" // begins the names of files that are being written
)

// Mailbox is a Sender for development: it keeps each mail as a file (RFC 5322)
// in a directory, where the one who would get it can read it. It is safe for
// concurrent use.
type Mailbox struct {
	dir  string
	from *netmail.Address
}

// Stored is a mail of a Mailbox.
type Stored struct {
	Name    string    // of its file, without .eml
	Date    time.Time // in UTC, with microseconds
	To      string    // as the mail's header says, decoded
	From    string
	Subject string
	Text    string // lines end in LF
	HTML    string
	Raw     []byte // the file
}

// NewMailbox returns the mailbox in dir. The directory is made at the first
// mail, for nobody but its owner.
func NewMailbox(dir string, from *netmail.Address) *Mailbox { return &Mailbox{dir, from} }

// Send keeps m. A mail that has been sent under its ID before is replaced. Its
// error wraps ErrRefused when m cannot be written as a mail.
func (b *Mailbox) Send(ctx context.Context, m Message) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	message, err := build(m, b.from)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(b.dir, 0o700); err != nil {
		return err
	}
	name := m.Date.UTC().Format(stampLayout) + "-" + m.ID + extension
	if err := b.write(name, message); err != nil {
		return fmt.Errorf("write the mail: %w", err)
	}
	return b.removeOthers(name)
}

// write writes the file beside its place and moves it there, so that nobody
// reads half of it. Files made by CreateTemp are readable only to their owner.
func (b *Mailbox) write(name string, message io.WriterTo) (err error) {
	file, err := os.CreateTemp(b.dir, temporary+"*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(file.Name()))
		}
	}()
	_, err = message.WriteTo(file)
	if err = errors.Join(err, file.Close()); err != nil {
		return err
	}
	return os.Rename(file.Name(), filepath.Join(b.dir, name))
}

// removeOthers removes what was sent under the same ID at another date.
func (b *Mailbox) removeOthers(name string) error {
	names, err := b.names()
	if err != nil {
		return err
	}
	for _, other := range names {
		if file := other + extension; file != name && file[len(stampLayout):] == name[len(stampLayout):] {
			if err := b.remove(file); err != nil {
				return err
			}
		}
	}
	return nil
}

// List returns the mails, the newest first. Files that are not mails of the
// mailbox, or cannot be read, are left out; without a directory there are
// none.
func (b *Mailbox) List() ([]Stored, error) {
	names, err := b.names()
	if err != nil {
		return nil, err
	}
	slices.Reverse(names)
	var list []Stored
	for _, name := range names {
		if stored, err := b.Read(name); err == nil {
			list = append(list, stored)
		}
	}
	return list, nil
}

// Read returns the mail with the name, which is that of its file without .eml.
// For a name that no mail of the mailbox has it answers fs.ErrNotExist.
func (b *Mailbox) Read(name string) (Stored, error) {
	date, err := parseName(name)
	if err != nil {
		return Stored{}, err
	}
	// A link among the mails leads nowhere outside the directory.
	file, err := os.OpenInRoot(b.dir, name+extension)
	if err != nil {
		return Stored{}, err
	}
	defer file.Close()
	raw, err := io.ReadAll(file)
	if err != nil {
		return Stored{}, err
	}
	m, err := eml.Parse(raw)
	if err != nil {
		return Stored{}, fmt.Errorf("read the mail %s: %w", name, err)
	}
	return Stored{
		Name: name, Date: date, To: m.To, From: m.From,
		Subject: m.Subject, Text: m.Text, HTML: m.HTML, Raw: raw,
	}, nil
}

// Prune removes the mails from before the given time, and what is left of ones
// that were not finished by then. It returns how many mails it has removed.
func (b *Mailbox) Prune(before time.Time) (deleted int, err error) {
	entries, err := b.entries()
	if err != nil {
		return 0, err
	}
	for _, entry := range entries {
		name, isMail := strings.CutSuffix(entry.Name(), extension)
		date, err := parseName(name)
		isMail = isMail && err == nil
		if strings.HasPrefix(entry.Name(), temporary) {
			if info, err := entry.Info(); err == nil {
				date = info.ModTime()
			}
		}
		if date.IsZero() || !date.Before(before) {
			continue
		}
		if err := b.remove(entry.Name()); err != nil {
			return deleted, err
		}
		if isMail {
			deleted++
		}
	}
	return deleted, nil
}

// names returns the names of the mails, the oldest first.
func (b *Mailbox) names() ([]string, error) {
	entries, err := b.entries()
	if err != nil {
		return nil, err
	}
	var names []string
	for _, entry := range entries {
		name, ok := strings.CutSuffix(entry.Name(), extension)
		if _, err := parseName(name); ok && err == nil {
			names = append(names, name)
		}
	}
	return names, nil
}

// entries returns the regular files of the directory, in the order of their
// names.
func (b *Mailbox) entries() ([]fs.DirEntry, error) {
	entries, err := os.ReadDir(b.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(entries, func(e fs.DirEntry) bool { return !e.Type().IsRegular() }), nil
}

// remove removes a file. It may be gone already: several may prune.
func (b *Mailbox) remove(file string) error {
	if err := os.Remove(filepath.Join(b.dir, file)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// parseName returns the date in the name of a mail, or fs.ErrNotExist for a
// name that the mailbox does not give.
func parseName(name string) (time.Time, error) {
	if len(name) > len(stampLayout)+1 && name[len(stampLayout)] == '-' && validID.MatchString(name[len(stampLayout)+1:]) {
		if date, err := time.Parse(stampLayout, name[:len(stampLayout)]); err == nil {
			return date, nil
		}
	}
	return time.Time{}, fmt.Errorf("no mail has that name: %w", fs.ErrNotExist)
}
