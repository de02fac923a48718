package mail_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/url"
	"os"
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

func TestMain(m *testing.M) { os.Exit(testdb.Main(m)) }

// fakeSender is a Sender that records each attempt and answers as the test says.
type fakeSender struct {
	mu       sync.Mutex
	received []mail.Message
	answer   func(context.Context, mail.Message) error // nil: every mail is accepted
}

func (s *fakeSender) Send(ctx context.Context, m mail.Message) error {
	s.mu.Lock()
	s.received = append(s.received, m)
	answer := s.answer
	s.mu.Unlock()
	if answer == nil {
		return nil
	}
	return answer(ctx, m)
}

// respond makes answer the response to later attempts.
func (s *fakeSender) respond(answer func(context.Context, mail.Message) error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answer = answer
}

// failWith makes later attempts return err, which may be nil.
func (s *fakeSender) failWith(err error) {
	s.respond(func(context.Context, mail.Message) error { return err })
}

func (s *fakeSender) attempts() []mail.Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]mail.Message(nil), s.received...)
}

// harness is an Outbox on a real database with one user.
type harness struct {
	*mail.Outbox
	t      *testing.T
	url    string
	repo   *repo.Repo
	db     *sqlx.DB // for queries that Repo does not have
	clock  *testkit.Clock
	log    *testkit.Buffer
	sender *fakeSender
	user   repo.User
}

const (
	timeout = 5 * time.Second             // of one attempt
	lease   = timeout + 15*time.Second    // life of a sender's lease
	secret  = "secret of the outbox test" // doubled, it is long enough
)

func newHarness(t *testing.T, databaseURL string) *harness {
	t.Helper()
	h := &harness{
		t: t, url: databaseURL, db: testdb.Connect(t, databaseURL), log: &testkit.Buffer{}, sender: &fakeSender{},
		clock: testkit.NewClock(time.Date(2026, 3, 4, 14, 13, 20, 0, time.UTC)),
	}
	testdb.Migrated(t, databaseURL)
	h.repo = must(repo.Open(t.Context(), databaseURL, h.clock.Now))
	t.Cleanup(func() { h.repo.Close() })
	must(h.repo.Migrate(t.Context()))
	h.Outbox = h.newOutbox(h.repo, secret+secret)
	h.user = h.newUser("ada@example.com")
	return h
}

// newOutbox makes an Outbox with the harness's sender, as another process would.
func (h *harness) newOutbox(r *repo.Repo, secret string) *mail.Outbox {
	return mail.NewOutbox(mail.OutboxConfig{
		Repo: r, Keys: must(identity.ParseKeyring(secret)), Sender: h.sender, Timeout: timeout,
		PublicURL: must(url.Parse("http://alta.test")), Now: h.clock.Now, Log: slog.New(slog.NewJSONHandler(h.log, nil)),
	})
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func (h *harness) inTx(fn func(tx *repo.Tx) error) {
	h.t.Helper()
	if err := h.repo.InTx(context.Background(), fn); err != nil {
		h.t.Fatal(err)
	}
}

func (h *harness) newUser(email string) (user repo.User) {
	h.t.Helper()
	h.inTx(func(tx *repo.Tx) (err error) {
		user, err = tx.CreateUser(h.t.Context(), repo.NewUser{Email: email, PasswordHash: "x", Door: repo.DoorAPI, Currency: "ARS"})
		return err
	})
	return user
}

const key = "alta_0123456789abcdefghijABCDEFGHIJ01234567"

// add adds a welcome mail with a key.
func (h *harness) add(user repo.User) (id string) {
	h.t.Helper()
	return h.addDraft(mail.Draft{UserID: user.ID})
}

// addLeased adds a welcome mail for the test to deliver.
func (h *harness) addLeased(user repo.User) (id string) {
	h.t.Helper()
	return h.addDraft(mail.Draft{UserID: user.ID, Leased: true})
}

func (h *harness) addDraft(draft mail.Draft) (id string) {
	h.t.Helper()
	draft.Letter = mail.Letter{Kind: mail.KindWelcome, Language: "en", Key: key, Tokens: 2000}
	h.inTx(func(tx *repo.Tx) error {
		mailID, addition, err := h.Add(h.t.Context(), tx, draft)
		if id = mailID.String(); err == nil && !addition.Added {
			err = fmt.Errorf("the mail was not added")
		}
		return err
	})
	return id
}

func (h *harness) flush() {
	h.t.Helper()
	if err := h.Flush(h.t.Context()); err != nil {
		h.t.Fatal(err)
	}
}

// mailRow is the row of a mail in the database.
type mailRow struct {
	State     string `db:"state"`
	Payload   string `db:"payload"`
	Attempts  int    `db:"attempts"`
	LastError string `db:"last_error"`
	Leased    bool   `db:"leased"`
}

func (h *harness) readRow(id string) (row mailRow) {
	h.t.Helper()
	const query = `SELECT state, payload, attempts, last_error, leased_until IS NOT NULL AS leased FROM outbox WHERE id = $1`
	if err := h.db.Get(&row, query, id); err != nil {
		h.t.Fatal(err)
	}
	return row
}

// expectMail fails the test if the mail has another state or number of attempts,
// or if a mail that is no longer pending still has a payload.
func (h *harness) expectMail(id, state string, attempts int) {
	h.t.Helper()
	r := h.readRow(id)
	if r.State != state || r.Attempts != attempts {
		h.t.Errorf("the mail is %s after %d attempts, want %s after %d", r.State, r.Attempts, state, attempts)
	}
	if pending := r.State == "pending"; pending != (r.Payload != "") {
		h.t.Errorf("the mail is %s, its payload %q", r.State, r.Payload)
	}
}

func (h *harness) expectAttempts(want int) {
	h.t.Helper()
	if got := len(h.sender.attempts()); got != want {
		h.t.Errorf("the sender had %d attempts, want %d", got, want)
	}
}

// breakUpdates makes the database refuse updates of the outbox for which the
// condition is true, until repair is called.
func (h *harness) breakUpdates(condition string) (repair func()) {
	h.t.Helper()
	body := "BEGIN SELECT RAISE(ABORT, 'out of order'); END"
	drop := "DROP TRIGGER out_of_order"
	if repo.IsPostgres(h.url) {
		h.db.MustExec(`CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RAISE EXCEPTION 'out of order'; END$$`)
		body, drop = "EXECUTE FUNCTION refuse()", "DROP TRIGGER out_of_order ON outbox"
	}
	h.db.MustExec("CREATE TRIGGER out_of_order BEFORE UPDATE ON outbox FOR EACH ROW WHEN (" + condition + ") " + body)
	return func() { h.db.MustExec(drop) }
}

// shutDown runs a worker that is told to stop: it records the outcomes that are
// still unrecorded.
func (h *harness) shutDown() {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	h.Run(ctx)
}

// secretsIn returns the secret of the mail that the text contains, or "".
func secretsIn(text string) string {
	for _, secret := range []string{key, key[5:]} {
		if strings.Contains(text, secret) {
			return secret
		}
	}
	return ""
}
