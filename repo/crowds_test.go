package repo_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"

	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

// fill adds rows with the numbers 1 to n: columns and values are SQL, in which i is the
// number and $1 the time.
func fill(t *testing.T, databaseURL, table, columns, values string, n int, at time.Time) {
	t.Helper()
	var stored any = at
	if !repo.IsPostgres(databaseURL) {
		stored = at.UnixMicro()
	}
	_, err := testdb.Connect(t, databaseURL).Exec(fmt.Sprintf(`
INSERT INTO %s (%s)
WITH RECURSIVE numbers (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM numbers WHERE i < %d)
SELECT %s FROM numbers`, table, columns, n, values), stored)
	if err != nil {
		t.Fatal(err)
	}
}

// TestRowsOfStrangersAreBounded: of a flood of one network a bounded number of rows is
// left, and another network loses none; nor do users.
func TestRowsOfStrangersAreBounded(t *testing.T) {
	reserve := func(tx *repo.Tx, client string, i int) error {
		scope := fmt.Sprint(client, " scope ", i)
		_, taken, err := tx.ReserveCall(t.Context(), repo.IdempotentCall{Scope: scope, Key: "k", RequestID: scope, Client: client}, time.Minute)
		if !taken {
			t.Errorf("call %d of %s was not taken", i, client)
		}
		if err != nil {
			return err
		}
		return tx.AnswerCall(t.Context(), scope, "k", "answer")
	}
	for _, test := range []struct {
		table, columns, values string
		most                   int
		add                    func(tx *repo.Tx, client string, i int) error
	}{
		{"idempotent_calls", "scope, key, fingerprint, request_id, response, client, created_at",
			"'s' || i, 'k', '', '', 'answer', 'flood', $1", 10_000, reserve},
		{"sign_ins", "id, digest, secret_id, sealed, client, expires_at", "'s' || i, '', '', '', 'flood', $1", 10_000,
			func(tx *repo.Tx, client string, i int) error {
				return tx.CreateSignIn(t.Context(), repo.SignIn{ID: fmt.Sprint(client, i), Client: client}, time.Minute)
			}},
		{"mail_requests", "id, kind, email, mailbox, client, created_at", "'r' || i, 'reset', '', 'm' || i, 'flood ' || (i % 20), $1", 5_000,
			func(tx *repo.Tx, client string, i int) error {
				if client == "flood" { // it is twenty networks, since one has a bound of its own
					client = fmt.Sprint("flood ", i%20)
				}
				return tx.AddMailRequest(t.Context(), repo.MailRequest{ID: uuid.New(), Kind: "reset", Mailbox: fmt.Sprint(client, i), Client: client})
			}},
	} {
		t.Run(test.table, func(t *testing.T) {
			testdb.Each(t, func(t *testing.T, databaseURL string) {
				r, c := migrated(t, databaseURL)
				fill(t, databaseURL, test.table, test.columns, test.values, test.most-5, c.Now())
				c.Advance(time.Second)
				add := func(client string, n int) {
					t.Helper()
					inBatches(t, r, n, func(tx *repo.Tx, i int) error { return test.add(tx, client, i) })
				}
				add("honest", 20)
				add("flood", 200)
				add("", 20)
				count := func(where string) int { return queryInt(t, r, `SELECT COUNT(*) FROM `+test.table+` WHERE `+where) }
				if all, honest, others := count("client <> ''"), count("client = 'honest'"), count("client = ''"); all > test.most || all < test.most-100 || honest != 20 || others != 20 {
					t.Errorf("%d rows of strangers, %d of the other network, %d of nobody; want about %d, 20, 20", all, honest, others, test.most)
				}
			})
		})
	}
}
