package mail

import (
	"bufio"
	"context"
	"net"
	"strings"
	"sync"
	"testing"
	"time"
)

// guard is how long a call may take that has to come back. It is long, for a
// busy machine; without it a call that hangs would hang the tests.
const guard = time.Minute

// script is a server that answers in the test's words: to each command by its
// verb, to connections by "", and to the final dot by ".". hang is no answer,
// trickle is an answer that never ends, drop closes the connection, and a verb
// without an answer is accepted.
type script map[string]string

const (
	hang    = "hang"
	trickle = "trickle"
	drop    = "drop"
)

// transcript is what clients have said to a script.
type transcript struct {
	mu    sync.Mutex
	lines []string
}

func (s *transcript) add(line string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lines = append(s.lines, line)
}

func (s *transcript) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Join(s.lines, "\n")
}

// start returns where the script is played.
func (s script) start(t *testing.T) (Server, *transcript) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	said := &transcript{}
	var playing sync.WaitGroup
	ctx, end := context.WithCancel(context.Background())
	playing.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			playing.Go(func() {
				stop := context.AfterFunc(ctx, func() { conn.Close() })
				defer stop()
				defer conn.Close()
				s.play(conn, said)
			})
		}
	})
	t.Cleanup(func() { end(); listener.Close(); playing.Wait() })
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	return Server{scheme: schemeStartTLS, host: "127.0.0.1", port: port}, said
}

func (s script) play(conn net.Conn, said *transcript) {
	lines := bufio.NewScanner(conn)
	if !s.answer(conn, "", "220 ready") {
		return
	}
	content := false
	for lines.Scan() {
		line := lines.Text()
		said.add(line)
		verb, _, _ := strings.Cut(line, " ")
		fallback := "250 fine"
		switch {
		case content && line != ".":
			continue
		case verb == "DATA":
			fallback = "354 go on"
		case verb == "QUIT":
			fallback = "221 bye"
		}
		if !s.answer(conn, verb, fallback) {
			return
		}
		content = verb == "DATA" && strings.HasPrefix(s.reply(verb, fallback), "354")
	}
}

func (s script) reply(verb, fallback string) string {
	if reply, ok := s[verb]; ok {
		return reply
	}
	return fallback
}

// answer reports whether the conversation goes on.
func (s script) answer(conn net.Conn, verb, fallback string) bool {
	switch reply := s.reply(verb, fallback); reply {
	case hang:
		for buffer := make([]byte, 1024); ; {
			if _, err := conn.Read(buffer); err != nil {
				return false
			}
		}
	case trickle:
		for {
			if _, err := conn.Write([]byte(fallback[:3] + "-wait\r\n")); err != nil {
				return false
			}
			time.Sleep(5 * time.Millisecond)
		}
	case drop:
		return false
	default:
		_, err := conn.Write([]byte(reply + "\r\n"))
		return err == nil
	}
}

// within fails the test when call has not returned after guard.
func within(t *testing.T, call func() error) error {
	t.Helper()
	result := make(chan error, 1)
	go func() { result <- call() }()
	select {
	case err := <-result:
		return err
	case <-time.After(guard):
		t.Fatalf("the call has not come back after %s", guard)
		return nil
	}
}
