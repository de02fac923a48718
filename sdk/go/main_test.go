package alta_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The tests and the examples call one server, the built binary, on an empty
// database.
var (
	baseURL string
	server  program
)

// program is the binary with the directory of its processes.
type program struct{ binary, dir string }

func TestMain(m *testing.M) { os.Exit(serveAndRun(m)) }

func serveAndRun(m *testing.M) int {
	dir, err := os.MkdirTemp("", "alta-sdk-go-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	server = program{binary: filepath.Join(dir, "alta"), dir: dir}
	build := exec.Command("go", "build", "-C", "../..", "-o", server.binary, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build: %v\n%s", err, out)
		return 1
	}
	stop, err := server.serve()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer stop()
	return m.Run()
}

// command returns a command of the binary for the server's database. It does not get
// the settings in the tester's environment.
func (p program) command(args ...string) *exec.Cmd {
	cmd := exec.Command(p.binary, args...)
	cmd.Env = []string{"HOME=" + p.dir, "PATH=" + os.Getenv("PATH"), "ALTA_DATA_DIR=" + filepath.Join(p.dir, "data")}
	return cmd
}

// supervise is a shell script that runs a command until it ends or standard input is
// closed. Standard input is closed when the tests end, even if a failing example ends
// the process at once. Then the script removes the directory in its first argument.
const supervise = `exec 3<&0
"$@" & server=$!
{ read -r _ <&3; kill $server; } >/dev/null 2>&1 &
wait $server; status=$?
rm -rf "$0"
exit $status`

// serve starts the server, waits until it listens and sets baseURL.
func (p program) serve() (stop func(), err error) {
	serve := p.command("serve", "--listen", "127.0.0.1:0", "--bcrypt-cost", "10", "--log", "json", "--auth-rate", "off")
	cmd := exec.Command("sh", append([]string{"-c", supervise, p.dir}, serve.Args...)...)
	cmd.Env = serve.Env
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	log, err := cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	ended := make(chan struct{})
	listening := make(chan string, 1)
	go func() {
		defer close(ended)
		for lines := bufio.NewScanner(log); lines.Scan(); {
			var entry struct{ Msg, Address string }
			if json.Unmarshal(lines.Bytes(), &entry) == nil && entry.Msg == "listening" {
				listening <- entry.Address
			}
		}
	}()
	stop = func() {
		_ = stdin.Close() // the server may have ended already
		<-ended
		_ = cmd.Wait() // its status is that of the signal
	}
	select {
	case address := <-listening:
		baseURL = "http://" + address
		return stop, nil
	case <-ended:
		return nil, fmt.Errorf("the server ended: %w", cmd.Wait())
	}
}

// run runs a command of the binary and returns its output.
func (p program) run(args ...string) string {
	out, err := p.command(args...).Output()
	if err != nil {
		panic(fmt.Sprintf("alta %s: %v", strings.Join(args, " "), err))
	}
	return strings.TrimSpace(string(out))
}

// newInvite returns an invite code.
func newInvite() string { return server.run("invite", "create") }

var verificationLink = regexp.MustCompile(`verifyEmail\?token=([\w-]+)`)

// tokenMailedTo returns the token of the latest verification mail to the address.
func tokenMailedTo(email string) string {
	mails, err := filepath.Glob(filepath.Join(server.dir, "data", "mail", "*.eml"))
	if err != nil {
		panic(err)
	}
	for _, name := range slices.Backward(mails) { // their names begin with the time
		raw, err := os.ReadFile(name)
		if err != nil {
			panic(err)
		}
		text := strings.NewReplacer("=\r\n", "", "=\n", "", "=3D", "=").Replace(string(raw))
		if link := verificationLink.FindStringSubmatch(text); link != nil && strings.Contains(text, "To: <"+email+">") {
			return link[1]
		}
	}
	panic("no verification mail to " + email)
}
