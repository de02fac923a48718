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
	exited  chan struct{} // closed after the process has ended and exit is set
	exit    error
}

// secret is the server's ALTA_SECRET.
var secret = strings.Repeat("bench", 8)

// startTimeout bounds the time until a server is ready.
const startTimeout = 30 * time.Second

// withServer runs fn with a server of the given bcrypt cost. Rate limits are off,
// because they would determine the figures. Other settings have their defaults.
func (b *bench) withServer(ctx context.Context, e *engine, cost int, fn func(*server) error) (err error) {
	s, err := b.start(ctx, e, cost)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.stop()) }()
	return fn(s)
}

// start starts a server and waits until it is ready.
func (b *bench) start(ctx context.Context, e *engine, cost int) (*server, error) {
	s := &server{binary: b.binary, engine: e, log: filepath.Join(e.directory, "server.log"), exited: make(chan struct{})}
	// The log goes to a file, because reading a pipe would take processor time from
	// the load generator.
	log, err := os.Create(s.log)
	if err != nil {
		return nil, err
	}
	defer log.Close() // the process has its own descriptor
	// Only stop ends the process: a second signal would interrupt calls.
	s.command = s.alta(context.WithoutCancel(ctx), "serve", "--listen", "127.0.0.1:0", "--log", "json", "--bcrypt-cost", strconv.Itoa(cost),
		"--auth-rate", "off", "--session-rate", "off")
	s.command.Stderr = log
	return s, s.run(ctx)
}

// run starts the process and waits until it is ready.
func (s *server) run(ctx context.Context) error {
	if err := s.command.Start(); err != nil {
		return err
	}
	go func() {
		s.exit = s.command.Wait()
		close(s.exited)
	}()
	if err := s.awaitReady(ctx); err != nil {
		return errors.Join(err, s.stop())
	}
	return nil
}

// alta returns a command of the binary for the server's database. It does not use
// the settings in the environment of the bench.
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

// findAddress returns the server's address from its log, or "" if the log does not
// have it yet.
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

// stop tells the server to stop and waits for its end. It returns an error if the
// server does not stop or fails.
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

// doctor returns the lines of `alta doctor` about the database.
func (s *server) doctor(ctx context.Context) ([]string, error) {
	output, err := s.alta(ctx, "doctor").Output()
	var lines []string
	for line := range strings.Lines(string(output)) {
		if strings.Contains(line, " database ") {
			lines = append(lines, "doctor: "+strings.TrimSpace(line))
		}
	}
	if len(lines) == 0 {
		return nil, fmt.Errorf("doctor does not report on the database: %w", err)
	}
	return lines, nil
}

// processorTime returns the processor time of the server's process. It is 0 if the
// system does not tell it or s is nil.
func (s *server) processorTime() time.Duration {
	if s == nil {
		return 0
	}
	return processorTimeOf(s.command.Process.Pid)
}

// processorTimeOf returns the processor time of the process, or 0.
func processorTimeOf(pid int) time.Duration {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	_, afterName, _ := strings.Cut(string(text), ") ")
	fields := strings.Fields(afterName)
	if len(fields) < 13 {
		return 0
	}
	user, _ := strconv.Atoi(fields[11])
	system, _ := strconv.Atoi(fields[12])
	return time.Duration(user+system) * 10 * time.Millisecond // Linux always counts in hundredths here
}

// residentMemory returns the resident memory of the server, in bytes.
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
