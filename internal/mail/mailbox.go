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
	stampLayout = "20060102T150405.000000Z" // every stamp is as long as the layout
	extension   = ".eml"
	temporary   = ".unfinished-" // prefix of a file that is being written
)

// Mailbox is a Sender for development. It keeps each mail as a file (RFC 5322) in
// a directory, for the developer to read. It is safe for concurrent use.
type Mailbox struct {
	dir  string
	from *netmail.Address
}

// Stored is a mail in a Mailbox.
type Stored struct {
	Name    string    // name of the file, without .eml
	Date    time.Time // in UTC, to the microsecond
	To      string    // decoded from the header
	From    string
	Subject string
	Text    string // lines end in LF
	HTML    string
	Raw     []byte // content of the file
}

// NewMailbox returns the mailbox in dir, whose mails are from the given address.
// The first mail creates the directory, readable only by its owner.
func NewMailbox(dir string, from *netmail.Address) *Mailbox { return &Mailbox{dir, from} }

// Send stores m. It replaces an earlier mail with the same ID. If m is not a
// valid mail, the error wraps ErrRefused.
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

// write writes a temporary file and renames it, so that a reader never sees half
// a mail. CreateTemp makes files that only their owner can read.
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

// removeOthers removes mails with the same ID and another date.
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

// List returns the mails, newest first. It leaves out files that cannot be read
// or are not mails of the mailbox. If the directory does not exist, the list is
// empty.
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

// Read returns the mail whose file has the name, given without .eml. If the
// mailbox has no such mail, the error wraps fs.ErrNotExist.
func (b *Mailbox) Read(name string) (Stored, error) {
	date, err := parseName(name)
	if err != nil {
		return Stored{}, err
	}
	// A symbolic link cannot lead out of the directory.
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

// Prune removes mails and unfinished files that are older than the given time.
// It returns the number of mails that it removed.
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

// names returns the names of the mails, oldest first.
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

// entries returns the regular files of the directory, sorted by name.
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

// remove removes a file. Another process may have removed it already.
func (b *Mailbox) remove(file string) error {
	if err := os.Remove(filepath.Join(b.dir, file)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// parseName returns the date in the name of a mail. If the mailbox gives no such
// names, the error wraps fs.ErrNotExist.
func parseName(name string) (time.Time, error) {
	if len(name) > len(stampLayout)+1 && name[len(stampLayout)] == '-' && validID.MatchString(name[len(stampLayout)+1:]) {
		if date, err := time.Parse(stampLayout, name[:len(stampLayout)]); err == nil {
			return date, nil
		}
	}
	return time.Time{}, fmt.Errorf("no mail has that name: %w", fs.ErrNotExist)
}
