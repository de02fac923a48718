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
		{[]string{"serve", "--help"}, []string{"$ALTA_DATA_DIR", "$ALTA_DATABASE_URL", "$ALTA_DATABASE_CONNS", "$ALTA_SECRET", "$ALTA_LISTEN",
			"$ALTA_PUBLIC_URL", "$ALTA_FRONTEND_URL", "$ALTA_INSECURE_HTTP", "$ALTA_SMTP_URL", "$ALTA_SMTP_TIMEOUT", "$ALTA_MAILBOX_CAP", "$ALTA_MAIL_FROM", "$ALTA_NAME", "$ALTA_BCRYPT_COST", "$ALTA_AUTH_RATE", "$ALTA_SESSION_RATE", "$ALTA_SESSION_TTL",
			"$ALTA_REDIS_URL", "$ALTA_TRUSTED_PROXIES", "$ALTA_CORS_ORIGINS", "$ALTA_HASH_QUEUE", "$ALTA_HASH_WAIT", "$ALTA_METRICS_TOKEN", "$ALTA_SECURITY_CONTACT",
			"$ALTA_RETENTION", "$ALTA_LOG"}},
		{[]string{"doctor", "--help"}, []string{"$ALTA_SMTP_URL", "$ALTA_SMTP_TIMEOUT", "$ALTA_MAIL_FROM", "mail server", "$ALTA_REDIS_URL"}},
		{[]string{"plan", "list", "--help"}, []string{"--json"}},
		{[]string{"plan", "set", "--help"}, []string{"<name>", "free or paid", "--tokens=N", "from each user's next", "--requests-per-minute=N", "--price-cents=N", "US cents"}},
		{[]string{"tokens", "grant", "--help"}, []string{"<email>", "<tokens>", "-10000000 to 10000000", "--reason=TEXT"}},
		{[]string{"openapi", "--help"}, []string{"--format", "Postman", ".http", "$ALTA_PUBLIC_URL"}},
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

// TestUsageWithoutArguments: the usage goes to standard error, because standard
// output is for results.
func TestUsageWithoutArguments(t *testing.T) {
	t.Parallel()
	r := run(t, nil)
	if r.status != 80 || r.stdout != "" || !strings.HasPrefix(r.stderr, "Usage: alta <command>") || !strings.Contains(r.stderr, "tokens grant") {
		t.Errorf("got status %d and\n%s\nand on standard error\n%s", r.status, r.stdout, r.stderr)
	}
}

func TestHelpCommand(t *testing.T) {
	t.Parallel()
	for _, command := range [][]string{nil, {"user"}, {"tokens", "grant"}} {
		want := run(t, nil, append(command, "--help")...).ok().stdout
		if got := run(t, nil, append([]string{"help"}, command...)...).ok().stdout; got != want || got == "" {
			t.Errorf("help %v: got\n%s\nwant\n%s", command, got, want)
		}
	}
}

func TestUsageErrors(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		args []string
		want string
		help string // command that prints the help
	}{
		{"unknown command", []string{"nope"}, "unexpected argument nope", "alta --help"},
		{"help on an unknown command", []string{"help", "nope"}, "unexpected argument nope", "alta --help"},
		{"command without its own", []string{"user"}, "expected one of", "alta user --help"},
		{"unknown flag", []string{"serve", "--nope"}, "unknown flag --nope", "alta serve --help"},
		{"flag of another command", []string{"migrate", "up", "--listen", ":0"}, "unknown flag --listen", "alta migrate up --help"},
		{"flag without value", []string{"serve", "--listen"}, "--listen", "alta serve --help"},
		{"no address", []string{"user", "suspend"}, "<email>", "alta user suspend --help"},
		{"two addresses", []string{"user", "suspend", "a@example.com", "b@example.com"}, "unexpected argument b@example.com", "alta user suspend --help"},
		{"invite without its own", []string{"invite"}, "expected one of", "alta invite --help"},
		{"no code", []string{"invite", "revoke"}, "<code>", "alta invite revoke --help"},
		{"two codes", []string{"invite", "revoke", "A", "B"}, "unexpected argument B", "alta invite revoke --help"},
		{"argument where none is taken", []string{"invite", "create", "5"}, "unexpected argument 5", "alta invite create --help"},
		{"no file", []string{"user", "import"}, "<file>", "alta user import --help"},
		{"no plan", []string{"user", "plan", "a@example.com"}, "<name>", "alta user plan --help"},
		{"no plan to set", []string{"plan", "set", "--tokens", "1"}, "<name>", "alta plan set --help"},
		{"no number of tokens", []string{"tokens", "grant", "a@example.com", "--reason", "x"}, "<tokens>", "alta tokens grant --help"},
		{"no reason", []string{"tokens", "grant", "a@example.com", "-5"}, "missing flags: --reason=TEXT", "alta tokens grant --help"},
		{"minus and letters", []string{"tokens", "grant", "a@example.com", "-5x", "--reason", "x"}, "unknown flag -5", "alta tokens grant --help"},
		{"ledger without its own", []string{"ledger"}, "expected", "alta ledger --help"},
		{"no such format", []string{"openapi", "--format", "xml"}, `--format must be one of "yaml","json","postman","http" but got "xml"`, "alta openapi --help"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r := run(t, nil, test.args...)
			if r.status != 80 {
				t.Errorf("got status %d, want 80", r.status)
			}
			if !strings.HasPrefix(r.stderr, "alta: ") || !strings.Contains(r.stderr, test.want) || !strings.HasSuffix(r.stderr, "\nTry: "+test.help+"\n") {
				t.Errorf("want %q and %q, got:\n%s", test.want, test.help, r.stderr)
			}
			if r.stdout != "" {
				t.Errorf("standard output has:\n%s", r.stdout)
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

func TestOpenAPIRefusesAnUnusableServer(t *testing.T) {
	t.Parallel()
	for _, format := range []string{"postman", "http"} {
		run(t, environment{"ALTA_PUBLIC_URL": "alta.example.com"}, "openapi", "--format", format).fails(`ALTA_PUBLIC_URL: "alta.example.com" is not usable`)
	}
}

// TestOpenAPIReportsAnInvalidContract: the other formats need a complete contract.
func TestOpenAPIReportsAnInvalidContract(t *testing.T) {
	t.Parallel()
	for _, format := range []string{"json", "postman", "http"} {
		if got := run(t, nil, "openapi", "--format", format).fails("alta: contract: ").stdout; got != "" {
			t.Errorf("%s: standard output has:\n%s", format, got)
		}
	}
}

func TestVersion(t *testing.T) {
	t.Parallel()
	for _, arg := range []string{"version", "--version"} {
		got := strings.Fields(run(t, environment{"ALTA_VERSION": "true", "ALTA_SHOW_VERSION": "true"}, arg).ok().stdout)
		if len(got) != 3 || got[0] != "alta" || !strings.HasPrefix(got[2], "go1.") {
			t.Errorf("%s: got %q, want alta, its version and Go's", arg, got)
		}
	}
}
