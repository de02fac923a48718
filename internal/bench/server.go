package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// server is a running alta.
type server struct {
	binary  string
	engine  *engine
	command *exec.Cmd
	address string
	log     string        // path
	exited  chan struct{} // closed when the process has ended, after exit is set
	exit    error
}

// secret is the server's.
var secret = strings.Repeat("bench", 8)

// startTimeout is how long a server may take to be ready before it is given up.
const startTimeout = 30 * time.Second

// withServer runs fn with a server of the given bcrypt cost. Limits are off:
// they would measure themselves. All else is as by default.
func (b *bench) withServer(ctx context.Context, e *engine, cost int, fn func(*server) error) (err error) {
	s, err := b.start(ctx, e, cost)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.stop()) }()
	return fn(s)
}

// start starts a server and returns when it is ready.
func (b *bench) start(ctx context.Context, e *engine, cost int) (*server, error) {
	s := &server{binary: b.binary, engine: e, log: filepath.Join(e.directory, "server.log"), exited: make(chan struct{})}
	// A file rather than a pipe: reading one would take processor time from the
	// load generator.
	log, err := os.Create(s.log)
	if err != nil {
		return nil, err
	}
	defer log.Close() // the process has its own
	// stop ends it, when ctx ends, too: told twice it would leave calls unfinished.
	s.command = s.alta(context.WithoutCancel(ctx), "serve", "--listen", "127.0.0.1:0", "--log", "json", "--bcrypt-cost", strconv.Itoa(cost),
		"--auth-rate", "off", "--session-rate", "off")
	s.command.Stderr = log
	if err := s.command.Start(); err != nil {
		return nil, err
	}
	go func() {
		s.exit = s.command.Wait()
		close(s.exited)
	}()
	if err := s.awaitReady(ctx); err != nil {
		return nil, errors.Join(err, s.stop())
	}
	return s, nil
}

// alta returns a command of the binary on the server's database. It takes no
// settings from the environment of the bench.
func (s *server) alta(ctx context.Context, arguments ...string) *exec.Cmd {
	arguments = append(arguments, "--data-dir", s.engine.directory)
	command := exec.CommandContext(ctx, s.binary, arguments...)
	command.Env = slices.DeleteFunc(os.Environ(), func(text string) bool { return strings.HasPrefix(text, "ALTA_") })
	command.Env = append(command.Env, "ALTA_DATABASE_URL="+s.engine.url, "ALTA_SECRET="+secret)
	return command
}

func (s *server) awaitReady(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	var err error
	for ctx.Err() == nil {
		if s.address == "" {
			s.address = s.findAddress()
		}
		if s.address != "" {
			c := newClient(ctx, s.address)
			_, err = c.get("/readyz", "", 200)
			c.close()
			if err == nil {
				return nil
			}
		}
		select {
		case <-s.exited:
			return fmt.Errorf("the server ended: %w: %s", s.exit, s.lastLine())
		case <-time.After(time.Millisecond):
		}
	}
	return fmt.Errorf("the server was not ready after %s: %w", startTimeout, errors.Join(err, ctx.Err()))
}

// findAddress returns what the server's log says it listens on, "" while it
// says nothing.
func (s *server) findAddress() string {
	text, err := os.ReadFile(s.log)
	if err != nil {
		return ""
	}
	for line := range bytes.Lines(text) {
		var entry struct{ Msg, Address string }
		if json.Unmarshal(line, &entry) == nil && entry.Msg == "listening" {
			return entry.Address
		}
	}
	return ""
}

func (s *server) lastLine() string {
	text, _ := os.ReadFile(s.log)
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	return lines[len(lines)-1]
}

// stop tells the server to stop and waits until it has. A server that does
// not, or fails in doing so, is an error.
func (s *server) stop() error {
	_ = s.command.Process.Signal(syscall.SIGTERM) // it may have ended already
	select {
	case <-s.exited:
	case <-time.After(time.Minute):
		_ = s.command.Process.Kill()
		<-s.exited
		return errors.New("the server did not stop within a minute")
	}
	if s.exit != nil {
		return fmt.Errorf("the server ended: %w: %s", s.exit, s.lastLine())
	}
	return nil
}

// doctor returns what `alta doctor` says of the database.
func (s *server) doctor(ctx context.Context) ([]string, error) {
	output, err := s.alta(ctx, "doctor").Output()
	var lines []string
	for line := range strings.Lines(string(output)) {
		if strings.Contains(line, " database ") {
			lines = append(lines, "doctor: "+strings.TrimSpace(line))
		}
	}
	if len(lines) == 0 {
		return nil, fmt.Errorf("doctor says nothing of the database: %w", err)
	}
	return lines, nil
}

// processorTime returns the processor time that the server's process has taken;
// 0 where the system does not tell, or there is no server.
func (s *server) processorTime() time.Duration {
	if s == nil {
		return 0
	}
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", s.command.Process.Pid))
	_, afterName, _ := strings.Cut(string(text), ") ")
	fields := strings.Fields(afterName)
	if len(fields) < 13 {
		return 0
	}
	user, _ := strconv.Atoi(fields[11])
	system, _ := strconv.Atoi(fields[12])
	return time.Duration(user+system) * 10 * time.Millisecond // Linux counts in hundredths for everybody
}

// residentMemory returns how many bytes of the server are in memory.
func (s *server) residentMemory() (float64, error) {
	file, err := os.Open(fmt.Sprintf("/proc/%d/status", s.command.Process.Pid))
	if err != nil {
		return 0, err
	}
	defer file.Close()
	for scanner := bufio.NewScanner(file); scanner.Scan(); {
		if value, found := strings.CutPrefix(scanner.Text(), "VmRSS:"); found {
			kibibytes, err := strconv.ParseFloat(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 64)
			return kibibytes * 1024, err
		}
	}
	return 0, fmt.Errorf("%s has no VmRSS", file.Name())
}
