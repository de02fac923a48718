// Package testredis provides tests with real, empty Redis databases.
package testredis

import (
	"context"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"example.com/alta/internal/testkit"
)

// variable names the environment variable with the URL of a Redis whose
// databases tests may all empty. scripts/with-services starts one.
const variable = "ALTA_TEST_REDIS_URL"

// URL returns the URL of an empty database. If there is no server, the test is
// skipped, or fails if CI is true.
func URL(t testing.TB) string {
	t.Helper()
	server := os.Getenv(variable)
	if server == "" {
		testkit.Missing(t, variable+" is not set: run `make test`, which starts a Redis")
	}
	u, err := url.Parse(server)
	if err != nil {
		t.Fatalf("%s is not a URL", variable)
	}
	query := u.Query()
	query.Set("db", strconv.FormatInt(next(t, server), 10))
	u.RawQuery = query.Encode()
	client := Connect(t, u.String())
	empty := func() {
		if err := client.FlushDB(context.Background()).Err(); err != nil {
			t.Errorf("emptying the database: %v", err)
		}
	}
	empty()
	t.Cleanup(empty)
	return u.String()
}

// Connect opens another connection to a test's database.
func Connect(t testing.TB, redisURL string) *redis.Client {
	t.Helper()
	options, err := redis.ParseURL(redisURL)
	if err != nil {
		t.Fatal(err)
	}
	client := redis.NewClient(options)
	t.Cleanup(func() { client.Close() })
	return client
}

// next returns the number of a database that no running test uses, provided
// that there are more databases than tests at a time. Database 0 counts them.
func next(t testing.TB, server string) int64 {
	t.Helper()
	ctx := context.Background()
	client := Connect(t, server)
	setting, err := client.ConfigGet(ctx, "databases").Result()
	if err != nil {
		t.Fatal(err)
	}
	databases, err := strconv.ParseInt(setting["databases"], 10, 64)
	if err != nil || databases < 2 {
		t.Fatalf("%s has %q databases, want 2 or more", variable, setting["databases"])
	}
	n, err := client.Incr(ctx, "alta:test:databases").Result()
	if err != nil {
		t.Fatal(err)
	}
	return 1 + n%(databases-1)
}

// Server is a Redis server for one test, which can stop it and start it again.
type Server struct {
	URL string

	t       testing.TB
	socket  string
	args    []string
	process *exec.Cmd // nil while it is stopped
}

// Start starts a Redis server with additional arguments and stops it when the
// test ends. If there is no redis-server, the test is skipped, or fails if CI
// is true.
func Start(t testing.TB, args ...string) *Server {
	t.Helper()
	if _, err := exec.LookPath("redis-server"); err != nil {
		testkit.Missing(t, "there is no redis-server: run `make test`, which installs it where it may")
	}
	// The path of a socket must be short, but t.TempDir contains the test's
	// name.
	dir, err := os.MkdirTemp("", "redis")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	socket := filepath.Join(dir, "socket")
	s := &Server{URL: "unix://" + socket, t: t, socket: socket}
	s.args = append([]string{
		"--port", "0", "--unixsocket", socket, "--dir", dir,
		"--save", "", "--appendonly", "no", "--daemonize", "no",
	}, args...)
	t.Cleanup(s.Stop)
	s.Restart()
	return s
}

// Stop kills the server; its data is lost.
func (s *Server) Stop() {
	if s.process == nil {
		return
	}
	s.process.Process.Kill()
	s.process.Wait()
	s.process = nil
	os.Remove(s.socket)
}

// Restart stops the server if it runs, and starts an empty one at the same URL.
func (s *Server) Restart() {
	s.t.Helper()
	s.Stop()
	s.process = exec.Command("redis-server", s.args...)
	if err := s.process.Start(); err != nil {
		s.process = nil
		s.t.Fatal(err)
	}
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(time.Millisecond) {
		if conn, err := net.Dial("unix", s.socket); err == nil {
			conn.Close()
			return
		}
	}
	s.t.Fatal("redis-server does not listen after 10 s")
}
