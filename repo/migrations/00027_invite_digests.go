package migrations

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/pressly/goose/v3"

	"example.com/alta/internal/identity"
)

// Keyring returns the keys of the operator's secrets. A step that needs them asks for
// them only if there are rows to convert.
type Keyring func() (*identity.Keyring, error)

// InviteDigests returns the step that keeps invites as digests instead of codes, with
// an id and a mask for lists. It fails if there are invites and no keys.
func InviteDigests(keyring Keyring) *goose.Migration {
	up := func(ctx context.Context, tx *sql.Tx) error { return digestInvites(ctx, tx, keyring) }
	m := goose.NewGoMigration(27, &goose.GoFunc{RunTx: up}, &goose.GoFunc{RunTx: forgetDigests})
	m.Source = "00027_invite_digests.go"
	return m
}

// toDigests rebuilds the table: SQLite cannot drop the primary key, which the code was.
var toDigests = []string{
	`CREATE TABLE invite_codes_before AS SELECT * FROM invite_codes`,
	`DROP TABLE invite_codes`,
	`CREATE TABLE invite_codes (
    id         TEXT PRIMARY KEY,
    masked     TEXT NOT NULL, -- the beginning of the code
    digest     TEXT NOT NULL, -- HMAC of the code
    secret_id  TEXT NOT NULL, -- of the secret that made the digest
    max_uses   INTEGER NOT NULL CHECK (max_uses > 0),
    uses       INTEGER NOT NULL DEFAULT 0 CHECK (uses BETWEEN 0 AND max_uses),
    note       TEXT NOT NULL,
    created_by TEXT NOT NULL, -- an administrator's id, or 'operator'
    created_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL,
    revoked_at TIMESTAMP
)`,
	`CREATE UNIQUE INDEX invite_codes_digest ON invite_codes (digest)`,
	`CREATE INDEX invite_codes_age ON invite_codes (created_at, id)`,
}

func digestInvites(ctx context.Context, tx *sql.Tx, keyring Keyring) error {
	if err := overwriteDeleted(ctx, tx, "ON"); err != nil {
		return err
	}
	if err := execAll(ctx, tx, toDigests); err != nil {
		return err
	}
	codes, err := inviteCodes(ctx, tx)
	if err != nil {
		return err
	}
	if len(codes) > 0 {
		if err := fillDigests(ctx, tx, codes, keyring); err != nil {
			return err
		}
	}
	if err := execAll(ctx, tx, []string{`DROP TABLE invite_codes_before`}); err != nil {
		return err
	}
	return overwriteDeleted(ctx, tx, "OFF")
}

// overwriteDeleted says whether SQLite overwrites what is deleted: ON or OFF. Without
// it, the codes would stay in free pages of the file, which backups contain.
func overwriteDeleted(ctx context.Context, tx *sql.Tx, whether string) error {
	var version string
	if err := tx.QueryRowContext(ctx, `SELECT version()`).Scan(&version); err == nil {
		return nil // PostgreSQL deletes the file of a dropped table
	}
	_, err := tx.ExecContext(ctx, `PRAGMA secure_delete = `+whether)
	return err
}

func inviteCodes(ctx context.Context, tx *sql.Tx) (codes []string, err error) {
	rows, err := tx.QueryContext(ctx, `SELECT code FROM invite_codes_before`)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var code string
		if err := rows.Scan(&code); err != nil {
			return nil, err
		}
		codes = append(codes, code)
	}
	return codes, rows.Err()
}

func fillDigests(ctx context.Context, tx *sql.Tx, codes []string, keyring Keyring) error {
	if keyring == nil {
		return errors.New("there are invites, whose codes take the secret to be hidden")
	}
	keys, err := keyring()
	if err != nil {
		return fmt.Errorf("invites: %w", err)
	}
	for _, code := range codes {
		digest := keys.Digest(identity.PurposeInviteCode, code)
		_, err := tx.ExecContext(ctx, `
INSERT INTO invite_codes (id, masked, digest, secret_id, max_uses, uses, note, created_by, created_at, expires_at, revoked_at)
SELECT $1, $2, $3, $4, max_uses, uses, note, created_by, created_at, expires_at, revoked_at FROM invite_codes_before WHERE code = $5`,
			uuid.NewString(), identity.MaskInviteCode(code), digest.Sum, digest.KeyID, code)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `UPDATE users SET invite_code = $2 WHERE invite_code = $1`, code, identity.MaskInviteCode(code))
		if err != nil {
			return err
		}
	}
	return nil
}

// forgetDigests restores the table of before. The codes are lost: the ids stand in
// their place, so that the rows are still there and open nothing.
func forgetDigests(ctx context.Context, tx *sql.Tx) error {
	return execAll(ctx, tx, []string{
		`CREATE TABLE invite_codes_before AS SELECT * FROM invite_codes`,
		`DROP TABLE invite_codes`,
		`CREATE TABLE invite_codes (
    code       TEXT PRIMARY KEY,
    max_uses   INTEGER NOT NULL CHECK (max_uses > 0),
    uses       INTEGER NOT NULL DEFAULT 0 CHECK (uses BETWEEN 0 AND max_uses),
    note       TEXT NOT NULL,
    created_by TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL,
    revoked_at TIMESTAMP
)`,
		`CREATE INDEX invite_codes_age ON invite_codes (created_at, code)`,
		`INSERT INTO invite_codes SELECT id, max_uses, uses, note, created_by, created_at, expires_at, revoked_at FROM invite_codes_before`,
		`DROP TABLE invite_codes_before`,
	})
}
