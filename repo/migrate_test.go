package repo_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

var steps = []repo.Migration{
	{Version: 1, Name: "00001_identity.sql"},
	{Version: 2, Name: "00002_workspace.sql"},
	{Version: 3, Name: "00003_api_door.sql"},
	{Version: 4, Name: "00004_ledger.sql"},
	{Version: 5, Name: "00005_finance.sql"},
	{Version: 6, Name: "00006_sign_in.sql"},
	{Version: 7, Name: "00007_erasure.sql"},
	{Version: 8, Name: "00008_one_mailbox.go"},
	{Version: 9, Name: "00009_key_ends.sql"},
	{Version: 10, Name: "00010_used_tokens.sql"},
	{Version: 11, Name: "00011_device_marks.sql"},
	{Version: 12, Name: "00012_days.go"},
	{Version: 14, Name: "00014_minor_units.go"},
	{Version: 15, Name: "00015_allow_negative.sql"},
	{Version: 16, Name: "00016_search_text.go"},
	{Version: 20, Name: "00020_cycle_quota.sql"},
	{Version: 21, Name: "00021_issuers.sql"},
	{Version: 22, Name: "00022_mail_counts.sql"},
	{Version: 23, Name: "00023_bounds.sql"},
	{Version: 24, Name: "00024_fair_share.sql"},
	{Version: 25, Name: "00025_storage_probe.sql"},
	{Version: 26, Name: "00026_told.sql"},
	{Version: 27, Name: "00027_invite_digests.go"},
}

// newest is the version of an up-to-date schema.
var newest = steps[len(steps)-1].Version

var ignoreAppliedAt = cmpopts.IgnoreFields(repo.Migration{}, "AppliedAt")

func TestMigrate(t *testing.T) {
	testdb.EachEmpty(t, func(t *testing.T, databaseURL string) {
		ctx := t.Context()
		r := open(t, databaseURL, time.Now)
		checkSchema(t, r, 0)

		applied, err := r.Migrate(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(steps, applied, ignoreAppliedAt); diff != "" {
			t.Errorf("first Migrate (-want +got):\n%s", diff)
		}
		checkSchema(t, r, newest)

		user := createUser(t, r, "ada@example.com")
		applied, err = r.Migrate(ctx)
		if err != nil || len(applied) != 0 {
			t.Errorf("second Migrate = %v, %v; want nothing to do", applied, err)
		}
		checkSchema(t, r, newest)
		if _, err := r.UserByID(ctx, user.ID); err != nil {
			t.Errorf("a user after the second Migrate: %v", err)
		}
	})
}

// TestMigrateDownAndUp: each migration can be reverted, and can be applied
// again after that.
func TestMigrateDownAndUp(t *testing.T) {
	testdb.EachEmpty(t, func(t *testing.T, databaseURL string) {
		r, _ := migrated(t, databaseURL)
		createUser(t, r, "ada@example.com")
		for i := len(steps) - 1; i >= 0; i-- {
			version := int64(0)
			if i > 0 {
				version = steps[i-1].Version
			}
			if err := r.Down(t.Context()); err != nil {
				t.Fatalf("down to %d: %v", version, err)
			}
			checkSchema(t, r, version)
		}
		if _, err := r.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		checkSchema(t, r, newest)
		if got := countRows(t, r); got != (rows{}) {
			t.Errorf("after down and up there are %+v, want nothing", got)
		}
		createUser(t, r, "ada@example.com")
	})
}

// TestSchemaVersionOfAnother: a newer binary has migrated the database.
func TestSchemaVersionOfAnother(t *testing.T) {
	testdb.EachEmpty(t, func(t *testing.T, databaseURL string) {
		r, _ := migrated(t, databaseURL)
		write(t, r, func(tx *repo.Tx) error {
			_, err := tx.Exec(t.Context(), `INSERT INTO goose_db_version (version_id, is_applied) VALUES (99, TRUE)`)
			return err
		})
		if got, err := r.SchemaVersion(t.Context()); err != nil || got != 99 {
			t.Errorf("SchemaVersion = %d, %v; want 99", got, err)
		}
	})
}

// checkSchema checks that all steps up to version are applied and the others
// are pending.
func checkSchema(t *testing.T, r *repo.Repo, version int64) {
	t.Helper()
	if got, err := r.SchemaVersion(t.Context()); err != nil || got != version {
		t.Errorf("SchemaVersion = %d, %v; want %d", got, err, version)
	}
	list, err := r.Migrations(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(steps, list, ignoreAppliedAt); diff != "" {
		t.Errorf("Migrations (-want +got):\n%s", diff)
	}
	for _, m := range list {
		if applied := !m.AppliedAt.IsZero(); applied != (m.Version <= version) {
			t.Errorf("at version %d, %s was applied at %v", version, m.Name, m.AppliedAt)
		}
	}
}

// TestMigrateAtOnce lets several processes migrate one new database at once.
func TestMigrateAtOnce(t *testing.T) {
	testdb.EachEmpty(t, func(t *testing.T, databaseURL string) {
		errs := atOnce(4, func(int) error {
			if output, err := childProcess(t, "migrate", databaseURL).CombinedOutput(); err != nil {
				return fmt.Errorf("%w\n%s", err, output)
			}
			return nil
		})
		for _, err := range errs {
			if err != nil {
				t.Error(err)
			}
		}
		checkAppliedOnce(t, databaseURL)
	})
}

func checkAppliedOnce(t *testing.T, databaseURL string) {
	t.Helper()
	r := open(t, databaseURL, time.Now)
	checkSchema(t, r, newest)
	var got []int64
	if err := r.List(t.Context(), &got, `SELECT version_id FROM goose_db_version ORDER BY id`); err != nil {
		t.Fatal(err)
	}
	want := []int64{0}
	for _, step := range steps {
		want = append(want, step.Version)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("applied versions (-want +got):\n%s", diff)
	}
	createUser(t, r, "ada@example.com")
}

func migrateJob(databaseURL string) error {
	ctx := context.Background()
	r, err := repo.Open(ctx, databaseURL, time.Now)
	if err != nil {
		return err
	}
	defer r.Close()
	_, err = r.Migrate(ctx)
	return err
}
