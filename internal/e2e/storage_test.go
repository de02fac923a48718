package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"example.com/alta/internal/testdb"
	"example.com/alta/internal/testkit"
)

const storageText = `{"statusCode":503,"message":"The storage cannot take writes at the moment. Try again shortly.","error":"Service Unavailable"}`

// checkStorage fails the test unless the answer says that the storage fails.
func checkStorage(t *testing.T, a answer) {
	t.Helper()
	if strings.TrimSpace(a.body) != storageText || a.header.Get("Retry-After") == "" {
		t.Errorf("got %s %v, want %s and Retry-After", a.body, a.header, storageText)
	}
}

// awaitReady waits until readiness has the status.
func (s *server) awaitReady(t *testing.T, want int) (last answer) {
	t.Helper()
	eventually(t, fmt.Sprintf("readiness is %d", want), func() (err error) {
		if last, err = s.try(t.Context(), "GET", "/readyz", ""); err == nil && last.status != want {
			err = fmt.Errorf("got %d", last.status)
		}
		return err
	})
	return last
}

// countLogged returns how many entries of the log have the message.
func (s *server) countLogged(message string) int {
	return strings.Count(s.log.String(), fmt.Sprintf(`"msg":%q`, message))
}

const (
	logNoWrites = "the storage takes no writes: calls that write are answered with 503"
	logWrites   = "the storage takes writes again"
)

// checkChange fails the test unless the log has the beginning and the end of one
// failure of the storage.
func (s *server) checkChange(t *testing.T) {
	t.Helper()
	s.awaitLog(t, logWrites)
	if began, ended := s.countLogged(logNoWrites), s.countLogged(logWrites); began != 1 || ended != 1 {
		t.Errorf("the log says %d times that the storage takes no writes, and %d times that it does again", began, ended)
	}
}

// TestFullDisk: on a disk that fills up, writes are answered 503 and readiness is off,
// reads go on, and all works again when there is space. What was answered 201 stays.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	disk := testkit.NewDisk(t, 16<<20)
	databaseURL := "sqlite:" + filepath.Join(disk.Dir, "alta.db")
	s := start(t, databaseURL)
	token := s.register(t, "john.doe@example.com")
	empty := disk.Fill()
	made := map[string]bool{}
	var refused answer
	for n := 0; refused.status == 0; n++ { // the log may have room left
		name := fmt.Sprintf("Category %d %s", n, strings.Repeat("x", 20))
		a, err := s.try(t.Context(), "POST", "/api/categories", fmt.Sprintf(`{"name":%q,"type":"EXPENSE","icon":"book"}`, name), bearer(token))
		switch {
		case err != nil || a.status != 201 && a.status != 503 || n > 2000:
			t.Fatalf("category %d: %d %s %v", n, a.status, a.body, err)
		case a.status == 201:
			made[name] = true
		default:
			refused = a
		}
	}
	checkStorage(t, refused)
	checkStorage(t, s.awaitReady(t, 503))
	if a := s.call(t, 200, "GET", "/api/v1/status", ""); !strings.Contains(a.body, `"overall":"partial_outage"`) {
		t.Errorf("status: %s", a.body)
	}
	s.call(t, 200, "GET", "/api/accounts", "", bearer(token))
	s.call(t, 200, "GET", "/healthz", "")

	empty()
	s.awaitReady(t, 200)
	s.checkChange(t)
	s.call(t, 201, "POST", "/api/categories", `{"name":"Afterwards","type":"EXPENSE","icon":"book"}`, bearer(token))
	s.kill()
	s = start(t, databaseURL)
	list := s.call(t, 200, "GET", "/api/categories", "", bearer(token))
	for name := range made {
		if !strings.Contains(list.body, name) {
			t.Errorf("%q is lost", name)
		}
	}
}

// TestFileMovedUnderServer: a database that is renamed under the running server takes
// no calls, doctor and the log say why, and it works again when it is back. Nothing
// that was answered with success is lost.
func TestFileMovedUnderServer(t *testing.T) {
	t.Parallel()
	databaseURL := testdb.SQLite(t)
	path := strings.TrimPrefix(databaseURL, "sqlite:")
	s := start(t, databaseURL)
	token := s.register(t, "john.doe@example.com")
	if err := os.Rename(path, path+".moved"); err != nil {
		t.Fatal(err)
	}
	checkStorage(t, s.call(t, 503, "POST", "/api/auth/register", registration("ann@example.com", password)))
	checkStorage(t, s.awaitReady(t, 503))
	checkStorage(t, s.call(t, 503, "GET", "/api/accounts", "", bearer(token)))
	s.awaitLog(t, logNoWrites)
	if entry, _ := s.logged(logNoWrites); !strings.Contains(fmt.Sprint(entry["error"]), "not at its path") {
		t.Errorf("the log says %v", entry)
	}
	if says := failing(t, databaseURL, "doctor"); !strings.Contains(says, "put it back") {
		t.Errorf("doctor says %s", says)
	}
	if err := os.Rename(path+".moved", path); err != nil { // doctor has made no other file there
		t.Fatal(err)
	}
	s.awaitReady(t, 200)
	s.checkChange(t)
	s.checkSession(t, "john.doe@example.com", token)
	s.register(t, "ann@example.com")
	s.kill()
	s = start(t, databaseURL)
	s.call(t, 200, "POST", "/api/auth/login", credentials("ann@example.com", password))
}

// TestFileReplacedUnderServer: a backup that is put in place of the database under the
// running server is not taken for it. After a restart, it is.
func TestFileReplacedUnderServer(t *testing.T) {
	t.Parallel()
	databaseURL, backupURL := testdb.SQLite(t), testdb.SQLite(t)
	path := strings.TrimPrefix(databaseURL, "sqlite:")
	s := start(t, databaseURL)
	token := s.register(t, "john.doe@example.com")
	testdb.Migrated(t, backupURL)
	if err := os.Rename(strings.TrimPrefix(backupURL, "sqlite:"), path); err != nil {
		t.Fatal(err)
	}
	checkStorage(t, s.awaitReady(t, 503))
	checkStorage(t, s.call(t, 503, "GET", "/api/accounts", "", bearer(token)))
	checkStorage(t, s.call(t, 503, "POST", "/api/auth/register", registration("ann@example.com", password)))
	if says := failing(t, databaseURL, "doctor"); !strings.Contains(says, "restart the server") {
		t.Errorf("doctor says %s", says)
	}
	s.kill()
	for _, suffix := range []string{"-wal", "-shm"} { // as the documentation of a restore says
		if err := os.Remove(path + suffix); err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
	}
	s = start(t, databaseURL)
	s.call(t, 401, "POST", "/api/auth/login", credentials("john.doe@example.com", password))
	s.register(t, "ann@example.com")
}

// failing runs a command that must end with status 1, and returns what it prints.
func failing(t *testing.T, databaseURL string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), binary, args...)
	cmd.Env = environ(t, databaseURL)
	out, err := cmd.CombinedOutput()
	if cmd.ProcessState.ExitCode() != 1 {
		t.Errorf("alta %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}
