package command_test

import (
	"net"
	"strings"
	"testing"

	"example.com/alta/internal/testdb"
	"example.com/alta/internal/testredis"
)

// badRedisURLs are invalid values of ALTA_REDIS_URL, each with a password.
var badRedisURLs = []struct{ name, value string }{
	{"another scheme", "http://alta:hunter2canary@127.0.0.1:6379"},
	{"no scheme", "alta:hunter2canary@127.0.0.1:6379"},
	{"no host", "redis://alta:hunter2canary@:6379"},
	{"malformed port", "redis://alta:hunter2canary@127.0.0.1:port"},
	{"malformed password", "redis://alta:hunter2canary%zz@127.0.0.1:6379"},
	{"malformed host", "redis://alta:hunter2canary@local host"},
	{"database no number", "redis://alta:hunter2canary@127.0.0.1/one"},
	{"database below zero", "redis://alta:hunter2canary@127.0.0.1/-1"},
	{"settings in the query", "rediss://alta:hunter2canary@127.0.0.1?skip_verify=true"},
	{"fragment", "redis://alta:hunter2canary@127.0.0.1#0"},
	{"password alone", "hunter2canary"},
}

func TestServeRefusesBadRedisURLs(t *testing.T) {
	t.Parallel()
	for _, test := range badRedisURLs {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			env := storage(t, testdb.SQLite(t)).with("ALTA_REDIS_URL", test.value)
			refusal := serveRefused(t, env).fails("ALTA_REDIS_URL: ", "redis://")
			if strings.Contains(refusal.stdout+refusal.stderr, "hunter2canary") {
				t.Errorf("the password is shown:\n%s", refusal.stderr)
			}
			if strings.Count(refusal.stderr, "ALTA_") != 1 {
				t.Errorf("blames another setting, too:\n%s", refusal.stderr)
			}
			expectDoctor(t, env, "limits", "ALTA_REDIS_URL: ", allChecks...)
			if r := run(t, env, "doctor"); strings.Contains(r.stdout, "hunter2canary") {
				t.Errorf("doctor shows the password:\n%s", r.stdout)
			}
		})
	}
}

func TestDoctorConnectsToRedis(t *testing.T) {
	t.Parallel()
	env := storage(t, testdb.SQLite(t))
	limits := func(env environment) string {
		t.Helper()
		_, found := doctor(t, env)
		return found["limits"].detail
	}
	expectDoctor(t, env, "", "", allChecks...)
	if got := limits(env); !strings.Contains(got, "no ALTA_REDIS_URL") {
		t.Errorf("without Redis: got %q", got)
	}
	shared := testredis.URL(t)
	expectDoctor(t, env.with("ALTA_REDIS_URL", shared), "", "", allChecks...)
	if got := limits(env.with("ALTA_REDIS_URL", shared)); got != "Redis answers" {
		t.Errorf("with Redis: got %q", got)
	}
	guarded := testredis.Start(t, "--requirepass", "right")
	for _, test := range []struct{ name, url, says string }{
		{"right password", "unix://:right@" + strings.TrimPrefix(guarded.URL, "unix://"), ""},
		{"wrong password", "unix://:hunter2canary@" + strings.TrimPrefix(guarded.URL, "unix://"), "refused by Redis: WRONGPASS"},
		{"no password", guarded.URL, "refused by Redis: NOAUTH"},
		{"nobody there", "redis://alta:hunter2canary@" + unusedAddress(t), "refused"},
	} {
		failed := "limits"
		if test.says == "" {
			failed = ""
		}
		with := env.with("ALTA_REDIS_URL", test.url)
		expectDoctor(t, with, failed, test.says, allChecks...)
		if r := run(t, with, "doctor"); strings.Contains(r.stdout+r.stderr, "hunter2canary") {
			t.Errorf("%s: the password is shown:\n%s", test.name, r.stdout)
		}
	}
}

// unusedAddress returns an address of this machine on which no server listens.
func unusedAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

// TestServeStartsWithoutRedis: the server serves even if its Redis is down.
func TestServeStartsWithoutRedis(t *testing.T) {
	t.Parallel()
	env := storage(t, testdb.SQLite(t)).with("ALTA_REDIS_URL", "redis://alta:hunter2canary@"+unusedAddress(t))
	s := serve(t, env)
	for range 2 {
		if status, body := s.call(t, "POST", "/api/auth/login", `{"email":"a@example.com","password":"wrong password"}`, ""); status != 401 {
			t.Errorf("got %d %s, want 401", status, body)
		}
	}
	if status := s.stop(); status != 0 {
		t.Errorf("got status %d, want 0", status)
	}
	if log := s.stderr.String(); strings.Count(log, "Redis is away") != 1 || strings.Contains(log, "hunter2canary") {
		t.Errorf("want one warning that Redis is away, without the password:\n%s", log)
	}
}
