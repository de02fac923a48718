package command_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/alta/internal/command"
	"example.com/alta/internal/testdb"
	"example.com/alta/internal/testkit"
	"example.com/alta/repo"
)

// testTimeout bounds calls that could otherwise hang a test for ever.
const testTimeout = time.Minute

const contractText = "openapi: 3.0.3\n# as it is written\n"

func TestMain(m *testing.M) {
	// Settings of the developer's shell must not reach the tests.
	for _, entry := range os.Environ() {
		name, _, _ := strings.Cut(entry, "=")
		if strings.HasPrefix(name, "ALTA_") && !strings.HasPrefix(name, "ALTA_TEST_") {
			os.Unsetenv(name)
		}
	}
	os.Exit(m.Run())
}

// environment has the environment variables of a command.
type environment map[string]string

// secretText is a valid ALTA_SECRET.
var secretText = strings.Repeat("test secret ", 4)

// storage returns the environment of commands that use the database. The schema
// of a SQLite database is up to date: migrations take longer than most commands.
func storage(t *testing.T, databaseURL string) environment {
	t.Helper()
	testdb.Migrated(t, databaseURL)
	return emptyStorage(t, databaseURL)
}

// emptyStorage returns the environment of commands that use an empty database.
func emptyStorage(t *testing.T, databaseURL string) environment {
	t.Helper()
	return environment{"ALTA_DATA_DIR": t.TempDir(), "ALTA_DATABASE_URL": databaseURL, "ALTA_SECRET": secretText}
}

// with returns a copy of the environment with one more variable.
func (e environment) with(name, value string) environment {
	copied := environment{name: value}
	for n, v := range e {
		if n != name {
			copied[n] = v
		}
	}
	return copied
}

func (e environment) get(name string) string { return e[name] }

// result is the exit status and the output of a command.
type result struct {
	t              *testing.T
	status         int
	stdout, stderr string
}

// run runs a command that ends by itself.
func run(t *testing.T, env environment, args ...string) result {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), testTimeout)
	defer cancel()
	return runContext(ctx, t, env, args...)
}

func runContext(ctx context.Context, t *testing.T, env environment, args ...string) result {
	t.Helper()
	var stdout, stderr bytes.Buffer
	status := command.Run(ctx, args, command.Environment{
		Stdout: &stdout, Stderr: &stderr, Getenv: env.get, Contract: []byte(contractText),
	})
	return result{t: t, status: status, stdout: stdout.String(), stderr: stderr.String()}
}

// ok fails the test if the command failed.
func (r result) ok() result {
	r.t.Helper()
	if r.status != 0 || r.stderr != "" {
		r.t.Fatalf("got status %d, want 0\nstdout: %s\nstderr: %s", r.status, r.stdout, r.stderr)
	}
	return r
}

// fails fails the test unless the command failed with each of the texts on
// standard error.
func (r result) fails(texts ...string) result {
	r.t.Helper()
	if r.status != 1 {
		r.t.Fatalf("got status %d, want 1\nstdout: %s\nstderr: %s", r.status, r.stdout, r.stderr)
	}
	for _, text := range texts {
		if !strings.Contains(r.stderr, text) {
			r.t.Errorf("standard error lacks %q:\n%s", text, r.stderr)
		}
	}
	return r
}

// testServer is a server in the test's process.
type testServer struct {
	url            string
	ended          chan int // receives the exit status
	stop           func() (status int)
	stdout, stderr *testkit.Buffer
}

// serve starts a server and waits until it listens.
func serve(t *testing.T, env environment, args ...string) *testServer {
	t.Helper()
	s := launch(t, env, args...)
	s.await(t)
	return s
}

// launch starts a server. It is stopped at the end of the test at the latest.
func launch(t *testing.T, env environment, args ...string) *testServer {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	s := &testServer{ended: make(chan int, 1), stdout: &testkit.Buffer{}, stderr: &testkit.Buffer{}}
	go func() {
		s.ended <- command.Run(ctx, append([]string{"serve", "--listen", "127.0.0.1:0", "--bcrypt-cost", "10", "--log", "json"}, args...),
			command.Environment{Stdout: s.stdout, Stderr: s.stderr, Getenv: env.get, Contract: []byte(contractText)})
	}()
	s.stop = sync.OnceValue(func() int {
		cancel()
		select {
		case status := <-s.ended:
			return status
		case <-time.After(testTimeout):
			t.Error("the server does not stop")
			return -1
		}
	})
	t.Cleanup(func() { s.stop() })
	return s
}

// await waits until the server listens.
func (s *testServer) await(t *testing.T) {
	t.Helper()
	for deadline := time.Now().Add(testTimeout); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		if s.url = listening(s.stderr.String()); s.url != "" {
			return
		}
		select {
		case status := <-s.ended:
			s.ended <- status
			t.Fatalf("the server ended with status %d: %s", status, s.stderr)
		default:
		}
	}
	t.Fatalf("the server does not listen: %s", s.stderr)
}

// listening returns the server's URL if the log has it, or "".
func listening(log string) string {
	for line := range strings.Lines(log) {
		var entry struct{ Msg, Address string }
		if json.Unmarshal([]byte(line), &entry) == nil && entry.Msg == "listening" {
			return "http://" + entry.Address
		}
	}
	return ""
}

// call makes a request and returns the status and the body of the response.
func (s *testServer) call(t *testing.T, method, path, body, token string) (int, string) {
	t.Helper()
	request, err := http.NewRequest(method, s.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(text)
}

// openRepo opens a test's database and brings its schema up to date.
func openRepo(t *testing.T, databaseURL string, now func() time.Time) *repo.Repo {
	t.Helper()
	r, err := repo.Open(t.Context(), databaseURL, now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	if _, err := r.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return r
}

// execute runs an SQL statement.
func execute(t *testing.T, databaseURL, statement string) {
	t.Helper()
	db := testdb.Connect(t, databaseURL)
	if _, err := db.ExecContext(t.Context(), statement); err != nil {
		t.Fatal(err)
	}
}

// addUsers adds users with the addresses to the database.
func addUsers(t *testing.T, r *repo.Repo, emails ...string) []repo.User {
	t.Helper()
	var users []repo.User
	err := r.InTx(t.Context(), func(tx *repo.Tx) error {
		users = nil
		for _, email := range emails {
			user, err := tx.CreateUser(t.Context(), repo.NewUser{Email: email, PasswordHash: "x", Door: repo.DoorApp, Currency: "ARS"})
			if err != nil {
				return err
			}
			users = append(users, user)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return users
}

// serveRefused runs a server that should not start. A server that does start stops
// at once, because its context has ended.
func serveRefused(t *testing.T, env environment, args ...string) result {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	return runContext(ctx, t, env, append([]string{"serve"}, args...)...)
}

func writeFile(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
