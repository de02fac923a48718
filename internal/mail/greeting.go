package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/textproto"
	"slices"
	"strconv"
	"strings"
)

// greetedConn is a connection whose server has been greeted. It answers the
// library's own greeting with what the server has answered, in the form that the
// library reads. Everything else goes through.
type greetedConn struct {
	net.Conn
	text  *textproto.Conn // which may have read ahead
	ready []byte          // what the library reads next
	reply string          // to EHLO; "": it has been given
	state *tls.ConnectionState
}

// Read reads what the server says.
func (c *greetedConn) Read(p []byte) (int, error) {
	if len(c.ready) > 0 {
		n := copy(p, c.ready)
		c.ready = c.ready[n:]
		return n, nil
	}
	return c.text.R.Read(p)
}

// Write sends p to the server, unless it is the greeting.
func (c *greetedConn) Write(p []byte) (int, error) {
	if c.reply != "" && strings.HasPrefix(string(p), stepEHLO+" ") {
		c.ready, c.reply = []byte(c.reply), ""
		return len(p), nil
	}
	return c.Conn.Write(p)
}

// greet greets the server in the name of the domain, and encrypts the connection as
// the Server says. The library could do both, but it does not recognize keywords
// that the server writes in other letters, such as 250-starttls: keywords have no
// case (RFC 5321, section 4.1.1.1).
func (s *SMTP) greet(ctx context.Context, tracked *trackedConn, domain string, config *tls.Config) (*greetedConn, error) {
	var conn net.Conn = tracked
	var state *tls.ConnectionState
	if s.server.scheme == schemeTLS {
		encrypted, err := tracked.encrypt(ctx, config)
		if err != nil {
			return nil, err
		}
		conn, state = encrypted, stateOf(encrypted)
	}
	tracked.step = stepGreeting
	text := textproto.NewConn(conn)
	if _, _, err := text.ReadResponse(220); err != nil {
		return nil, err
	}
	tracked.step = stepEHLO
	reply, offered, err := sayEHLO(text, domain)
	if err != nil {
		return nil, err
	}
	if s.server.scheme == schemeStartTLS && offered[stepSTARTTLS] {
		tracked.step = stepSTARTTLS
		encrypted, err := startTLS(ctx, tracked, text, config)
		if err != nil {
			return nil, err
		}
		conn, state, text = encrypted, stateOf(encrypted), textproto.NewConn(encrypted)
		tracked.step = stepEHLO
		if reply, _, err = sayEHLO(text, domain); err != nil {
			return nil, err
		}
	}
	return &greetedConn{Conn: conn, text: text, ready: []byte("220 greeted\r\n"), reply: reply, state: state}, nil
}

func stateOf(conn *tls.Conn) *tls.ConnectionState {
	state := conn.ConnectionState()
	return &state
}

// startTLS encrypts the connection (RFC 3207).
func startTLS(ctx context.Context, conn *trackedConn, text *textproto.Conn, config *tls.Config) (*tls.Conn, error) {
	if _, err := text.Cmd(stepSTARTTLS); err != nil {
		return nil, err
	}
	if _, _, err := text.ReadResponse(220); err != nil {
		return nil, err
	}
	if text.R.Buffered() > 0 { // somebody on the way may have put it there
		return nil, errors.New("the server has said more in the clear than its answer")
	}
	encrypted := tls.Client(conn, config)
	return encrypted, encrypted.HandshakeContext(ctx)
}

// sayEHLO sends the greeting. It returns the answer, in the form that the library
// reads, and the keywords of the extensions that the server offers. A refusal is
// an answer, too: the library then says HELO.
func sayEHLO(text *textproto.Conn, domain string) (reply string, offered map[string]bool, err error) {
	if _, err := text.Cmd("%s %s", stepEHLO, domain); err != nil {
		return "", nil, err
	}
	code, message, err := text.ReadResponse(250)
	if _, refused := errors.AsType[*textproto.Error](err); err != nil && !refused {
		return "", nil, err
	}
	lines := strings.Split(message, "\n")
	if err == nil {
		lines = slices.Concat(lines[:1], normalizeExtensions(lines[1:]))
	}
	offered = map[string]bool{}
	for _, line := range lines[1:] {
		keyword, _, _ := strings.Cut(line, " ")
		offered[keyword] = true
	}
	var b strings.Builder
	for i, line := range lines {
		separator := "-"
		if i == len(lines)-1 {
			separator = " "
		}
		b.WriteString(strconv.Itoa(code) + separator + line + "\r\n")
	}
	return b.String(), offered, nil
}

// normalizeExtensions returns the lines of an answer to EHLO with keywords in upper
// case and single blanks. The mechanisms of all AUTH lines are in one, with those of
// AUTH=LOGIN, the form from before the standard.
func normalizeExtensions(lines []string) (normal []string) {
	var mechanisms []string
	for _, line := range lines {
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		words[0] = strings.ToUpper(words[0])
		if old, ok := strings.CutPrefix(words[0], stepAUTH+"="); ok {
			words = slices.Concat([]string{stepAUTH, old}, words[1:])
		}
		if words[0] != stepAUTH {
			normal = append(normal, strings.Join(words, " "))
			continue
		}
		for _, word := range words[1:] {
			if word = strings.ToUpper(word); word != "" && !slices.Contains(mechanisms, word) {
				mechanisms = append(mechanisms, word)
			}
		}
	}
	if mechanisms != nil {
		normal = append(normal, stepAUTH+" "+strings.Join(mechanisms, " "))
	}
	return normal
}
