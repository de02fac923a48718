package command_test

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

// doctorReport is the result of each check of doctor.
type doctorReport map[string]struct{ verdict, detail string }

// doctor runs the checks.
func doctor(t *testing.T, env environment) (status int, found doctorReport) {
	t.Helper()
	r := run(t, env, "doctor")
	if r.stderr != "" {
		t.Errorf("doctor wrote to standard error: %s", r.stderr)
	}
	found = doctorReport{}
	for line := range strings.Lines(r.stdout) {
		fields := strings.Fields(line)
		if len(fields) < 3 {
			t.Fatalf("got the line %q, want verdict, check and detail", line)
		}
		found[fields[1]] = struct{ verdict, detail string }{fields[0], strings.Join(fields[2:], " ")}
	}
	return r.status, found
}

// expectDoctor fails the test unless the given check failed with the text and all
// other checks passed. If failed is empty, all checks have to pass.
func expectDoctor(t *testing.T, env environment, failed, says string, checks ...string) {
	t.Helper()
	status, found := doctor(t, env)
	if got := slices.Sorted(maps.Keys(found)); !slices.Equal(got, slices.Sorted(slices.Values(checks))) {
		t.Errorf("checked %v, want %v", got, checks)
	}
	for name, check := range found {
		want := "ok"
		if name == failed {
			want = "FAIL"
		}
		if check.verdict != want {
			t.Errorf("%s: got %s %s, want %s", name, check.verdict, check.detail, want)
		}
	}
	if detail := found[failed].detail; !strings.Contains(detail, says) {
		t.Errorf("%s: got %q, want it to say %q", failed, detail, says)
	}
	want := 0
	if failed != "" {
		want = 1
	}
	if status != want {
		t.Errorf("got status %d, want %d", status, want)
	}
}

var allChecks = []string{
	"secret", "disk", "mail", "limits", "sign-in", "database", "capacity", "migrations", "writes", "clock", "counts",
}

func TestDoctorPasses(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		env := storage(t, databaseURL)
		run(t, env, "migrate", "up").ok()
		expectDoctor(t, env, "", "", allChecks...)
		_, found := doctor(t, env)
		engine := "SQLite 3"
		if repo.IsPostgres(databaseURL) {
			engine = "PostgreSQL"
		}
		if detail := found["database"].detail; !strings.HasPrefix(detail, engine) || !strings.Contains(detail, "synchronous") {
			t.Errorf("database: got %q, want the engine and how durable it is", detail)
		}
		if detail := found["migrations"].detail; !strings.HasPrefix(detail, "all ") {
			t.Errorf("migrations: got %q, want all applied", detail)
		}
	})
}

// TestDoctorBeforeTheFirstStart: all checks pass, because the first start creates
// what is missing.
func TestDoctorBeforeTheFirstStart(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		env := emptyStorage(t, databaseURL)
		expectDoctor(t, env, "", "", allChecks...)
		_, found := doctor(t, env)
		if detail := found["migrations"].detail; !strings.Contains(detail, "pending") {
			t.Errorf("migrations: got %q, want them pending", detail)
		}
	})
	t.Run("nothing set", func(t *testing.T) {
		env := environment{"ALTA_DATA_DIR": filepath.Join(t.TempDir(), "data")}
		expectDoctor(t, env, "", "", allChecks...)
		_, found := doctor(t, env)
		if detail := found["secret"].detail; !strings.Contains(detail, "secret.key") {
			t.Errorf("secret: got %q, want the file that the first start creates", detail)
		}
	})
}

func TestDoctorReportsAReadableSecret(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	env := environment{"ALTA_DATA_DIR": dir}
	serve(t, env).stop()
	expectDoctor(t, env, "", "", allChecks...)
	for _, mode := range []os.FileMode{0o640, 0o604, 0o620} {
		if err := os.Chmod(filepath.Join(dir, "secret.key"), mode); err != nil {
			t.Fatal(err)
		}
		expectDoctor(t, env, "secret", "chmod 600", allChecks...)
	}
}

func TestDoctorReportsAnInvalidSecret(t *testing.T) {
	t.Parallel()
	env := storage(t, testdb.SQLite(t)).with("ALTA_SECRET", "hunter2canary")
	expectDoctor(t, env, "secret", "at least 32", allChecks...)
	if r := run(t, env, "doctor"); strings.Contains(r.stdout, "hunter2canary") {
		t.Errorf("the secret is shown:\n%s", r.stdout)
	}
	expectDoctor(t, environment{"ALTA_DATA_DIR": t.TempDir(), "ALTA_DATABASE_URL": testdb.Postgres(t)}, "secret", "required with PostgreSQL", allChecks...)
}

func TestDoctorReportsAnUnreachableDatabase(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, databaseURL string }{
		{"sqlite", "sqlite:" + filepath.Join(t.TempDir(), "none", "alta.db")},
		{"postgres", "postgres://alta:hunter2canary@127.0.0.1:1/alta?sslmode=disable"},
		{"unknown scheme", "mysql://alta:hunter2canary@127.0.0.1/alta"},
		{"malformed", "postgres://alta:hunter2canary@127.0.0.1:port/alta"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r := run(t, emptyStorage(t, test.databaseURL), "doctor").fails()
			if !strings.Contains(r.stdout, "FAIL  database    ALTA_DATABASE_URL: ") || strings.Count(r.stdout, "FAIL") != 1 {
				t.Errorf("want the database to fail and nothing else:\n%s", r.stdout)
			}
			if strings.Contains(r.stdout, "hunter2canary") {
				t.Errorf("the password is shown:\n%s", r.stdout)
			}
		})
	}
}

func TestDoctorReportsANewerSchema(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		env := storage(t, databaseURL)
		run(t, env, "migrate", "up").ok()
		execute(t, databaseURL, `INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, TRUE)`)
		expectDoctor(t, env, "migrations", "newer", allChecks...)
	})
}

// TestDoctorReportsAStorageThatTakesNoWrites: the database answers, and is full.
func TestDoctorReportsAStorageThatTakesNoWrites(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		env := storage(t, databaseURL)
		run(t, env, "migrate", "up").ok()
		says := "no space"
		if repo.IsPostgres(databaseURL) {
			says = "full, read-only, or a standby"
			execute(t, databaseURL, `CREATE FUNCTION fill() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no space' USING ERRCODE = '53100'; END $$`)
			execute(t, databaseURL, `CREATE TRIGGER full_disk BEFORE INSERT ON storage_probe FOR EACH ROW EXECUTE FUNCTION fill()`)
		} else {
			execute(t, databaseURL, `CREATE TRIGGER full_disk BEFORE INSERT ON storage_probe BEGIN SELECT RAISE(ABORT, 'no space'); END`)
		}
		expectDoctor(t, env, "writes", says, allChecks...)
	})
}

// TestDoctorReportsAClockThatWasSetBack uses a database with an event an hour in
// the future.
func TestDoctorReportsAClockThatWasSetBack(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		env := storage(t, databaseURL)
		r := openRepo(t, databaseURL, func() time.Time { return time.Now().Add(time.Hour) })
		err := r.InTx(t.Context(), func(tx *repo.Tx) error {
			return tx.Audit(t.Context(), repo.AuditEvent{Kind: repo.AuditLogin, Actor: repo.ActorAnonymous})
		})
		if err != nil {
			t.Fatal(err)
		}
		expectDoctor(t, env, "clock", "behind the newest audit event", allChecks...)
	})
}

// TestDoctorNamesRefillsThatAClockPutOff: the plan's month began when a clock was a
// year ahead.
func TestDoctorNamesRefillsThatAClockPutOff(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		env := storage(t, databaseURL)
		ada := addUsers(t, openRepo(t, databaseURL, time.Now), "ada@example.com")[0]
		run(t, env, "user", "plan", "ada@example.com", "free").ok()
		far, r := time.Now().AddDate(1, 0, 0), openRepo(t, databaseURL, time.Now)
		err := r.InTx(t.Context(), func(tx *repo.Tx) error {
			return tx.SetLedgers(t.Context(), []repo.Ledger{{UserID: ada.ID, Balance: 2000, RefillAt: &far, CycleQuota: 2000}})
		})
		if err != nil {
			t.Fatal(err)
		}
		expectDoctor(t, env, "clock", "further away than a month, until a server runs: "+ada.ID.String(), allChecks...)
	})
}

func TestDoctorReportsADataDirThatIsAFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "file")
	writeFile(t, path, "")
	env := storage(t, testdb.SQLite(t)).with("ALTA_DATA_DIR", path)
	r := run(t, env, "doctor").fails()
	if !strings.Contains(r.stdout, "FAIL  disk        ALTA_DATA_DIR: ") {
		t.Errorf("want the disk to fail:\n%s", r.stdout)
	}
}

// TestDoctorWarnsOfConnections: too few connections are no failure, because a server runs
// with them until it needs them all.
func TestDoctorWarnsOfConnections(t *testing.T) {
	t.Parallel()
	env := storage(t, testdb.Postgres(t))
	run(t, env, "migrate", "up").ok()
	if _, found := doctor(t, env); found["capacity"].verdict != "ok" || !strings.HasPrefix(found["capacity"].detail, "up to 24 for each process") {
		t.Errorf("got %v", found["capacity"])
	}
	env["ALTA_DATABASE_CONNS"] = "1000"
	status, found := doctor(t, env)
	if got := found["capacity"]; status != 0 || got.verdict != "WARN" || !strings.Contains(got.detail, "raise max_connections") {
		t.Errorf("got status %d, %v", status, got)
	}
}

// TestServeWarnsOfConnections: a start says so, too.
func TestServeWarnsOfConnections(t *testing.T) {
	t.Parallel()
	const warning = "the database may run out of connections"
	env := storage(t, testdb.Postgres(t))
	if log := serve(t, env).stderr.String(); strings.Contains(log, warning) {
		t.Errorf("24 connections each are too many: %s", log)
	}
	env["ALTA_DATABASE_CONNS"] = "1000"
	if log := serve(t, env).stderr.String(); !strings.Contains(log, warning) || !strings.Contains(log, `"processes":2`) {
		t.Errorf("no warning: %s", log)
	}
}

// TestDoctorNamesMiscountedUsers: the number of transactions that is kept of a user is not
// that of the rows.
func TestDoctorNamesMiscountedUsers(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		env := storage(t, databaseURL)
		ada := addUsers(t, openRepo(t, databaseURL, time.Now), "ada@example.com", "bob@example.com")[0]
		execute(t, databaseURL, `UPDATE users SET kept_transactions = 1 WHERE id = '`+ada.ID.String()+`'`)
		expectDoctor(t, env, "counts", "of these users is wrong: "+ada.ID.String(), allChecks...)
	})
}
