package repo_test

import (
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/alta/internal/identity"
	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

// beforeDigests is the version of the schema that kept the codes of invites.
var beforeDigests = steps[slices.IndexFunc(steps, func(m repo.Migration) bool { return m.Version == 27 })-1].Version

// inviteSecrets is a list of secrets, of which the first makes digests.
const inviteSecrets = "the secret that new digests are made with,the secret of before with which nothing is made"

// codesOfBefore are codes of invites of before the migration, with their rows' columns
// max_uses, uses and revoked_at.
var codesOfBefore = map[string]string{
	"K7QXM-2VABD-RT5WE-HN4PZ": "3, 1, NULL",
	"AAAAA-BBBBB-CCCCC-DDDDD": "1, 1, NULL",
	"ZZZZZ-YYYYY-XXXXX-WWWWW": "2, 0, $1",
}

// addCodesOfBefore goes back to the schema of before and adds the invites, and a user
// of the first.
func addCodesOfBefore(t *testing.T, r *repo.Repo) (user repo.User) {
	t.Helper()
	user = createUser(t, r, "ada@example.com")
	downTo(t, r, beforeDigests)
	write(t, r, func(tx *repo.Tx) error {
		for code, columns := range codesOfBefore {
			_, err := tx.Exec(t.Context(), `
INSERT INTO invite_codes (max_uses, uses, revoked_at, code, note, created_by, created_at, expires_at)
VALUES (`+strings.Replace(columns, "$1", "$2", 1)+`, $1, 'a note', 'operator', $2, $3)`, code, start, start.Add(time.Hour))
			if err != nil {
				return err
			}
		}
		_, err := tx.Exec(t.Context(), `UPDATE users SET invite_code = 'K7QXM-2VABD-RT5WE-HN4PZ' WHERE id = $1`, user.ID.String())
		return err
	})
	return user
}

// TestMigrateInvites: the upgrade keeps all about an invite but its code, which goes on
// to open the door.
func TestMigrateInvites(t *testing.T) {
	testdb.EachEmpty(t, func(t *testing.T, databaseURL string) {
		r, _ := migrated(t, databaseURL)
		user := addCodesOfBefore(t, r)
		keys, err := identity.ParseKeyring(inviteSecrets)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := r.MigrateWith(t.Context(), func() (*identity.Keyring, error) { return keys, nil }); err != nil {
			t.Fatal(err)
		}
		for code, want := range map[string]error{
			"K7QXM-2VABD-RT5WE-HN4PZ": nil, "AAAAA-BBBBB-CCCCC-DDDDD": repo.ErrInviteUsed, "ZZZZZ-YYYYY-XXXXX-WWWWW": repo.ErrInviteRevoked,
		} {
			digest := keys.Digest(identity.PurposeInviteCode, code)
			invite, err := r.Invite(t.Context(), digest.Sum)
			if err != nil {
				t.Fatalf("%s: %v", code, err)
			}
			if invite.Masked != code[:5]+"…" || invite.SecretID != digest.KeyID || invite.Note != "a note" || invite.CreatedBy != repo.ActorOperator ||
				!invite.CreatedAt.Equal(start) || !invite.ExpiresAt.Equal(start.Add(time.Hour)) {
				t.Errorf("%s is %+v", code, invite)
			}
			if err := r.InTx(t.Context(), func(tx *repo.Tx) error { return tx.UseInvite(t.Context(), invite.ID) }); err != want {
				t.Errorf("a use of %s: %v, want %v", code, err, want)
			}
		}
		if stored, err := r.UserByID(t.Context(), user.ID); err != nil || stored.InviteCode == nil || *stored.InviteCode != "K7QXM…" {
			t.Errorf("the user came by %v, %v; want the mask", stored.InviteCode, err)
		}
		checkNoCodes(t, r, databaseURL)
	})
}

// checkNoCodes fails the test if a row has a code of before, or a byte of the file does.
func checkNoCodes(t *testing.T, r *repo.Repo, databaseURL string) {
	t.Helper()
	content := strings.Join(testdb.Dump(t, databaseURL), "\n")
	if path, isSQLite := strings.CutPrefix(databaseURL, repo.SQLitePrefix); isSQLite {
		if err := r.Close(); err != nil { // which moves everything into the one file
			t.Fatal(err)
		}
		file, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		content += string(file)
	}
	for code := range codesOfBefore {
		if strings.Contains(content, code) || strings.Contains(content, code[6:]) {
			t.Errorf("%s is in the database still", code)
		}
	}
}

// TestMigrateInvitesNeedsTheSecret: without it nothing changes, and no step asks for it
// if there are no invites.
func TestMigrateInvitesNeedsTheSecret(t *testing.T) {
	testdb.EachEmpty(t, func(t *testing.T, databaseURL string) {
		r, _ := migrated(t, databaseURL)
		addCodesOfBefore(t, r)
		missing := errors.New("ALTA_SECRET: is required")
		if _, err := r.Migrate(t.Context()); err == nil {
			t.Error("the codes were lost")
		}
		_, err := r.MigrateWith(t.Context(), func() (*identity.Keyring, error) { return nil, missing })
		if !errors.Is(err, missing) {
			t.Errorf("MigrateWith = %v, want the reason", err)
		}
		checkSchema(t, r, beforeDigests)
		if n := queryInt(t, r, `SELECT COUNT(*) FROM invite_codes WHERE code IS NOT NULL`); n != len(codesOfBefore) {
			t.Errorf("%d invites are left, want %d", n, len(codesOfBefore))
		}
		write(t, r, func(tx *repo.Tx) error { _, err := tx.Exec(t.Context(), `DELETE FROM invite_codes`); return err })
		if _, err := r.Migrate(t.Context()); err != nil {
			t.Errorf("without invites: %v", err)
		}
	})
}
