package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"example.com/alta/internal/testkit"
)

// patience bounds what would otherwise hang a test for ever.
const patience = 90 * time.Second

// server is a process that serves.
type server struct {
	url    string
	cmd    *exec.Cmd
	client *http.Client
	log    *testkit.Buffer
	exited chan struct{} // closed when the process has ended
}

// start starts a server on the database, with limits off unless args say
// otherwise, and waits until it listens.
func start(t *testing.T, databaseURL string, args ...string) *server {
	t.Helper()
	args = append([]string{"serve", "--listen", "127.0.0.1:0", "--bcrypt-cost", "10", "--log", "json", "--auth-rate", "off"}, args...)
	return launch(t, exec.Command(binary, args...), environ(t, databaseURL))
}

// launch starts the process and waits until it listens. The process is gone
// when the test ends.
func launch(t *testing.T, cmd *exec.Cmd, variables []string) *server {
	t.Helper()
	s := &server{cmd: cmd, log: &testkit.Buffer{}, exited: make(chan struct{})}
	s.client = &http.Client{
		Transport:     &http.Transport{MaxIdleConnsPerHost: 256},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Timeout:       patience,
	}
	cmd.Env, cmd.Stderr = variables, s.log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		_ = cmd.Wait() // its error is in ProcessState
		close(s.exited)
	}()
	t.Cleanup(func() {
		s.kill()
		s.client.CloseIdleConnections()
		if t.Failed() {
			t.Logf("the server's log ends:\n%s", tail(s.log.String(), 4000))
		}
	})
	eventually(t, "the server listens", func() error {
		select {
		case <-s.exited:
			t.Fatalf("the server ended: %s: %s", cmd.ProcessState, s.log)
		default:
		}
		entry, ok := s.logged("listening")
		if !ok {
			return fmt.Errorf("the log is %q", s.log)
		}
		s.url = "http://" + entry["address"].(string)
		return nil
	})
	return s
}

func tail(text string, n int) string { return text[max(0, len(text)-n):] }

// eventually tries until there is no error.
func eventually(t *testing.T, what string, try func() error) {
	t.Helper()
	var err error
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		if err = try(); err == nil {
			return
		}
	}
	t.Fatalf("%s: not even after a long time: %v", what, err)
}

// logged returns the first entry of the log with the message.
func (s *server) logged(message string) (entry map[string]any, ok bool) {
	for line := range strings.Lines(s.log.String()) {
		entry = nil
		if json.Unmarshal([]byte(line), &entry) == nil && entry["msg"] == message {
			return entry, true
		}
	}
	return nil, false
}

// kill ends the process as a power cut would.
func (s *server) kill() {
	_ = s.cmd.Process.Kill() // it may have ended
	<-s.exited
}

// terminate asks the process to stop, and fails the test when it does not or
// says that it failed.
func (s *server) terminate(t *testing.T) {
	t.Helper()
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	s.stopped(t)
}

func (s *server) stopped(t *testing.T) {
	t.Helper()
	select {
	case <-s.exited:
	case <-time.After(patience):
		t.Fatal("the server does not stop")
	}
	if code := s.cmd.ProcessState.ExitCode(); code != 0 {
		t.Errorf("the server ended with %s, want 0", s.cmd.ProcessState)
	}
}

// answer is the whole of a response.
type answer struct {
	status int
	header http.Header
	body   string
}

// try makes a call. The body is JSON unless a header, "Name: value", says
// otherwise. It may be used by many at once.
func (s *server) try(ctx context.Context, method, path, body string, headers ...string) (answer, error) {
	request, err := http.NewRequestWithContext(ctx, method, s.url+path, strings.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	for _, header := range headers {
		name, value, _ := strings.Cut(header, ": ")
		request.Header.Set(name, value)
	}
	response, err := s.client.Do(request)
	if err != nil {
		return answer{}, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	return answer{response.StatusCode, response.Header, string(text)}, err
}

// call makes a call that has to be answered, with the status.
func (s *server) call(t *testing.T, want int, method, path, body string, headers ...string) answer {
	t.Helper()
	a, err := s.try(t.Context(), method, path, body, headers...)
	if err != nil {
		t.Fatal(err)
	}
	if a.status != want {
		t.Fatalf("%s %s: got %d %.500s, want %d", method, path, a.status, a.body, want)
	}
	return a
}

// token returns the session's token of a sign-up's or a log-in's answer.
func (a answer) token(t *testing.T) string {
	t.Helper()
	var session struct{ Token string }
	if err := json.Unmarshal([]byte(a.body), &session); err != nil || session.Token == "" {
		t.Fatalf("no token (%v): %s", err, a.body)
	}
	return session.Token
}

const password = "SecurePass123!"

func registration(email, password string) string {
	return fmt.Sprintf(`{"email":%q,"password":%q,"firstName":"John","lastName":"Doe","currency":"USD"}`, email, password)
}

func credentials(email, password string) string {
	return fmt.Sprintf(`{"email":%q,"password":%q}`, email, password)
}

func bearer(token string) string { return "Authorization: Bearer " + token }

// register signs somebody up and returns the session's token.
func (s *server) register(t *testing.T, email string) (token string) {
	t.Helper()
	return s.call(t, 201, "POST", "/api/auth/register", registration(email, password)).token(t)
}

// checkSession fails the test unless the token opens a whole account: the
// profile, one wallet and 24 categories.
func (s *server) checkSession(t *testing.T, email, token string) {
	t.Helper()
	profile := s.call(t, 200, "GET", "/api/auth/profile", "", bearer(token))
	if !strings.Contains(profile.body, `"email":"`+email+`"`) {
		t.Errorf("profile of %s: %s", email, profile.body)
	}
	var accounts []struct{ Name string }
	if body := s.call(t, 200, "GET", "/api/accounts", "", bearer(token)).body; json.Unmarshal([]byte(body), &accounts) != nil ||
		len(accounts) != 1 || accounts[0].Name != "Efectivo / Billetera" {
		t.Errorf("accounts of %s: %s, want one wallet", email, body)
	}
	var categories struct {
		Data []struct{ Name string }
		Meta struct{ Total int }
	}
	if body := s.call(t, 200, "GET", "/api/categories?limit=100", "", bearer(token)).body; json.Unmarshal([]byte(body), &categories) != nil ||
		len(categories.Data) != 24 || categories.Meta.Total != 24 {
		t.Errorf("categories of %s: %s, want 24", email, body)
	}
}
