package repo_test

import (
	"bytes"
	"context"
	"errors"
	"net"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

// relay stands between the program and PostgreSQL, and can keep what the server
// says to itself, as a network or a server that has stopped would.
type relay struct {
	t        *testing.T
	listener net.Listener
	server   *url.URL

	mu      sync.Mutex
	frozen  chan struct{} // closed: everything goes through
	answers func(request, answer []byte) []byte
	cancels atomic.Int64 // requests to cancel a statement
}

// hangPatience is how long a test waits for what must not hang. By itself, lib/pq gives
// up later: after ten seconds if it has asked the server to cancel.
const hangPatience = 9 * time.Second

// newRelay returns a relay to the database, and its URL.
func newRelay(t *testing.T, databaseURL string) (*relay, string) {
	t.Helper()
	server, err := url.Parse(databaseURL)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	open := make(chan struct{})
	close(open)
	r := &relay{t: t, listener: listener, server: server, frozen: open}
	t.Cleanup(func() { listener.Close() })
	go r.run()
	relayed := *server
	relayed.Host = listener.Addr().String()
	query := relayed.Query()
	query.Del("host")
	query.Del("port")
	relayed.RawQuery = query.Encode()
	return r, relayed.String()
}

// openRelayed returns a relay to a database of its own, and a Repo that goes through it.
func openRelayed(t *testing.T) (*relay, *repo.Repo) {
	t.Helper()
	databaseURL := testdb.Postgres(t)
	testdb.Migrated(t, databaseURL)
	relay, relayed := newRelay(t, databaseURL)
	r, err := repo.Open(t.Context(), relayed, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return relay, r
}

func (r *relay) run() {
	for {
		client, err := r.listener.Accept()
		if err != nil {
			return
		}
		go r.serve(client)
	}
}

func (r *relay) dial() (net.Conn, error) {
	if dir := r.server.Query().Get("host"); dir != "" {
		port := r.server.Query().Get("port")
		if port == "" {
			port = "5432"
		}
		return net.Dial("unix", dir+"/.s.PGSQL."+port)
	}
	return net.Dial("tcp", r.server.Host)
}

var cancelRequest = []byte{0, 0, 0, 16, 4, 210, 22, 46}

func (r *relay) serve(client net.Conn) {
	defer client.Close()
	server, err := r.dial()
	if err != nil {
		return
	}
	defer server.Close()
	var last atomic.Value
	go func() {
		defer server.Close()
		buffer := make([]byte, 64<<10)
		for {
			n, err := client.Read(buffer)
			if err != nil {
				return
			}
			if bytes.HasPrefix(buffer[:n], cancelRequest) {
				r.cancels.Add(1)
			}
			last.Store(bytes.Clone(buffer[:n]))
			<-r.gate()
			if _, err := server.Write(buffer[:n]); err != nil {
				return
			}
		}
	}()
	buffer := make([]byte, 64<<10)
	for {
		n, err := server.Read(buffer)
		if err != nil {
			return
		}
		<-r.gate()
		request, _ := last.Load().([]byte)
		if _, err := client.Write(r.change(request, buffer[:n])); err != nil {
			return
		}
	}
}

func (r *relay) gate() <-chan struct{} {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.frozen
}

// freeze stops all that goes through, until thaw is called.
func (r *relay) freeze() (thaw func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	closed := make(chan struct{})
	r.frozen = closed
	return sync.OnceFunc(func() { close(closed) })
}

func (r *relay) change(request, answer []byte) []byte {
	r.mu.Lock()
	change := r.answers
	r.mu.Unlock()
	if change == nil {
		return answer
	}
	return change(request, answer)
}

func (r *relay) setAnswers(change func(request, answer []byte) []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.answers = change
}

// mustEnd fails the test if do does not return.
func mustEnd(t *testing.T, what string, do func() error) error {
	t.Helper()
	ended := make(chan error, 1)
	go func() { ended <- do() }()
	select {
	case err := <-ended:
		return err
	case <-time.After(hangPatience):
		t.Fatalf("%s hangs", what)
		return nil
	}
}

// TestHangingServer: reads, writes, snapshots and new connections end with the time of
// their context when PostgreSQL stands still, as ErrUnavailable, and work again after it.
func TestHangingServer(t *testing.T) {
	relay, r := openRelayed(t)
	read := func(ctx context.Context) error { _, err := r.Plan(ctx, repo.PlanFree); return err }
	write := func(ctx context.Context) error {
		return r.InTx(ctx, func(tx *repo.Tx) error {
			return tx.Audit(ctx, repo.AuditEvent{Kind: repo.AuditLogin, Actor: repo.ActorAnonymous})
		})
	}
	snapshot := func(ctx context.Context) error {
		return r.InSnapshot(ctx, func(s *repo.Snapshot) error { _, err := s.Plan(ctx, repo.PlanFree); return err })
	}
	all := map[string]func(context.Context) error{"a read": read, "a write": write, "a snapshot": snapshot}
	for name, do := range all { // so that a connection is open and its statements are prepared
		if err := do(t.Context()); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	thaw := relay.freeze()
	defer thaw()
	for range 4 { // on the open connection, and on a new one
		for name, do := range all {
			ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
			if err := mustEnd(t, name, func() error { return do(ctx) }); !errors.Is(err, repo.ErrUnavailable) {
				t.Errorf("%s: %v", name, err)
			}
			cancel()
		}
	}
	thaw()
	for name, do := range all {
		if err := mustEnd(t, name, func() error { return do(t.Context()) }); err != nil {
			t.Errorf("%s afterwards: %v", name, err)
		}
	}
}

// TestCommitIsNotCancelled: if the time is over while the server commits, the outcome
// is unknown, and the server is not asked to cancel. The commit goes on.
func TestCommitIsNotCancelled(t *testing.T) {
	relay, r := openRelayed(t)
	held, goOn := make(chan struct{}, 1), make(chan struct{})
	relay.setAnswers(func(request, answer []byte) []byte {
		if bytes.Contains(request, []byte("COMMIT")) {
			held <- struct{}{}
			<-goOn
		}
		return answer
	})
	ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
	defer cancel()
	err := mustEnd(t, "a write", func() error {
		return r.InTx(ctx, func(tx *repo.Tx) error {
			_, err := tx.CreateUser(ctx, repo.NewUser{Email: "ada@example.com", Door: repo.DoorApp, Currency: repo.DefaultCurrency})
			return err
		})
	})
	<-held
	if !errors.Is(err, repo.ErrUnavailable) {
		t.Errorf("a commit that is not answered: %v", err)
	}
	close(goOn)
	relay.setAnswers(nil)
	if _, err := r.UserByEmail(t.Context(), "ada@example.com"); err != nil {
		t.Errorf("the commit did not go on: %v", err)
	}
	if n := relay.cancels.Load(); n != 0 {
		t.Errorf("the server was asked to cancel %d times", n)
	}
}

// standbyNotice is the server's notice, in a language that nobody here reads, that a
// transaction is committed on this server alone.
func standbyNotice() []byte {
	fields := "SWARNUNG\x00VWARNING\x00C01000\x00Mdas Warten auf synchrone Replikation wird abgebrochen\x00RSyncRepWaitForLSN\x00\x00"
	return append([]byte{'N', 0, 0, 0, byte(len(fields) + 4)}, fields...)
}

// TestCommitOnNoStandbyIsUnknown: a COMMIT that succeeds with the notice that no standby
// has it is no success.
func TestCommitOnNoStandbyIsUnknown(t *testing.T) {
	relay, r := openRelayed(t)
	write := func() error {
		return r.InTx(t.Context(), func(tx *repo.Tx) error {
			return tx.Audit(t.Context(), repo.AuditEvent{Kind: repo.AuditLogin, Actor: repo.ActorAnonymous})
		})
	}
	relay.setAnswers(func(request, answer []byte) []byte {
		if bytes.Contains(request, []byte("COMMIT")) {
			return append(standbyNotice(), answer...)
		}
		return answer
	})
	if err := write(); !errors.Is(err, repo.ErrUnavailable) {
		t.Errorf("a commit on no standby: %v", err)
	}
	relay.setAnswers(nil)
	if err := write(); err != nil {
		t.Errorf("the next one: %v", err)
	}
}
