package mail

import (
	"errors"
	"net"
	"strings"
	"testing"
	"time"
)

// TestServersThatDoNotStopTalking: the client stops listening to an answer that does not
// end, long before its time is over, and the mail is not refused for good.
func TestServersThatDoNotStopTalking(t *testing.T) {
	for _, verb := range []string{"", "EHLO", "MAIL", "RCPT", "DATA", "."} {
		t.Run(verb, func(t *testing.T) {
			server, _ := scriptedServer{verb: babble}.start(t)
			err := mustReturn(t, func() error {
				return NewSMTP(server, testFrom(), time.Hour).Send(t.Context(), testMessage("ana@example.com"))
			})
			if err == nil || errors.Is(err, ErrRefused) || errors.Is(err, ErrMisconfigured) || len(err.Error()) > 2*maxReply {
				t.Errorf("got %.1000v", err)
			}
		})
	}
}

// TestTalkIsBounded: an answer and a conversation have a bound, and what the client
// says begins another answer.
func TestTalkIsBounded(t *testing.T) {
	server, _ := scriptedServer{"": babble}.start(t)
	conn, err := net.Dial("tcp", server.address())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	tracked := &trackedConn{Conn: conn}
	heard := func() (n int) {
		for buffer := make([]byte, 4096); ; {
			m, err := tracked.Read(buffer)
			if n += m; err != nil {
				if !errors.Is(err, errTalkative) {
					t.Fatal(err)
				}
				return n
			}
		}
	}
	for i := range maxConversation / maxAnswer {
		if n := heard(); n != maxAnswer {
			t.Errorf("answer %d had %d bytes, want %d", i, n, maxAnswer)
		}
		if _, err := tracked.Write([]byte(strings.Repeat("NOOP\r\n", 2))); err != nil {
			t.Fatal(err)
		}
	}
	if n := heard(); n != 0 {
		t.Errorf("the conversation had %d bytes more", n)
	}
}
