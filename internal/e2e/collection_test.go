package e2e

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"example.com/alta/internal/testdb"
	"example.com/alta/internal/testnode"
	"example.com/alta/internal/testsmtp"
)

// collectionRun is a server with its Postman collection, which newman runs.
type collectionRun struct {
	server *server
	newman *testnode.Node
	file   string
	items  []collectionItem
}

// collectionItem is a request of the collection.
type collectionItem struct {
	id    string
	needs []string // variables without which it is skipped
	byKey bool     // it takes an API key
}

// TestCollectionRuns runs the whole collection, as a new server serves it, again and
// again: each request that is not skipped has to be answered with the status of a
// successful call.
func TestCollectionRuns(t *testing.T) {
	t.Parallel()
	newman := testnode.Start(t, "internal/collection/newman")
	post, databaseURL := testsmtp.Start(t), testdb.SQLite(t)
	alta(t, databaseURL, "", "migrate", "up")
	alta(t, databaseURL, "", "plan", "set", "free", "--requests-per-minute", "1000000")
	const metricsToken = "the metrics of Alta"
	s := launch(t, serve("--session-rate", "off"), environ(t, databaseURL, append(mailing(post), "ALTA_METRICS_TOKEN="+metricsToken)...))
	c := readCollection(t, s, newman)
	c.run(t, nil)
	c.run(t, nil) // the first leaves nothing behind

	member := c.verifiedMember(t, post, "member@example.com")
	s.register(t, "admin@example.com")
	alta(t, databaseURL, "", "user", "promote", "--force", "admin@example.com")
	admin := s.call(t, 200, "POST", "/api/auth/login", credentials("admin@example.com", password)).token(t)
	code := strings.TrimSpace(alta(t, databaseURL, "", "invite", "create", "--uses", "2"))
	c.run(t, map[string]string{"inviteCode": code, "memberToken": member})

	const newcomer = "user@example.com"
	token := awaitMail(t, post, newcomer, subjectVerify).Token()
	key := apiKeyOf(t, awaitMail(t, post, newcomer, subjectWelcome))
	c.run(t, map[string]string{"verificationToken": token})
	reset := awaitMail(t, post, newcomer, subjectReset).Token()
	const victim = "victim@example.com"
	s.register(t, victim)
	s.resend(t.Context(), t, victim)
	c.run(t, map[string]string{"rejectionToken": awaitMail(t, post, victim, "Verifica tu correo").Token()})
	c.run(t, map[string]string{"apiKey": key, "resetToken": reset, "adminToken": admin, "metricsToken": metricsToken})
}

// verifiedMember signs somebody up at the app door, with a verified address.
func (c *collectionRun) verifiedMember(t *testing.T, post *testsmtp.Server, email string) (token string) {
	t.Helper()
	token = c.server.register(t, email)
	c.server.resend(t.Context(), t, email)
	c.server.verify(t, email, awaitMail(t, post, email, "Verifica tu correo").Token())
	return token
}

var neededVariable = regexp.MustCompile(`!pm\.variables\.get\("(\w+)"\)`)

// readCollection reads the collection that the server has.
func readCollection(t *testing.T, s *server, newman *testnode.Node) *collectionRun {
	t.Helper()
	c := &collectionRun{server: s, newman: newman, file: filepath.Join(t.TempDir(), "collection.json")}
	text := s.call(t, 200, "GET", "/docs/alta.postman_collection.json", "").body
	if err := os.WriteFile(c.file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	type events []struct{ Script struct{ Exec []string } }
	var read struct {
		Item []struct {
			Event events
			Item  []struct {
				ID    string
				Event events
			}
		}
	}
	if err := json.Unmarshal([]byte(text), &read); err != nil {
		t.Fatal(err)
	}
	script := func(list events) (text string) {
		for _, event := range list {
			text += strings.Join(event.Script.Exec, "\n")
		}
		return text
	}
	for _, folder := range read.Item {
		var needs []string
		for _, found := range neededVariable.FindAllStringSubmatch(script(folder.Event), -1) {
			needs = append(needs, found[1])
		}
		for _, item := range folder.Item {
			c.items = append(c.items, collectionItem{id: item.ID, needs: needs, byKey: strings.Contains(script(item.Event), "X-API-Key")})
		}
	}
	return c
}

// newmanReport is newman's report of a run.
type newmanReport struct {
	Run struct {
		Executions []struct {
			Item     struct{ ID, Name string }
			Response *struct {
				Code   int
				Header []struct{ Key, Value string }
				Stream struct{ Data []int }
			}
			Assertions []struct {
				Assertion string
				Error     *struct{ Message string }
			}
		}
		Failures []struct {
			Error  struct{ Name, Message string }
			Source struct{ Name string }
		}
	}
}

// run runs the collection with the variables. It fails the test if a request fails,
// or if another one is sent than those for which the variables suffice.
func (c *collectionRun) run(t *testing.T, variables map[string]string) {
	t.Helper()
	report := c.newmanReport(t, variables)
	for _, failure := range report.Run.Failures {
		t.Errorf("%s: %s: %s", failure.Source.Name, failure.Error.Name, failure.Error.Message)
	}
	sent := map[string]int{}
	for _, execution := range report.Run.Executions {
		if execution.Response == nil {
			continue // it was skipped
		}
		sent[execution.Item.ID]++
		if len(execution.Assertions) != 1 {
			t.Errorf("%s has %d tests, want 1", execution.Item.Name, len(execution.Assertions))
		}
		for _, assertion := range execution.Assertions {
			if assertion.Error != nil {
				t.Errorf("%s: answered %d: %.300s", execution.Item.Name, execution.Response.Code, asText(execution.Response.Stream.Data))
			}
		}
	}
	for _, item := range c.items {
		skipped := slices.ContainsFunc(item.needs, func(name string) bool { return variables[name] == "" })
		if (sent[item.id] == 0) != skipped {
			t.Errorf("%v: %s was sent %d times, want it skipped: %t", variables, item.id, sent[item.id], skipped)
		}
	}
	t.Logf("with %d variables, %d requests were sent", len(variables), len(report.Run.Executions))
}

// asText returns a body, which newman reports as a list of bytes.
func asText(data []int) string {
	var text []byte
	for _, b := range data {
		text = append(text, byte(b))
	}
	return string(text)
}

func (c *collectionRun) newmanReport(t *testing.T, variables map[string]string) (report newmanReport) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "report.json")
	args := []string{"node_modules/newman/bin/newman.js", "run", c.file, "--reporters", "json", "--reporter-json-export", file}
	for name, value := range variables {
		args = append(args, "--env-var", name+"="+value)
	}
	out, _ := c.newman.Command(t.Context(), nil, args...).CombinedOutput() // its failures are in the report
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("newman: %v\n%s", err, out)
	}
	if err := json.Unmarshal(text, &report); err != nil {
		t.Fatal(err)
	}
	return report
}
