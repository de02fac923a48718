package command_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"example.com/alta/internal/testdb"
)

// badSettings are invalid values of settings, with a part of the error.
var badSettings = []struct{ name, setting, value, takes string }{
	{"unknown scheme", "ALTA_DATABASE_URL", "mysql://root@localhost/alta", "it takes sqlite:PATH or postgres://"},
	{"no scheme", "ALTA_DATABASE_URL", "alta.db", "it takes sqlite:PATH or postgres://"},
	{"no path", "ALTA_DATABASE_URL", "sqlite:", "not a path"},
	{"too few connections to the database", "ALTA_DATABASE_CONNS", "3", "it takes a number from 4 to 1000"},
	{"connections to the database no number", "ALTA_DATABASE_CONNS", "many", "it takes a number from 4 to 1000"},
	{"listen without port", "ALTA_LISTEN", "127.0.0.1", "it takes HOST:PORT"},
	{"listen with empty port", "ALTA_LISTEN", "127.0.0.1:", "it takes HOST:PORT"},
	{"listen on a named port", "ALTA_LISTEN", "127.0.0.1:http", "it takes HOST:PORT"},
	{"listen on a port too high", "ALTA_LISTEN", "127.0.0.1:65536", "it takes HOST:PORT"},
	{"security contact of another scheme", "ALTA_SECURITY_CONTACT", "http://alta.example.com/security", "it takes an email address, or a mailto:, https:// or tel: URL"},
	{"security contact without a host", "ALTA_SECURITY_CONTACT", "https:///security", "it takes an email address, or a mailto:, https:// or tel: URL"},
	{"security contact of two lines", "ALTA_SECURITY_CONTACT", "security@example.com\nExpires: never", "it takes an email address, or a mailto:, https:// or tel: URL"},
	{"public URL of another scheme", "ALTA_PUBLIC_URL", "ftp://alta.example.com", "it takes http:// or https:// and a host"},
	{"public URL without scheme", "ALTA_PUBLIC_URL", "alta.example.com", "it takes http:// or https:// and a host"},
	{"public URL without host", "ALTA_PUBLIC_URL", "https://", "it takes http:// or https:// and a host"},
	{"public URL with a port alone", "ALTA_PUBLIC_URL", "http://:8080", "it takes http:// or https:// and a host"},
	{"public URL with a path", "ALTA_PUBLIC_URL", "https://example.com/alta", "without a path"},
	{"public URL with a user", "ALTA_PUBLIC_URL", "https://me@example.com", "it takes http:// or https:// and a host"},
	{"public URL of plain http", "ALTA_PUBLIC_URL", "http://alta.example.com", "or set ALTA_INSECURE_HTTP=true"},
	{"public URL of plain http by address", "ALTA_PUBLIC_URL", "http://192.0.2.1:8080", "or set ALTA_INSECURE_HTTP=true"},
	{"frontend URL of plain http", "ALTA_FRONTEND_URL", "http://app.example.com", "or set ALTA_INSECURE_HTTP=true"},
	{"public URL with a query", "ALTA_PUBLIC_URL", "https://example.com/?a=b", "it takes http:// or https:// and a host"},
	{"bcrypt cost too low", "ALTA_BCRYPT_COST", "9", "it takes a number from 10 to 15"},
	{"bcrypt cost too high", "ALTA_BCRYPT_COST", "16", "it takes a number from 10 to 15"},
	{"bcrypt cost no number", "ALTA_BCRYPT_COST", "abc", "it takes a number from 10 to 15"},
	{"auth rate without unit", "ALTA_AUTH_RATE", "60", "it takes N/s, N/m or N/h"},
	{"auth rate of nothing", "ALTA_AUTH_RATE", "0/m", "it takes N/s, N/m or N/h"},
	{"session rate of another unit", "ALTA_SESSION_RATE", "600/d", "it takes N/s, N/m or N/h"},
	{"session rate negative", "ALTA_SESSION_RATE", "-1/s", "it takes N/s, N/m or N/h"},
	{"session TTL without unit", "ALTA_SESSION_TTL", "168", "it takes a duration"},
	{"session TTL too short", "ALTA_SESSION_TTL", "59s", "it takes a duration"},
	{"session TTL too long", "ALTA_SESSION_TTL", "366d", "it takes a duration"},
	{"session TTL overflowing", "ALTA_SESSION_TTL", "9999999999999999999d", "it takes a duration"},
	{"proxy without prefix length", "ALTA_TRUSTED_PROXIES", "10.0.0.1", "it takes a list such as 10.0.0.0/8"},
	{"second proxy bad", "ALTA_TRUSTED_PROXIES", "10.0.0.0/8,10.0.0.0/33", "it takes a list such as 10.0.0.0/8"},
	{"origin without scheme", "ALTA_CORS_ORIGINS", "app.example.com", "it takes a list such as https://app.example.com"},
	{"origin with a path", "ALTA_CORS_ORIGINS", "https://app.example.com/", "it takes a list such as https://app.example.com"},
	{"origin with a user", "ALTA_CORS_ORIGINS", "https://me@app.example.com", "it takes a list such as https://app.example.com"},
	{"second origin bad", "ALTA_CORS_ORIGINS", "https://app.example.com,null", "it takes a list such as https://app.example.com"},
	// With credentials allowed, a pattern would open sessions to the owner of any matching name.
	{"every origin", "ALTA_CORS_ORIGINS", "*", "it takes a list such as https://app.example.com"},
	{"every origin on https", "ALTA_CORS_ORIGINS", "https://*", "it takes a list such as https://app.example.com"},
	{"origin pattern", "ALTA_CORS_ORIGINS", "https://*.example.com", "it takes a list such as https://app.example.com"},
	{"hash queue of none", "ALTA_HASH_QUEUE", "0", "it takes a number from 1"},
	{"hash queue no number", "ALTA_HASH_QUEUE", "many", "it takes a number from 1"},
	{"hash wait of none", "ALTA_HASH_WAIT", "0s", "it takes a duration"},
	{"hash wait longer than a call", "ALTA_HASH_WAIT", "41s", "it takes a duration"},
	{"retention of something unknown", "ALTA_RETENTION", "mails=30d", "it takes a list such as audit=365d,session=30d"},
	{"retention without a time", "ALTA_RETENTION", "audit", "it takes a duration"},
	{"retention too short", "ALTA_RETENTION", "session=30d,audit=1s", "it takes a duration"},
	{"log format", "ALTA_LOG", "xml", "it takes text or json"},
}

// settingName finds the settings that an error names.
var settingName = regexp.MustCompile(`(?m)^(?:alta: )?(ALTA_\w+): `)

func TestServeRefusesBadSettings(t *testing.T) {
	t.Parallel()
	for _, test := range slices.Concat(badSettings, badMailSettings) {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			env := storage(t, testdb.SQLite(t)).with("ALTA_LISTEN", "127.0.0.1:0").with(test.setting, test.value)
			refusal := serveRefused(t, env)
			refusal.fails(test.setting+": ", test.takes)
			for _, match := range settingName.FindAllStringSubmatch(refusal.stderr, -1) {
				if match[1] != test.setting {
					t.Errorf("blames %s, too:\n%s", match[1], refusal.stderr)
				}
			}
		})
	}
}

func TestErrorsHideSecrets(t *testing.T) {
	t.Parallel()
	const canary = "hunter2canary"
	for _, test := range []struct{ name, setting, value, takes string }{
		{"short secret", "ALTA_SECRET", canary, "at least 32"},
		{"short second secret", "ALTA_SECRET", secretText + "," + canary, "at least 32"},
		{"short metrics token", "ALTA_METRICS_TOKEN", canary, "takes at least 16 bytes"},
		{"database of another scheme", "ALTA_DATABASE_URL", "mysql://alta:" + canary + "@127.0.0.1/alta", "it takes sqlite:PATH or postgres://"},
		{"database host malformed", "ALTA_DATABASE_URL", "postgres://alta:" + canary + "@local host/alta", ""},
		{"database password malformed", "ALTA_DATABASE_URL", "postgres://alta:" + canary + "%zz@127.0.0.1:1/alta", ""},
		{"database port malformed", "ALTA_DATABASE_URL", "postgres://alta:" + canary + "@127.0.0.1:port/alta", ""},
		{"database option unknown", "ALTA_DATABASE_URL", "postgres://alta:" + canary + "@127.0.0.1:1/alta?sslmode=maybe", ""},
		{"database away", "ALTA_DATABASE_URL", "postgres://alta:" + canary + "@127.0.0.1:1/alta?sslmode=disable", ""},
		{"public URL with a password", "ALTA_PUBLIC_URL", "https://alta:" + canary + "@example.com", "it takes http:// or https://"},
		{"frontend URL with a password", "ALTA_FRONTEND_URL", "https://alta:" + canary + "@example.com", "it takes http:// or https://"},
		{"origin with a password", "ALTA_CORS_ORIGINS", "https://alta:" + canary + "@example.com", "it takes a list such as"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			env := storage(t, testdb.SQLite(t)).with("ALTA_LISTEN", "127.0.0.1:0").with(test.setting, test.value)
			refusal := run(t, env, "serve").fails(test.setting+": ", test.takes)
			if strings.Contains(refusal.stdout+refusal.stderr, canary) {
				t.Errorf("the secret is shown:\n%s", refusal.stderr)
			}
		})
	}
}

func TestServeRequiresSecretWithPostgres(t *testing.T) {
	t.Parallel()
	env := environment{"ALTA_DATA_DIR": t.TempDir(), "ALTA_DATABASE_URL": "postgres://alta@127.0.0.1:1/alta"}
	serveRefused(t, env).fails("ALTA_SECRET: ", "required with PostgreSQL", "at least 32 bytes")
}

// TestServeRequiresURLsWhenReachable: if others can reach the server, it needs its
// public URL for links, and a mail server instead of the development mailbox.
func TestServeRequiresURLsWhenReachable(t *testing.T) {
	t.Parallel()
	for _, listen := range []string{"0.0.0.0:0", ":0", "[::]:0", "192.0.2.1:8080", "alta.example.com:8080"} {
		t.Run(listen, func(t *testing.T) {
			t.Parallel()
			env := storage(t, testdb.SQLite(t)).with("ALTA_LISTEN", listen)
			for missing, given := range map[string]environment{
				"ALTA_PUBLIC_URL": env.with("ALTA_SMTP_URL", "smtp://127.0.0.1:1"),
				"ALTA_SMTP_URL":   env.with("ALTA_PUBLIC_URL", "https://alta.example.com"),
			} {
				refusal := serveRefused(t, given).fails(missing+": is required", listen)
				if strings.Count(refusal.stderr, "ALTA_") != 1 {
					t.Errorf("%s is missing, and the error names more settings:\n%s", missing, refusal.stderr)
				}
			}
			serveRefused(t, env).fails("ALTA_PUBLIC_URL: is required", "ALTA_SMTP_URL: is required")
		})
	}
}

func TestServeNamesEveryBadSettingAtOnce(t *testing.T) {
	t.Parallel()
	env := storage(t, testdb.SQLite(t)).with("ALTA_BCRYPT_COST", "9").with("ALTA_AUTH_RATE", "fast").with("ALTA_LOG", "xml")
	serveRefused(t, env).fails("ALTA_BCRYPT_COST: ", "ALTA_AUTH_RATE: ", "ALTA_LOG: ")
}

func TestServeNamesListenIfTheAddressIsTaken(t *testing.T) {
	t.Parallel()
	env := storage(t, testdb.SQLite(t))
	taken := strings.TrimPrefix(serve(t, env).url, "http://")
	run(t, env, "serve", "--listen", taken).fails("ALTA_LISTEN: ", taken)
}

func TestServeNamesADataDirThatIsAFile(t *testing.T) {
	t.Parallel()
	path := strings.TrimPrefix(testdb.SQLite(t), "sqlite:")
	writeFile(t, path, "a file where the directory should be")
	env := environment{"ALTA_DATA_DIR": path, "ALTA_SECRET": secretText}
	serveRefused(t, env).fails("ALTA_DATA_DIR: ", path)
}

func TestServeAcceptsValidSettings(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, setting, value string }{
		{"bounds of the cost", "ALTA_BCRYPT_COST", "15"},
		{"no auth limit", "ALTA_AUTH_RATE", "off"},
		{"days", "ALTA_SESSION_TTL", "30d"},
		{"both families of proxies", "ALTA_TRUSTED_PROXIES", "10.0.0.0/8,fd00::/8"},
		{"several origins", "ALTA_CORS_ORIGINS", "https://app.example.com,http://localhost:5173"},
		{"retention of one", "ALTA_RETENTION", "audit=90d"},
		{"retention of mails", "ALTA_RETENTION", "mail=1h"},
		{"server with everything", "ALTA_SMTP_URL", "smtp://alta:p%40ss@mail.example.com:2525/?starttls=required"},
		{"server with a host alone", "ALTA_SMTP_URL", "smtps://mail.example.com"},
		{"shortest time for a mail", "ALTA_SMTP_TIMEOUT", "100ms"},
		{"longest time for a mail", "ALTA_SMTP_TIMEOUT", "30s"},
		{"bare sender", "ALTA_MAIL_FROM", "no-reply@example.com"},
		{"sender with a name", "ALTA_MAIL_FROM", "José <josé@mañana.example>"},
		{"frontend with a path", "ALTA_FRONTEND_URL", "https://app.example.com/account/"},
		{"public URL with a slash", "ALTA_PUBLIC_URL", "https://alta.example.com/"},
		{"public URL of plain http on this machine", "ALTA_PUBLIC_URL", "http://localhost:8080"},
		{"secret being rotated", "ALTA_SECRET", secretText + "," + strings.Repeat("older secret ", 4)},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, storage(t, testdb.SQLite(t)).with(test.setting, test.value))
			if status, body := s.call(t, "GET", "/readyz", "", ""); status != 200 {
				t.Errorf("got %d %s, want 200", status, body)
			}
			if status := s.stop(); status != 0 {
				t.Errorf("got status %d, want 0: %s", status, s.stderr)
			}
		})
	}
}

func TestFlagsOverrideTheEnvironment(t *testing.T) {
	t.Parallel()
	env := storage(t, "mysql://localhost/alta")
	run(t, env, "migrate", "up", "--database-url", testdb.SQLite(t)).ok()

	refusal := serveRefused(t, env.with("ALTA_LOG", "yaml"), "--log", "xml").fails(`"xml"`)
	if strings.Contains(refusal.stderr, "yaml") {
		t.Errorf("goes by the environment: %s", refusal.stderr)
	}
}
