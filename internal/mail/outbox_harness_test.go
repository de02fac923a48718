package mail_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"example.com/alta/internal/identity"
	"example.com/alta/internal/mail"
	"example.com/alta/internal/testdb"
	"example.com/alta/internal/testkit"
	"example.com/alta/repo"
)

// carrier is a Sender that does what the test says, and remembers each try.
type carrier struct {
	mu    sync.Mutex
	tries []mail.Message
	carry func(context.Context, mail.Message) error // nil: every mail is accepted
}

func (c *carrier) Send(ctx context.Context, m mail.Message) error {
	c.mu.Lock()
	c.tries = append(c.tries, m)
	carry := c.carry
	c.mu.Unlock()
	if carry == nil {
		return nil
	}
	return carry(ctx, m)
}

func (c *carrier) do(carry func(context.Context, mail.Message) error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.carry = carry
}

// fail has every try end with err; nil: none does.
func (c *carrier) fail(err error) {
	c.do(func(context.Context, mail.Message) error { return err })
}

func (c *carrier) tried() []mail.Message {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]mail.Message(nil), c.tries...)
}

// office is an Outbox on a real database, with one user to write to.
type office struct {
	*mail.Outbox
	t       *testing.T
	url     string
	repo    *repo.Repo
	db      *sqlx.DB // for what Repo has no function for
	clock   *testkit.Clock
	log     *testkit.Buffer
	carrier *carrier
	user    repo.User
}

const (
	timeout = 5 * time.Second             // of one try
	lease   = timeout + 15*time.Second    // how long a sender has a mail to itself
	secrets = "secret of the outbox test" // twice, it is long enough
)

func open(t *testing.T, databaseURL string) *office {
	t.Helper()
	o := &office{
		t: t, url: databaseURL, db: testdb.Connect(t, databaseURL), log: &testkit.Buffer{}, carrier: &carrier{},
		clock: testkit.NewClock(time.Date(2026, 3, 4, 14, 13, 20, 0, time.UTC)),
	}
	testdb.Migrated(t, databaseURL)
	o.repo = must(repo.Open(t.Context(), databaseURL, o.clock.Now))
	t.Cleanup(func() { o.repo.Close() })
	must(o.repo.Migrate(t.Context()))
	o.Outbox = o.another(o.repo, secrets+secrets)
	o.user = o.newUser("ada@example.com")
	return o
}

// another makes a second Outbox with the same carrier, as a second process
// would have it.
func (o *office) another(r *repo.Repo, secret string) *mail.Outbox {
	return mail.NewOutbox(mail.OutboxConfig{
		Repo: r, Keys: must(identity.ParseKeyring(secret)), Sender: o.carrier, Timeout: timeout,
		PublicURL: must(url.Parse("http://alta.test")), Now: o.clock.Now, Log: slog.New(slog.NewJSONHandler(o.log, nil)),
	})
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func (o *office) write(fn func(tx *repo.Tx) error) {
	o.t.Helper()
	if err := o.repo.InTx(context.Background(), fn); err != nil {
		o.t.Fatal(err)
	}
}

func (o *office) newUser(email string) (user repo.User) {
	o.t.Helper()
	o.write(func(tx *repo.Tx) (err error) {
		user, err = tx.CreateUser(o.t.Context(), repo.NewUser{Email: email, PasswordHash: "x", Door: repo.DoorAPI, Currency: "ARS"})
		return err
	})
	return user
}

const key = "alta_0123456789abcdefghijABCDEFGHIJ01234567"

// add adds a mail that tells the user of a key.
func (o *office) add(user repo.User, leased bool) (id string) {
	o.t.Helper()
	letter := mail.Letter{Kind: mail.KindWelcome, Language: "en", Key: key, Tokens: 2000}
	o.write(func(tx *repo.Tx) error {
		mailID, added, err := o.Add(o.t.Context(), tx, mail.Draft{UserID: user.ID, Letter: letter, Leased: leased})
		if id = mailID.String(); err == nil && !added {
			err = fmt.Errorf("the mail was not added")
		}
		return err
	})
	return id
}

func (o *office) flush() {
	o.t.Helper()
	if err := o.Flush(o.t.Context()); err != nil {
		o.t.Fatal(err)
	}
}

// row is what the database has of a mail.
type row struct {
	State     string `db:"state"`
	Payload   string `db:"payload"`
	Attempts  int    `db:"attempts"`
	LastError string `db:"last_error"`
	Leased    bool   `db:"leased"`
}

func (o *office) row(id string) (r row) {
	o.t.Helper()
	const query = `SELECT state, payload, attempts, last_error, leased_until IS NOT NULL AS leased FROM outbox WHERE id = $1`
	if err := o.db.Get(&r, query, id); err != nil {
		o.t.Fatal(err)
	}
	return r
}

// expect fails the test when the mail is in another state, or a mail that is
// done with still has its words.
func (o *office) expect(id, state string, attempts int) {
	o.t.Helper()
	r := o.row(id)
	if r.State != state || r.Attempts != attempts {
		o.t.Errorf("the mail is %s after %d attempts, want %s after %d", r.State, r.Attempts, state, attempts)
	}
	if pending := r.State == "pending"; pending != (r.Payload != "") {
		o.t.Errorf("the mail is %s, its payload %q", r.State, r.Payload)
	}
}

func (o *office) expectTries(want int) {
	o.t.Helper()
	if got := len(o.carrier.tried()); got != want {
		o.t.Errorf("the carrier had %d tries, want %d", got, want)
	}
}

// refuse has the database refuse to make a row of the outbox what condition
// says; mend ends that.
func (o *office) refuse(condition string) (mend func()) {
	o.t.Helper()
	body := "BEGIN SELECT RAISE(ABORT, 'out of order'); END"
	drop := "DROP TRIGGER out_of_order"
	if repo.IsPostgres(o.url) {
		o.db.MustExec(`CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RAISE EXCEPTION 'out of order'; END$$`)
		body, drop = "EXECUTE FUNCTION refuse()", "DROP TRIGGER out_of_order ON outbox"
	}
	o.db.MustExec("CREATE TRIGGER out_of_order BEFORE UPDATE ON outbox FOR EACH ROW WHEN (" + condition + ") " + body)
	return func() { o.db.MustExec(drop) }
}

// stop runs the worker's last moments: what has not been recorded is.
func (o *office) stop() {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	o.Run(ctx)
}

// secretsIn returns what the text has of the mail's secrets.
func secretsIn(text string) string {
	for _, secret := range []string{key, key[5:]} {
		if strings.Contains(text, secret) {
			return secret
		}
	}
	return ""
}
