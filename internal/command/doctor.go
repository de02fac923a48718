package command

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"example.com/alta/internal/mail"
	"example.com/alta/internal/meter"
	"example.com/alta/internal/openid"
	"example.com/alta/repo"
)

type doctorCommand struct {
	StorageFlags `embed:""`
	MailFlags    `embed:""`
	OIDCFlags    `embed:""`
	RedisURL     string `help:"Redis for shared rate limits." placeholder:"URL"`
}

// Thresholds of doctor.
const (
	maxNamed         = 10                     // users in one line
	maxDatabaseDelay = 250 * time.Millisecond // round trip of a query
	minDiskBytes     = 1 << 30                // free space for the data directory
	countTimeout     = 10 * time.Second       // for counting all transactions
)

// warning is the error of a check that the operator should know about, while a server
// runs nevertheless.
type warning string

func (w warning) Error() string { return string(w) }

// Run makes every check and prints a line for each. It fails if a check fails.
func (c *doctorCommand) Run(ctx context.Context, env *Environment) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	failed := false
	report := func(name, detail string, err error) {
		verdict := "ok  "
		if _, warns := errors.AsType[warning](err); warns {
			verdict, detail = "WARN", err.Error()
		} else if err != nil {
			verdict, failed = "FAIL", true
			detail = strings.ReplaceAll(err.Error(), "\n", ": ") // joined errors have a line each
		}
		fmt.Fprintf(env.Stdout, "%s  %-10s  %s\n", verdict, name, detail)
	}
	for _, check := range []struct {
		name string
		run  func(context.Context) (detail string, err error)
	}{
		{"secret", c.checkSecret}, {"disk", c.checkDisk}, {"mail", c.checkMail}, {"limits", c.checkRedis}, {"sign-in", c.checkSignIn},
	} {
		detail, err := check.run(ctx)
		report(check.name, detail, err)
	}
	c.checkStorage(ctx, report)
	if failed {
		return errSilent
	}
	return nil
}

// checkStorage makes the checks that need a connection to the database.
func (c *doctorCommand) checkStorage(ctx context.Context, report func(name, detail string, err error)) {
	r, err := c.open(ctx)
	if err != nil {
		report("database", "", err)
		return
	}
	defer r.Close()
	for _, check := range []struct {
		name string
		run  func(context.Context, *repo.Repo) (detail string, err error)
	}{
		{"database", checkDatabase}, {"capacity", checkConns}, {"migrations", checkMigrations}, {"writes", checkWrites}, {"clock", checkClock},
		{"counts", checkCounts},
	} {
		detail, err := check.run(ctx, r)
		report(check.name, detail, err)
	}
}

func (c *doctorCommand) checkSecret(context.Context) (string, error) {
	path := c.secretPath()
	if c.Secret == "" && !repo.IsPostgres(c.databaseURL()) {
		info, err := os.Stat(path)
		if errors.Is(err, os.ErrNotExist) {
			return "none yet: the first start makes " + path, nil
		}
		if err == nil && info.Mode().Perm()&0o077 != 0 {
			return "", fmt.Errorf("%s can be read by others (mode %04o); run: chmod 600 %s", path, info.Mode().Perm(), path)
		}
	}
	if _, err := c.keyring(); err != nil {
		return "", err
	}
	if c.Secret == "" {
		return path + ", 0600", nil
	}
	return "from ALTA_SECRET", nil
}

// checkMail connects to the mail server and authenticates. It sends no mail.
func (c *doctorCommand) checkMail(ctx context.Context) (string, error) {
	var wrong problems
	settings := c.MailFlags.parse(wrong.check)
	if err := wrong.err(); err != nil {
		return "", err
	}
	if settings.server == nil {
		return "no ALTA_SMTP_URL: emails are kept in " + filepath.Join(c.DataDir, "mail"), nil
	}
	return mail.NewSMTP(*settings.server, settings.from, settings.timeout).Probe(ctx)
}

func (c *doctorCommand) checkRedis(ctx context.Context) (string, error) {
	if c.RedisURL == "" {
		return "no ALTA_REDIS_URL: each server has its own rate limits", nil
	}
	options, err := meter.ParseRedisURL(c.RedisURL)
	if err != nil {
		return "", fmt.Errorf("ALTA_REDIS_URL: %w", err)
	}
	shared := meter.NewShared(options, meter.NewLimiter(time.Now), slog.New(slog.DiscardHandler), func(bool) {})
	defer shared.Close()
	if err := shared.Ping(ctx); err != nil {
		return "", err
	}
	return "Redis answers", nil
}

// checkSignIn reads the issuer's description of itself. It cannot check whether
// the issuer knows the client: that takes a person who signs in.
func (c *doctorCommand) checkSignIn(ctx context.Context) (string, error) {
	var wrong problems
	config := c.OIDCFlags.parse(wrong.check)
	if err := wrong.err(); err != nil {
		return "", err
	}
	if config == nil {
		return "no ALTA_OIDC_CLIENT_ID: sign-in by Google is off", nil
	}
	if err := openid.New(*config).Probe(ctx); err != nil {
		return "", err
	}
	return config.Issuer + " answers", nil
}

func (c *doctorCommand) checkDisk(context.Context) (string, error) {
	if repo.IsPostgres(c.databaseURL()) {
		return "with PostgreSQL, the data directory is not used", nil
	}
	if err := os.MkdirAll(c.DataDir, 0o700); err != nil {
		return "", fmt.Errorf("ALTA_DATA_DIR: %w", err)
	}
	probe, err := os.CreateTemp(c.DataDir, ".doctor-*")
	if err != nil {
		return "", fmt.Errorf("ALTA_DATA_DIR: not writable: %w", err)
	}
	defer os.Remove(probe.Name())
	if err := probe.Close(); err != nil {
		return "", err
	}
	free, known := freeBytes(c.DataDir)
	if !known {
		return c.DataDir + " is writable", nil
	}
	detail := fmt.Sprintf("%s is writable, %.1f GiB free", c.DataDir, float64(free)/(1<<30))
	if free < minDiskBytes {
		return "", fmt.Errorf("%s (at least %d GiB wanted)", detail, minDiskBytes>>30)
	}
	return detail, nil
}

func checkDatabase(ctx context.Context, r *repo.Repo) (string, error) {
	detail, err := r.Describe(ctx)
	if err != nil {
		return "", err
	}
	start := time.Now()
	if err := r.Ping(ctx); err != nil {
		return "", err
	}
	delay := time.Since(start)
	detail = fmt.Sprintf("%s, answers in %s", detail, delay.Round(10*time.Microsecond))
	if delay > maxDatabaseDelay {
		return "", fmt.Errorf("%s (at most %s wanted)", detail, maxDatabaseDelay)
	}
	return detail, nil
}

// checkMigrations accepts pending migrations, because a server applies them when
// it starts. It fails if a newer binary has made the schema.
func checkMigrations(ctx context.Context, r *repo.Repo) (string, error) {
	migrations, err := r.Migrations(ctx)
	if err != nil {
		return "", err
	}
	version, err := r.SchemaVersion(ctx)
	if err != nil {
		return "", err
	}
	if newest := migrations[len(migrations)-1].Version; version > newest {
		return "", fmt.Errorf("the schema has version %d, made by a newer alta than this one (%d)", version, newest)
	}
	pending, err := countPending(ctx, r)
	if err != nil {
		return "", err
	}
	if pending > 0 {
		return fmt.Sprintf("%d of %d are pending: the next start applies them", pending, len(migrations)), nil
	}
	return fmt.Sprintf("all %d applied", len(migrations)), nil
}
