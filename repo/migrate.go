package repo

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"time"

	"github.com/pressly/goose/v3"

	"example.com/alta/repo/migrations"
)

//go:embed migrations/*.sql
var migrationFiles embed.FS

// Migration is one step of the schema.
type Migration struct {
	Version   int64
	Name      string
	AppliedAt time.Time // zero: pending
}

// Migrate brings the schema up to date and returns the steps that it applied.
// Several processes may call it at once: one migrates while the others wait. It fails
// if a step needs the operator's secret: MigrateWith has it.
func (r *Repo) Migrate(ctx context.Context) ([]Migration, error) { return r.MigrateWith(ctx, nil) }

// MigrateWith does as Migrate. It calls keyring, which may be nil, only if there are
// rows whose conversion takes the operator's secret, and fails with keyring's error.
func (r *Repo) MigrateWith(ctx context.Context, keyring migrations.Keyring) ([]Migration, error) {
	unlock, err := r.engine.lock(ctx)
	if err != nil {
		return nil, err
	}
	defer unlock()
	m, err := r.engine.migrator(r.writer, keyring)
	if err != nil {
		return nil, err
	}
	defer m.close()
	results, err := m.Up(ctx)
	if err != nil {
		return nil, fmt.Errorf("migrate: %w", r.markUnavailable(err))
	}
	applied := make([]Migration, len(results))
	for i, result := range results {
		applied[i] = Migration{Version: result.Source.Version, Name: result.Source.Path, AppliedAt: r.now()}
	}
	return applied, nil
}

// Migrations returns all steps of the schema in order, applied or not.
func (r *Repo) Migrations(ctx context.Context) ([]Migration, error) {
	m, err := r.engine.migrator(r.writer, nil)
	if err != nil {
		return nil, err
	}
	defer m.close()
	statuses, err := m.Status(ctx)
	if err != nil {
		return nil, fmt.Errorf("migration status: %w", r.markUnavailable(err))
	}
	list := make([]Migration, len(statuses))
	for i, status := range statuses {
		list[i] = Migration{Version: status.Source.Version, Name: status.Source.Path, AppliedAt: status.AppliedAt}
	}
	return list, nil
}

// SchemaVersion returns the version of the newest migration that this or
// another binary has applied to the database, or 0 if it is empty.
func (r *Repo) SchemaVersion(ctx context.Context) (int64, error) {
	m, err := r.engine.migrator(r.writer, nil)
	if err != nil {
		return 0, err
	}
	defer m.close()
	version, err := m.GetDBVersion(ctx)
	if err != nil {
		return 0, fmt.Errorf("schema version: %w", r.markUnavailable(err))
	}
	return version, nil
}

// migrator runs migrations. It must be closed.
type migrator struct {
	*goose.Provider
	close func() error
}

func newMigrator(dialect goose.Dialect, db *sql.DB, keyring migrations.Keyring, close func() error, options ...goose.ProviderOption) (migrator, error) {
	files, err := fs.Sub(migrationFiles, "migrations")
	if err != nil {
		return migrator{}, errors.Join(err, close())
	}
	options = append(options, goose.WithSlog(slog.New(slog.DiscardHandler)), goose.WithGoMigrations(
		migrations.OneMailbox(), migrations.Days(), migrations.MinorUnits(), migrations.SearchText(), migrations.InviteDigests(keyring),
	))
	provider, err := goose.NewProvider(dialect, db, files, options...)
	if err != nil {
		return migrator{}, errors.Join(err, close())
	}
	return migrator{provider, close}, nil
}
