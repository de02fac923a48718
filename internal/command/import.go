package command

import (
	"bufio"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"example.com/alta/internal/identity"
	"example.com/alta/repo"
)

type userImportCommand struct {
	StorageFlags `embed:""`
	File         string `arg:"" help:"CSV file with a header: email and password_hash; optionally first_name, last_name, currency, email_verified_at (RFC 3339). A hyphen reads standard input."`
}

// Columns of an import file.
var (
	requiredColumns = []string{"email", "password_hash"}
	optionalColumns = []string{"first_name", "last_name", "currency", "email_verified_at"}
)

// Run imports all users of the file. If one of them cannot be imported, it imports
// none. Each user gets a workspace. Users log in with their old passwords, and
// their hashes are renewed when they do.
func (c *userImportCommand) Run(ctx context.Context, env *Environment) error {
	file := os.Stdin
	if c.File != "-" {
		var err error
		if file, err = os.Open(c.File); err != nil {
			return err
		}
		defer file.Close()
	}
	users, err := readUsers(file)
	if err != nil {
		return fmt.Errorf("%s: %w", c.File, err)
	}
	return c.withRepo(ctx, func(r *repo.Repo) error {
		err := r.InTx(ctx, func(tx *repo.Tx) error { return importUsers(ctx, tx, users) })
		if err != nil {
			return fmt.Errorf("%s: nothing was imported: %w", c.File, err)
		}
		_, err = fmt.Fprintf(env.Stdout, "%d users imported\n", len(users))
		return err
	})
}

// importedUser is a user of an import file, with the number of its line.
type importedUser struct {
	repo.NewUser
	line int
}

func importUsers(ctx context.Context, tx *repo.Tx, users []importedUser) error {
	for _, imported := range users {
		user, err := tx.CreateUser(ctx, imported.NewUser)
		if errors.Is(err, repo.ErrEmailTaken) {
			return fmt.Errorf("line %d: %s has a user already", imported.line, imported.DisplayEmail)
		}
		if err == nil {
			err = tx.Audit(ctx, repo.AuditEvent{Kind: repo.AuditImport, Actor: repo.ActorOperator, UserID: &user.ID})
		}
		if err != nil {
			return fmt.Errorf("line %d: %w", imported.line, err)
		}
	}
	return nil
}

// byteOrderMark begins the files of some spreadsheets.
const byteOrderMark = "\ufeff"

// maxImportProblems bounds the number of invalid lines that one run reports.
const maxImportProblems = 20

// userReader reads the users of an import file and collects its problems.
type userReader struct {
	rows     *csv.Reader
	header   []string
	users    []importedUser
	lines    map[string]int // line of each address
	problems []error
}

// readUsers reads the whole file before anything is written, so that one run
// reports all its problems.
func readUsers(file io.Reader) ([]importedUser, error) {
	text := bufio.NewReader(file)
	if mark, _ := text.Peek(len(byteOrderMark)); string(mark) == byteOrderMark {
		_, _ = text.Discard(len(byteOrderMark))
	}
	r := userReader{rows: csv.NewReader(text), lines: map[string]int{}}
	var err error
	if r.header, err = r.rows.Read(); err != nil {
		return nil, fmt.Errorf("header: %w", err)
	}
	if err := checkHeader(r.header); err != nil {
		return nil, err
	}
	for len(r.problems) < maxImportProblems {
		row, err := r.rows.Read()
		if errors.Is(err, io.EOF) {
			return r.users, errors.Join(r.problems...)
		}
		if err != nil && !errors.Is(err, csv.ErrFieldCount) { // the rest of the file cannot be read
			return nil, errors.Join(append(r.problems, err)...)
		}
		r.add(row, err == nil)
	}
	return nil, errors.Join(append(r.problems, errors.New("and perhaps more"))...)
}

// add adds the user of a row, or a problem. isComplete says whether the row has
// as many fields as the header.
func (r *userReader) add(row []string, isComplete bool) {
	line, _ := r.rows.FieldPos(0)
	var user repo.NewUser
	err := fmt.Errorf("wrong number of fields: %d instead of %d", len(row), len(r.header))
	if isComplete {
		user, err = readUser(r.header, row)
	}
	if first := r.lines[user.Email]; err == nil && first != 0 {
		err = fmt.Errorf("%s is already on line %d", user.DisplayEmail, first)
	}
	if err != nil {
		r.problems = append(r.problems, fmt.Errorf("line %d: %w", line, err))
	}
	r.lines[user.Email] = line
	r.users = append(r.users, importedUser{NewUser: user, line: line})
}

func checkHeader(header []string) error {
	for _, name := range requiredColumns {
		if !slices.Contains(header, name) {
			return fmt.Errorf("header: the column %s is missing", name)
		}
	}
	for i, name := range header {
		if !slices.Contains(requiredColumns, name) && !slices.Contains(optionalColumns, name) {
			return fmt.Errorf("header: the column %q is not known; there are %s", name,
				strings.Join(slices.Concat(requiredColumns, optionalColumns), ", "))
		}
		if slices.Contains(header[:i], name) {
			return fmt.Errorf("header: the column %s is there twice", name)
		}
	}
	return nil
}

var currencyCode = regexp.MustCompile(`^[A-Z]{3}$`)

func readUser(header, row []string) (repo.NewUser, error) {
	n := repo.NewUser{Door: repo.DoorApp, Currency: repo.DefaultCurrency}
	for i, name := range header {
		value := row[i]
		if !utf8.ValidString(value) || strings.ContainsRune(value, 0) {
			return n, fmt.Errorf("%s: not text", name)
		}
		var err error
		switch name {
		case "email":
			n.Email, n.DisplayEmail = identity.CanonicalEmail(value), identity.DisplayEmail(value)
			err = identity.CheckEmail(value)
		case "password_hash":
			n.PasswordHash, err = value, identity.CheckHash(value)
		case "first_name":
			n.FirstName, err = value, checkName(value)
		case "last_name":
			n.LastName, err = value, checkName(value)
		case "currency":
			if n.Currency = value; !currencyCode.MatchString(value) {
				err = errors.New("not three capital letters")
			}
		case "email_verified_at":
			n.EmailVerifiedAt, err = readTime(value)
		}
		if err != nil {
			return n, fmt.Errorf("%s: %w", name, err)
		}
	}
	return n, nil
}

func checkName(name string) error {
	if utf8.RuneCountInString(name) > 100 {
		return errors.New("longer than 100 characters")
	}
	return nil
}

func readTime(text string) (*time.Time, error) {
	if text == "" {
		return nil, nil
	}
	t, err := time.Parse(time.RFC3339, text)
	return &t, err
}
