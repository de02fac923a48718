// Package migrations has the steps of the schema that SQL cannot express. The other
// steps are the SQL files beside it.
package migrations

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/pressly/goose/v3"

	"example.com/alta/internal/identity"
)

// OneMailbox returns the step that makes the address of each user the canonical one
// and keeps what was there to be shown. It fails with their addresses if users have
// the same mailbox. An address that is not valid any more stays as it is.
func OneMailbox() *goose.Migration {
	m := goose.NewGoMigration(8, &goose.GoFunc{RunTx: canonicalize}, &goose.GoFunc{RunTx: showAgain})
	m.Source = "00008_one_mailbox.go"
	return m
}

// respelled is a user whose address has another canonical form.
type respelled struct{ id, email, canonical string }

func canonicalize(ctx context.Context, tx *sql.Tx) error {
	if _, err := tx.ExecContext(ctx, `ALTER TABLE users ADD COLUMN display_email TEXT`); err != nil { // null: as email
		return err
	}
	users, err := respelledUsers(ctx, tx)
	if err != nil {
		return err
	}
	if err := checkMailboxes(ctx, tx, users); err != nil {
		return err
	}
	for _, u := range users {
		_, err := tx.ExecContext(ctx, `UPDATE users SET email = $2, display_email = $3 WHERE id = $1`, u.id, u.canonical, u.email)
		if err != nil {
			return err
		}
	}
	return nil
}

func respelledUsers(ctx context.Context, tx *sql.Tx) (users []respelled, err error) {
	rows, err := tx.QueryContext(ctx, `SELECT id, email FROM users WHERE deleted_at IS NULL ORDER BY created_at, id`)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var u respelled
		if err := rows.Scan(&u.id, &u.email); err != nil {
			return nil, err
		}
		if u.canonical = identity.CanonicalEmail(u.email); u.canonical != u.email {
			users = append(users, u)
		}
	}
	return users, rows.Err()
}

// maxNamed bounds the mailboxes that one error names.
const maxNamed = 50

// checkMailboxes returns an error that names the users who would have one mailbox
// with another user.
func checkMailboxes(ctx context.Context, tx *sql.Tx, users []respelled) error {
	spellings := map[string][]string{} // of each mailbox
	for _, u := range users {
		spellings[u.canonical] = append(spellings[u.canonical], u.email)
	}
	var problems []error
	for _, u := range users {
		list := spellings[u.canonical]
		delete(spellings, u.canonical)
		if list == nil { // an earlier user's
			continue
		}
		var taken bool
		if err := tx.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM users WHERE email = $1)`, u.canonical).Scan(&taken); err != nil {
			return err
		}
		if taken {
			list = append(list, u.canonical)
		}
		if len(list) > 1 {
			slices.Sort(list)
			problems = append(problems, errors.New(strings.Join(list, ", ")))
		}
	}
	if len(problems) == 0 {
		return nil
	}
	if more := len(problems) - maxNamed; more > 0 {
		problems = append(problems[:maxNamed], fmt.Errorf("and %d more", more))
	}
	return fmt.Errorf("users have the same mailbox; with the release before, delete all but one of each line, and start again:\n%w",
		errors.Join(problems...))
}

func showAgain(ctx context.Context, tx *sql.Tx) error {
	_, err := tx.ExecContext(ctx, `UPDATE users SET email = display_email WHERE display_email IS NOT NULL`)
	if err == nil {
		_, err = tx.ExecContext(ctx, `ALTER TABLE users DROP COLUMN display_email`)
	}
	return err
}
