package repo_test

import (
	"fmt"
	"os"
	"os/exec"
	"testing"

	"example.com/alta/internal/testdb"
)

// Environment variables of a child process.
const (
	childJob      = "ALTA_TEST_CHILD_JOB"
	childDatabase = "ALTA_TEST_CHILD_DATABASE"
	childKill     = "ALTA_TEST_CHILD_KILL"
	childEmail    = "ALTA_TEST_CHILD_EMAIL"
)

// jobs run in child processes, which tests can kill and which share nothing
// with the test but the database.
var jobs = map[string]func(databaseURL string) error{
	"migrate":           migrateJob,
	"sign up":           signUpJob(signUp),
	"sign up by invite": signUpJob(signUpByInvite),
	"erase":             signUpJob(eraseUser),
}

func TestMain(m *testing.M) {
	name, isChild := os.LookupEnv(childJob)
	if !isChild {
		os.Exit(testdb.Main(m))
	}
	if err := jobs[name](os.Getenv(childDatabase)); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// childProcess returns a command that does a job on the database, in a process
// that ends with the test at the latest.
func childProcess(t testing.TB, job, databaseURL string, env ...string) *exec.Cmd {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), program)
	cmd.Env = append(os.Environ(), childJob+"="+job, childDatabase+"="+databaseURL)
	cmd.Env = append(cmd.Env, env...)
	return cmd
}
