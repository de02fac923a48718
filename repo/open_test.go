package repo_test

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

// secret is the password in all URLs of these tests. No error may contain it.
const secret = "s3cret"

func TestOpenRefuses(t *testing.T) {
	dir := t.TempDir()
	text := filepath.Join(dir, "notes.txt")
	if err := os.WriteFile(text, []byte(strings.Repeat("This is no database.\n", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := []struct{ name, url string }{
		{"nothing", ""},
		{"no scheme", "alta.db"},
		{"unknown scheme", "mysql://alta:" + secret + "@localhost/alta"},
		{"upper case", "SQLITE:" + filepath.Join(dir, "alta.db")},
		{"key and value", "host=localhost password=" + secret},
		{"no path", "sqlite:"},
		{"parameters", "sqlite:" + filepath.Join(dir, "alta.db?mode=memory")},
		{"fragment", "sqlite:" + filepath.Join(dir, "alta.db#1")},
		{"no such directory", "sqlite:" + filepath.Join(dir, "none", "alta.db")},
		{"a directory", "sqlite:" + dir},
		{"no database", "sqlite:" + text},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) { checkRefused(t, test.url) })
	}
}

// TestOpenRefusesPostgresURL: a malformed URL is refused, with another error
// than a server that is away.
func TestOpenRefusesPostgresURL(t *testing.T) {
	tests := []struct{ name, url string }{
		{"bad port", "postgres://alta:" + secret + "@localhost:port/alta"},
		{"bad escape", "postgres://alta:" + secret + "%@localhost/alta"},
		{"slash in the password", "postgres://alta:" + secret + "/@localhost/alta"},
		{"bad host", "postgres://alta:" + secret + "@[::1/alta"},
		{"control character", "postgres://alta:" + secret + "@localhost/alta\n"},
		{"bad parameter", "postgres://alta:" + secret + "@localhost/alta?sslmode=maybe"},
		{"password as parameter", "postgres://localhost:port/alta?password=" + secret},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) { checkRefused(t, test.url) })
	}
}

func checkRefused(t *testing.T, databaseURL string) {
	t.Helper()
	r, err := repo.Open(t.Context(), databaseURL, time.Now)
	if err == nil {
		r.Close()
		t.Fatal("opened")
	}
	if strings.Contains(err.Error(), secret) {
		t.Errorf("the error shows the password: %v", err)
	}
	if errors.Is(err, repo.ErrUnavailable) {
		t.Errorf("the error is for another time, want one for good: %v", err)
	}
}

func TestOpenAway(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed := listener.Addr().String()
	listener.Close()
	tests := []struct{ name, url string }{
		{"closed port", "postgres://alta:" + secret + "@" + closed + "/alta?sslmode=disable"},
		{"no socket", "postgres://alta:" + secret + "@/alta?sslmode=disable&host=" + filepath.Join(t.TempDir(), "none")},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r, err := repo.Open(t.Context(), test.url, time.Now)
			if err == nil {
				r.Close()
				t.Fatal("opened")
			}
			if !errors.Is(err, repo.ErrUnavailable) {
				t.Errorf("Open: %v, want ErrUnavailable", err)
			}
			if strings.Contains(err.Error(), secret) {
				t.Errorf("the error shows the password: %v", err)
			}
		})
	}
}

// TestOpenOddPath: any characters are allowed in a path.
func TestOpenOddPath(t *testing.T) {
	for _, name := range []string{"with space.db", "100%.db", "50%25.db", "a&b=c.db", "año.db", "a:b.db", "+.db"} {
		dir := t.TempDir()
		r, _ := migrated(t, "sqlite:"+filepath.Join(dir, name))
		createUser(t, r, "ada@example.com")
		if err := r.Close(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			t.Errorf("the database is elsewhere: %v", err)
		}
	}
}

func TestDescribe(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, _ := migrated(t, databaseURL)
		got, err := r.Describe(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		want, pools := []string{"SQLite 3.", "journal_mode=WAL", "synchronous=FULL"}, 2
		if repo.IsPostgres(databaseURL) {
			want, pools = []string{"PostgreSQL ", "synchronous_commit=on", "fsync="}, 1
		}
		for _, part := range want {
			if !strings.Contains(got, part) {
				t.Errorf("Describe = %q, want %q in it", got, part)
			}
		}
		if n := len(r.Pools()); n != pools {
			t.Errorf("there are %d pools, want %d", n, pools)
		}
		if now, err := r.Clock(t.Context()); err != nil || now.IsZero() {
			t.Errorf("Clock = %v, %v", now, err)
		}
	})
}

// TestDurability: the settings apply to every connection of both SQLite pools,
// not only to the first.
func TestDurability(t *testing.T) {
	r, _ := migrated(t, testdb.SQLite(t))
	for name, pool := range r.Pools() {
		for range min(3, pool.Stats().MaxOpenConnections) {
			conn, err := pool.Connx(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			for pragma, want := range map[string]string{"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1"} {
				var got string
				if err := conn.GetContext(t.Context(), &got, "PRAGMA "+pragma); err != nil || got != want {
					t.Errorf("%s: %s = %q, %v; want %q", name, pragma, got, err, want)
				}
			}
		}
	}
}
