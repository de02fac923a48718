package meter

import (
	"bufio"
	"context"
	"io"
	"log/slog"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"example.com/alta/internal/testkit"
	"example.com/alta/internal/testredis"
)

// watchedShared is a Shared that reports to the test when Redis goes away or
// comes back.
type watchedShared struct {
	*Shared
	away chan bool
	logs *testkit.Buffer
}

func newWatchedShared(t *testing.T, options *redis.Options) watchedShared {
	t.Helper()
	w := watchedShared{away: make(chan bool, 100), logs: &testkit.Buffer{}}
	log := slog.New(slog.NewTextHandler(w.logs, nil))
	w.Shared = NewShared(options, NewLimiter(time.Now), log, func(away bool) { w.away <- away })
	w.pause = time.Millisecond
	t.Cleanup(func() { w.Close() })
	return w
}

// await waits until Redis is reported away, or back.
func (w watchedShared) await(t *testing.T, want bool) {
	t.Helper()
	select {
	case got := <-w.away:
		if got != want {
			t.Fatalf("away is %t, want %t", got, want)
		}
	case <-time.After(30 * time.Second):
		t.Fatalf("away does not become %t", want)
	}
}

func parse(t *testing.T, redisURL string) *redis.Options {
	t.Helper()
	options, err := ParseRedisURL(redisURL)
	if err != nil {
		t.Fatal(err)
	}
	return options
}

func TestSharedRedisAwayAndBack(t *testing.T) {
	server := testredis.Start(t)
	w := newWatchedShared(t, parse(t, server.URL))
	w.patience = time.Minute // a stopped server refuses connections, however busy the machine is
	limit := Limit{Calls: 5, Window: 24 * time.Hour}
	allow := func(want int) {
		t.Helper()
		d := w.Allow(t.Context(), "john", limit)
		if d.Allowed != (want >= 0) || d.Remaining != max(want, 0) {
			t.Fatalf("%+v, want %d remaining", d, want)
		}
	}
	other := newShared(t, server.URL)
	other.Allow(t.Context(), "john", limit)
	allow(3)
	server.Stop()
	// This process has seen one of the two calls.
	for _, want := range []int{3, 2, 1, 0, -1, -1} {
		allow(want)
	}
	w.await(t, true)
	if err := w.Ping(t.Context()); err == nil {
		t.Error("Ping finds a Redis that is stopped")
	}
	server.Restart()
	w.await(t, false)
	if err := w.Ping(t.Context()); err != nil {
		t.Errorf("Ping: %v", err)
	}
	other.Allow(t.Context(), "john", limit)
	allow(3)
	logs := w.logs.String()
	if strings.Count(logs, "\n") != 2 || strings.Count(logs, "level=WARN") != 2 || len(w.away) != 0 {
		t.Errorf("want a warning that it is away and one that it is back:\n%s", logs)
	}
}

// serve starts a server that handles each connection with answer.
func serve(t *testing.T, answer func(net.Conn)) (address string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	group.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			group.Go(func() {
				defer conn.Close()
				answer(conn)
			})
		}
	})
	t.Cleanup(func() {
		listener.Close()
		group.Wait()
	})
	return listener.Addr().String()
}

// silent reads everything and never answers.
func silent(conn net.Conn) { io.Copy(io.Discard, conn) }

// echoing answers each line with everything that it has read so far, as Redis
// does when it does not know a command.
func echoing(prefix string) func(net.Conn) {
	return func(conn net.Conn) {
		said := ""
		for lines := bufio.NewScanner(conn); lines.Scan(); {
			said += " " + strings.TrimSpace(lines.Text())
			if _, err := io.WriteString(conn, prefix+said+"\r\n"); err != nil {
				return
			}
		}
	}
}

func TestSharedRedisHangs(t *testing.T) {
	w := newWatchedShared(t, parse(t, "redis://"+serve(t, silent)))
	limit := Limit{Calls: 40, Window: 24 * time.Hour}
	var allowed atomic.Int64
	var group sync.WaitGroup
	for range 2 * limit.Calls {
		group.Go(func() {
			if w.Allow(t.Context(), "john", limit).Allowed {
				allowed.Add(1)
			}
		})
	}
	group.Wait()
	w.await(t, true)
	if allowed.Load() != int64(limit.Calls) {
		t.Errorf("%d calls were allowed, want %d", allowed.Load(), limit.Calls)
	}
	if err := w.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
	if d := w.Allow(t.Context(), "jane", limit); !d.Allowed {
		t.Errorf("after Close: %+v, want this process to decide", d)
	}
	if logs := w.logs.String(); strings.Count(logs, "\n") != 1 || len(w.away) != 0 {
		t.Errorf("want one warning:\n%s", logs)
	}
}

func TestSharedCallerHasGone(t *testing.T) {
	redisURL := testredis.URL(t)
	s := newShared(t, redisURL) // fails the test if Redis is reported away
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	limit := Limit{Calls: 3, Window: 24 * time.Hour}
	s.Allow(gone, "john", limit)
	if d := s.Allow(t.Context(), "john", limit); d.Remaining != 1 {
		t.Errorf("after a caller that has gone: %+v, want its call counted", d)
	}
}

func TestSharedRedisRefuses(t *testing.T) {
	server := testredis.Start(t)
	w := newWatchedShared(t, parse(t, server.URL))
	w.patience = time.Minute
	for name, commands := range map[string][2]string{
		"full":    {"CONFIG SET maxmemory 1", "CONFIG SET maxmemory 0"},
		"replica": {"REPLICAOF 127.0.0.1 1", "REPLICAOF NO ONE"},
	} {
		do := func(command string) {
			t.Helper()
			words := []any{}
			for word := range strings.FieldsSeq(command) {
				words = append(words, word)
			}
			if err := testredis.Connect(t, server.URL).Do(t.Context(), words...).Err(); err != nil {
				t.Fatal(err)
			}
		}
		do(commands[0])
		if err := w.Ping(t.Context()); err == nil {
			t.Errorf("%s: Ping finds nothing wrong", name)
		}
		if d := w.Allow(t.Context(), name, Limit{Calls: 3, Window: 24 * time.Hour}); !d.Allowed {
			t.Errorf("%s: %+v, want this process to decide", name, d)
		}
		w.await(t, true)
		do(commands[1])
		w.await(t, false)
	}
}

func TestSharedHidesPassword(t *testing.T) {
	server := testredis.Start(t, "--requirepass", "something else")
	for name, redisURL := range map[string]string{
		"wrong":   strings.Replace(server.URL, "://", "://:sesame@", 1),
		"refused": "redis://:sesame@127.0.0.1:1",
		"hangs":   "redis://:sesame@" + serve(t, silent),
		"repeats": "redis://:sesame@" + serve(t, echoing("-ERR unknown command")),
		"no code": "redis://:sesame@" + serve(t, echoing("-")),
		"other":   "redis://:sesame@" + serve(t, echoing("HTTP/1.1 400")),
	} {
		t.Run(name, func(t *testing.T) {
			w := newWatchedShared(t, parse(t, redisURL))
			w.Allow(t.Context(), "john", Limit{Calls: 3, Window: time.Hour})
			w.await(t, true)
			ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
			defer cancel()
			err := w.Ping(ctx)
			if err == nil {
				t.Fatal("Ping finds nothing wrong")
			}
			if strings.Contains(err.Error()+w.logs.String(), "sesame") {
				t.Errorf("the password is told: %v\n%s", err, w.logs)
			}
		})
	}
}
