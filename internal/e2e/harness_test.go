package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"example.com/alta/internal/testkit"
	"example.com/alta/repo"
)

// binary is the path of alta, as it is shipped.
var binary string

func TestMain(m *testing.M) { os.Exit(buildAndRun(m)) }

func buildAndRun(m *testing.M) int {
	dir, err := os.MkdirTemp("", "alta-e2e-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	binary = filepath.Join(dir, "alta")
	build := exec.Command("go", "build", "-o", binary, "../..")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}

// environ returns the whole environment of a process on the database. It has
// nothing of the tester's own. The data directory is that of the SQLite database,
// so that all processes on it share one secret.
func environ(t *testing.T, databaseURL string, more ...string) []string {
	t.Helper()
	variables := []string{"HOME=" + t.TempDir(), "PATH=" + os.Getenv("PATH"), "ALTA_DATABASE_URL=" + databaseURL}
	if path, isSQLite := strings.CutPrefix(databaseURL, repo.SQLitePrefix); isSQLite {
		variables = append(variables, "ALTA_DATA_DIR="+filepath.Dir(path))
	} else {
		variables = append(variables, "ALTA_DATA_DIR="+t.TempDir(), "ALTA_SECRET="+strings.Repeat("end to end secret ", 3))
	}
	return append(variables, more...)
}

// alta runs a command that must end and succeed, and returns its standard output.
func alta(t *testing.T, databaseURL, stdin string, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	var stdout, stderr bytes.Buffer
	cmd := exec.CommandContext(ctx, binary, args...)
	cmd.Env, cmd.Stdin, cmd.Stdout, cmd.Stderr = environ(t, databaseURL), strings.NewReader(stdin), &stdout, &stderr
	if err := cmd.Run(); err != nil {
		t.Fatalf("alta %s: %v\n%s%s", strings.Join(args, " "), err, &stdout, &stderr)
	}
	return stdout.String()
}

// patience is how long a test waits before it fails.
const patience = 90 * time.Second

// server is a process that serves.
type server struct {
	url    string
	cmd    *exec.Cmd
	client *http.Client
	log    *testkit.Buffer
	exited chan struct{} // closed when the process has ended
}

// start starts a server on the database, without limits by address unless args
// set them, and waits until it listens.
func start(t *testing.T, databaseURL string, args ...string) *server {
	t.Helper()
	return launch(t, serve(args...), environ(t, databaseURL))
}

func serve(args ...string) *exec.Cmd {
	args = append([]string{"serve", "--listen", "127.0.0.1:0", "--bcrypt-cost", "10", "--log", "json", "--auth-rate", "off"}, args...)
	return exec.Command(binary, args...)
}

// launch starts the process and waits until it listens. The process is killed when
// the test ends.
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

// eventually calls try until it returns no error.
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

// awaitLog waits until the log has the message.
func (s *server) awaitLog(t *testing.T, message string) {
	t.Helper()
	eventually(t, "the server says "+message, func() error {
		if _, ok := s.logged(message); !ok {
			return errors.New("it does not")
		}
		return nil
	})
}

// kill ends the process as a power cut would.
func (s *server) kill() {
	_ = s.cmd.Process.Kill() // it may have ended
	<-s.exited
}

// terminate asks the process to stop, and fails the test unless it exits with
// status 0.
func (s *server) terminate(t *testing.T) {
	t.Helper()
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	s.awaitExit(t)
}

func (s *server) awaitExit(t *testing.T) {
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

// try makes a call. Headers are "Name: value"; the body is JSON unless one of them
// sets another type. try may be used concurrently.
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
	return answer{status: response.StatusCode, header: response.Header, body: string(text)}, err
}

// call makes a call that must be answered with the status.
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
