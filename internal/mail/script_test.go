package mail

import (
	"bufio"
	"context"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"
)

// returnLimit bounds a call that has to return. It is long because the machine may
// be busy; without it, a call that hangs would hang the tests.
const returnLimit = time.Minute

// scriptedServer has the server's answer to each command, by its verb. The answer
// to a new connection is under "", the one to the final dot under ".". hang sends
// no answer, trickle sends an answer that never ends, babble sends a line that never
// ends, as fast as it can, and drop closes the connection. A command without an answer is accepted.
type scriptedServer map[string]string

const (
	hang    = "hang"
	trickle = "trickle"
	drop    = "drop"
	babble  = "babble"
)

// transcript has the lines that clients have sent.
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

// start starts the server. It ends with the test.
func (s scriptedServer) start(t *testing.T) (Server, *transcript) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	said := &transcript{}
	var serving sync.WaitGroup
	ctx, end := context.WithCancel(context.Background())
	serving.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			serving.Go(func() {
				stop := context.AfterFunc(ctx, func() { conn.Close() })
				defer stop()
				defer conn.Close()
				s.serve(conn, said)
			})
		}
	})
	t.Cleanup(func() { end(); listener.Close(); serving.Wait() })
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	return Server{scheme: schemeStartTLS, host: "127.0.0.1", port: port}, said
}

func (s scriptedServer) serve(conn net.Conn, said *transcript) {
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

func (s scriptedServer) reply(verb, fallback string) string {
	if reply, ok := s[verb]; ok {
		return reply
	}
	return fallback
}

// answer sends the answer to a command. It reports whether the conversation
// continues.
func (s scriptedServer) answer(conn net.Conn, verb, fallback string) bool {
	switch reply := s.reply(verb, fallback); reply {
	case hang:
		for buffer := make([]byte, 1024); ; {
			if _, err := conn.Read(buffer); err != nil {
				return false
			}
		}
	case babble:
		endless := strings.Repeat("x", 32<<10)
		for text := fallback[:4] + endless; ; text = endless {
			if _, err := io.WriteString(conn, text); err != nil {
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

// mustReturn returns the error of call. It fails the test if call does not return
// within returnLimit.
func mustReturn(t *testing.T, call func() error) error {
	t.Helper()
	result := make(chan error, 1)
	go func() { result <- call() }()
	select {
	case err := <-result:
		return err
	case <-time.After(returnLimit):
		t.Fatalf("the call has not returned after %s", returnLimit)
		return nil
	}
}

// StartScript starts a server with these answers, as a scriptedServer has them, and
// returns a Sender that uses it. It is for the tests of package mail_test.
func StartScript(t *testing.T, replies map[string]string) *SMTP {
	t.Helper()
	server, _ := scriptedServer(replies).start(t)
	return NewSMTP(server, testFrom(), ampleTimeout)
}
