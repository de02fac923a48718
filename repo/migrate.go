package repo

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"log/slog"
	"time"

	"github.com/pressly/goose/v3"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migration is one step of the schema.
type Migration struct {
	Version   int64
	Name      string
	AppliedAt time.Time // zero: pending
}

// Migrate brings the schema up to date and returns what it applied. Several
// processes may call it at once: one migrates and the others wait.
func (r *Repo) Migrate(ctx context.Context) ([]Migration, error) {
	unlock, err := r.engine.lock(ctx)
	if err != nil {
		return nil, err
	}
	defer unlock()
	provider, err := r.provider()
	if err != nil {
		return nil, err
	}
	results, err := provider.Up(ctx)
	if err != nil {
		return nil, fmt.Errorf("migrate: %w", err)
	}
	applied := make([]Migration, len(results))
	for i, result := range results {
		applied[i] = Migration{result.Source.Version, result.Source.Path, r.now()}
	}
	return applied, nil
}

// Migrations returns every step of the schema in order, applied or not.
func (r *Repo) Migrations(ctx context.Context) ([]Migration, error) {
	provider, err := r.provider()
	if err != nil {
		return nil, err
	}
	statuses, err := provider.Status(ctx)
	if err != nil {
		return nil, fmt.Errorf("migration status: %w", err)
	}
	list := make([]Migration, len(statuses))
	for i, status := range statuses {
		list[i] = Migration{status.Source.Version, status.Source.Path, status.AppliedAt}
	}
	return list, nil
}

// SchemaVersion returns the version of the newest migration that was applied
// to the database, by this binary or another; 0 for an empty one.
func (r *Repo) SchemaVersion(ctx context.Context) (int64, error) {
	provider, err := r.provider()
	if err != nil {
		return 0, err
	}
	version, err := provider.GetDBVersion(ctx)
	if err != nil {
		return 0, fmt.Errorf("schema version: %w", err)
	}
	return version, nil
}

func (r *Repo) provider() (*goose.Provider, error) {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, err
	}
	dialect, options, err := r.engine.goose()
	if err != nil {
		return nil, err
	}
	options = append(options, goose.WithSlog(slog.New(slog.DiscardHandler)))
	return goose.NewProvider(dialect, r.writer.DB, files, options...)
}
