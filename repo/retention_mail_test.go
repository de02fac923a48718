package repo_test

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

// TestSweepMails: a finished mail is kept for a while, a pending one for ever.
func TestSweepMails(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, c := migrated(t, databaseURL)
		user := createUser(t, r, "ada@example.com")
		add := func(kind string) uuid.UUID { return mustAddMail(t, r, user, kind, 0) }
		c.Set(start.Add(-365 * 24 * time.Hour))
		add("pending")
		retryMail(t, r, add("tried"), start, "busy")
		edges := map[string]uuid.UUID{
			"sent": add("sent, on the edge"), "dead": add("dead, on the edge"), "old sent": add("sent"), "old dead": add("dead"),
		}
		add("cancelled, on the edge")
		add("cancelled")
		c.Set(start.Add(-retention.Mail - time.Microsecond))
		finishMail(t, r, edges["old sent"], repo.MailSent, "")
		finishMail(t, r, edges["old dead"], repo.MailDead, "too old")
		cancelMail(t, r, user, "cancelled")
		c.Set(start.Add(-retention.Mail))
		finishMail(t, r, edges["sent"], repo.MailSent, "")
		finishMail(t, r, edges["dead"], repo.MailDead, "too old")
		cancelMail(t, r, user, "cancelled, on the edge")
		c.Set(start)
		sweep(t, r, 3)
		sweep(t, r, 0)
		checkTexts(t, r, `SELECT kind FROM outbox ORDER BY kind`,
			"cancelled, on the edge", "dead, on the edge", "pending", "sent, on the edge", "tried")
		c.Advance(time.Microsecond)
		sweep(t, r, 3)
		checkTexts(t, r, `SELECT kind FROM outbox ORDER BY kind`, "pending", "tried")
	})
}

// TestSweepTokens: a token is kept for a while after it has expired, even if it
// has no attempts left.
func TestSweepTokens(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, c := migrated(t, databaseURL)
		for i, test := range []struct {
			id  string
			age time.Duration // each is valid for an hour
		}{
			{"a year old", 365 * 24 * time.Hour},
			{"old", retention.Token + time.Hour + time.Microsecond},
			{"on the edge", retention.Token + time.Hour},
			{"expired", time.Hour},
			{"live", 0},
		} {
			user := createUser(t, r, address(i))
			c.Set(start.Add(-test.age))
			createToken(t, r, newToken(user, repo.VerifyEmail, test.id))
		}
		c.Set(start)
		sweep(t, r, 2)
		sweep(t, r, 0)
		checkTexts(t, r, `SELECT id FROM one_time_tokens ORDER BY id`, "expired", "live", "on the edge")
	})
}
