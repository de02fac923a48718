package command_test

import (
	"strings"
	"testing"
)

func TestHelp(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		args  []string
		wants []string
	}{
		{[]string{"--help"}, []string{"serve", "migrate up", "migrate status", "invite create", "invite list",
			"invite revoke <code>", "user list", "user promote <email>", "user suspend <email>",
			"user resume <email>", "user plan <email> <name>", "user import <file>", "plan list", "plan set <name>",
			"tokens grant --reason=TEXT <email> <tokens>", "ledger verify", "doctor", "openapi", "version"}},
		{[]string{"serve", "--help"}, []string{"$ALTA_DATA_DIR", "$ALTA_DATABASE_URL", "$ALTA_SECRET", "$ALTA_LISTEN",
			"$ALTA_PUBLIC_URL", "$ALTA_FRONTEND_URL", "$ALTA_SMTP_URL", "$ALTA_SMTP_TIMEOUT", "$ALTA_MAIL_FROM", "$ALTA_BCRYPT_COST", "$ALTA_AUTH_RATE", "$ALTA_SESSION_RATE", "$ALTA_SESSION_TTL",
			"$ALTA_REDIS_URL", "$ALTA_TRUSTED_PROXIES", "$ALTA_CORS_ORIGINS", "$ALTA_HASH_QUEUE", "$ALTA_HASH_WAIT", "$ALTA_METRICS_TOKEN",
			"$ALTA_RETENTION", "$ALTA_LOG"}},
		{[]string{"doctor", "--help"}, []string{"$ALTA_SMTP_URL", "$ALTA_SMTP_TIMEOUT", "$ALTA_MAIL_FROM", "mail server", "$ALTA_REDIS_URL"}},
		{[]string{"plan", "list", "--help"}, []string{"--json"}},
		{[]string{"plan", "set", "--help"}, []string{"<name>", "free or paid", "--tokens=N", "from each user's next", "--requests-per-minute=N", "--price-cents=N", "US cents"}},
		{[]string{"tokens", "grant", "--help"}, []string{"<email>", "<tokens>", "-10000000 to 10000000", "--reason=TEXT"}},
		{[]string{"openapi", "--help"}, []string{"--format", "Postman", ".http"}},
		{[]string{"ledger", "verify", "--help"}, []string{"every balance is the sum"}},
		{[]string{"user", "plan", "--help"}, []string{"<email>", "<name>", "free or paid"}},
		{[]string{"invite", "create", "--help"}, []string{"--uses", "default 1", "--expires", "default 168h", "--note"}},
		{[]string{"invite", "list", "--help"}, []string{"--json"}},
		{[]string{"user", "import", "--help"}, []string{"email", "password_hash", "RFC 3339"}},
	} {
		t.Run(strings.Join(test.args, " "), func(t *testing.T) {
			t.Parallel()
			const canary = "hunter2canary"
			help := run(t, environment{"ALTA_SECRET": canary, "ALTA_METRICS_TOKEN": canary,
				"ALTA_SMTP_URL":  "smtp://alta:" + canary + "@127.0.0.1",
				"ALTA_REDIS_URL": "redis://alta:" + canary + "@127.0.0.1"}, test.args...).ok()
			for _, want := range test.wants {
				if !strings.Contains(help.stdout, want) {
					t.Errorf("lacks %q:\n%s", want, help.stdout)
				}
			}
			if strings.Contains(help.stdout, canary) {
				t.Errorf("shows a secret:\n%s", help.stdout)
			}
		})
	}
}

func TestUsageErrors(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		args []string
		want string
	}{
		{"nothing", nil, "expected one of"},
		{"unknown command", []string{"nope"}, "unexpected argument nope"},
		{"command without its own", []string{"user"}, "expected one of"},
		{"unknown flag", []string{"serve", "--nope"}, "unknown flag --nope"},
		{"flag of another command", []string{"migrate", "up", "--listen", ":0"}, "unknown flag --listen"},
		{"flag without value", []string{"serve", "--listen"}, "--listen"},
		{"no address", []string{"user", "suspend"}, "<email>"},
		{"two addresses", []string{"user", "suspend", "a@example.com", "b@example.com"}, "unexpected argument b@example.com"},
		{"invite without its own", []string{"invite"}, "expected one of"},
		{"no code", []string{"invite", "revoke"}, "<code>"},
		{"two codes", []string{"invite", "revoke", "A", "B"}, "unexpected argument B"},
		{"argument where none is taken", []string{"invite", "create", "5"}, "unexpected argument 5"},
		{"no file", []string{"user", "import"}, "<file>"},
		{"no plan", []string{"user", "plan", "a@example.com"}, "<name>"},
		{"no plan to set", []string{"plan", "set", "--tokens", "1"}, "<name>"},
		{"no number of tokens", []string{"tokens", "grant", "a@example.com", "--reason", "x"}, "<tokens>"},
		{"no reason", []string{"tokens", "grant", "a@example.com", "-5"}, "missing flags: --reason=TEXT"},
		{"minus and letters", []string{"tokens", "grant", "a@example.com", "-5x", "--reason", "x"}, "unknown flag -5"},
		{"ledger without its own", []string{"ledger"}, "expected"},
		{"no such format", []string{"openapi", "--format", "xml"}, `--format must be one of "yaml","json","postman","http" but got "xml"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r := run(t, nil, test.args...)
			if r.status != 80 {
				t.Errorf("got status %d, want 80", r.status)
			}
			if !strings.HasPrefix(r.stderr, "alta: ") || !strings.Contains(r.stderr, test.want) || !strings.Contains(r.stderr, "alta --help") {
				t.Errorf("want %q and where there is help, got:\n%s", test.want, r.stderr)
			}
			if r.stdout != "" {
				t.Errorf("standard output is for answers, got:\n%s", r.stdout)
			}
		})
	}
}

func TestOpenAPIPrintsTheContractAsWritten(t *testing.T) {
	t.Parallel()
	if got := run(t, nil, "openapi").ok().stdout; got != contractText {
		t.Errorf("got %q, want %q", got, contractText)
	}
}

// TestOpenAPISaysWhatIsWrong: what is made of the contract needs more of it than
// this one has.
func TestOpenAPISaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	for _, format := range []string{"json", "postman", "http"} {
		if got := run(t, nil, "openapi", "--format", format).fails("alta: contract: ").stdout; got != "" {
			t.Errorf("%s: standard output is for answers, got:\n%s", format, got)
		}
	}
}

func TestVersion(t *testing.T) {
	t.Parallel()
	got := strings.Fields(run(t, nil, "version").ok().stdout)
	if len(got) != 3 || got[0] != "alta" || !strings.HasPrefix(got[2], "go1.") {
		t.Errorf("got %q, want alta, its version and Go's", got)
	}
}
