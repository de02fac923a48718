package handlers_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"example.com/alta/internal/meter"
	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

// Texts that a user leaves in the database, each of which can be searched for.
const (
	leftFirst, leftLast = "Maximiliana", "Erasmusdottir"
	leftAgent           = "Canarybrowser/7"
	leftAddress         = "198.51.100.77"
	leftReason          = "canary-grant-reason"
)

var leftTexts = []string{
	leftFirst, leftLast, leftAgent, leftAddress, leftReason, "canary-account", "canary-category", "canary-deleted-category",
	"canary-description", "canary-gone-description", "canary-key-name", "canary-webhook", "canary-avatar", "canary-phone", "Antarctica/Troll",
}

// userWithData is a user with a row of every kind that the server keeps.
type userWithData struct {
	customer
	account, category, live, deleted, budget uuid.UUID
}

// addUserWithData signs a user up and uses everything. tag distinguishes the
// texts of two users.
func (h *harness) addUserWithData(s *testDatabase, email, tag string) userWithData {
	h.t.Helper()
	text := func(name string) string { return strings.Replace(name, "canary", "canary"+tag, 1) }
	f := userWithData{customer: h.customer(email)}
	login := request("POST", "/api/auth/login", credentials(email, password), "User-Agent: "+tag+leftAgent)
	login.RemoteAddr = leftAddress + ":4711"
	h.send(login).status(200)
	h.do("PATCH", "/api/users/me", `{"firstName":"`+tag+leftFirst+`","lastName":"`+tag+leftLast+`","timezone":"Antarctica/Troll"}`, f.session).status(200)
	h.do("PUT", "/api/v1/user/", `{"webhook_url":"https://example.com/`+text("canary-webhook")+`"}`, f.session).status(200)
	h.newKey(f.session, `{"name":"`+text("canary-key-name")+`"}`)
	h.do("POST", "/api/v1/account/api-keys", `{"name":"keyed"}`, f.session, withKey("made")).status(201)
	h.do("GET", sandbox, "", f.key, withKey("by-key")).status(200)
	h.do("GET", sandbox, "", f.key).status(200)
	h.do("POST", "/api/auth/login", credentials(email, "guess")).status(401)
	granting := strings.ToLower(tag) + "grants@example.com"
	admin := h.register(granting)
	h.promote(granting)
	h.do("POST", "/api/v1/admin/users/"+f.id.String()+"/grants", `{"tokens":5,"reason":"`+text(leftReason)+`"}`, admin).status(201)
	h.forget(email) // and leave the request lying there

	h.write(func(tx *repo.Tx) error {
		ctx := context.Background()
		w, err := tx.LockWorkspace(ctx, f.id)
		if err != nil {
			return err
		}
		f.account = must(tx.Accounts(ctx, f.id))[0].ID
		categories, _, err := tx.Categories(ctx, f.id, "", repo.Page{Limit: 2})
		if err != nil {
			return err
		}
		f.category = categories[0].ID
		live, gone := text("canary-description"), text("canary-gone-description")
		add := func(description *string) (uuid.UUID, error) {
			tr := repo.Transaction{
				Type: repo.TypeIncome, Amount: 1234, Currency: "ARS", Description: description, Date: tx.Now(),
				AccountID: &f.account, CategoryID: &f.category,
			}
			err := tx.AddTransaction(ctx, w, &tr)
			return tr.ID, err
		}
		if f.live, err = add(&live); err != nil {
			return err
		}
		f.deleted, err = add(&gone)
		return err
	})
	f.budget = uuid.New()
	for query, args := range map[string][]any{
		`UPDATE accounts SET name = $2 WHERE id = $1`:                   {f.account.String(), text("canary-account")},
		`UPDATE categories SET name = $2 WHERE id = $1`:                 {f.category.String(), text("canary-category")},
		`UPDATE transactions SET deleted_at = created_at WHERE id = $1`: {f.deleted.String()},
		`UPDATE users SET avatar_url = $2, phone = $3 WHERE id = $1`:    {f.id.String(), text("canary-avatar"), text("canary-phone")},
		`INSERT INTO categories (id, user_id, name, type, is_fixed, created_at, updated_at, deleted_at)
SELECT $2, id, $3, 'INCOME', FALSE, created_at, created_at, created_at FROM users WHERE id = $1`: {f.id.String(), uuid.NewString(), text("canary-deleted-category")},
		`INSERT INTO budgets (id, user_id, category_id, amount, month, year, created_at, updated_at)
SELECT $2, id, $3, 5050, 3, 2026, created_at, created_at FROM users WHERE id = $1`: {f.id.String(), f.budget.String(), f.category.String()},
	} {
		if _, err := s.db.Exec(query, args...); err != nil {
			h.t.Fatalf("%s: %v", query, err)
		}
	}
	return f
}

// TestNothingIsLeft searches every column of every table: nothing of a deleted user
// is left, and other users' rows are unchanged.
func TestNothingIsLeft(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		h, s := start(t, databaseURL), openTestDatabase(t, databaseURL)
		email, other := "maximiliana.e@example.com", "other@example.com"
		victim, neighbour := h.addUserWithData(s, email, ""), h.addUserWithData(s, other, "Zz.")
		traces := append([]string{email, h.keys.Pseudonym(email)}, leftTexts...)
		before := testdb.Dump(t, databaseURL)
		if hits := textsIn(before, traces...); len(hits) != len(traces) {
			t.Fatalf("the test is about %q, and the database has only %q", traces, hits)
		}
		theirs := []string{neighbour.id.String(), other, "Zz.", h.keys.Pseudonym(other)}
		kept := linesWith(before, theirs...)

		h.do("POST", "/api/users/me/deletion", `{"password":"`+password+`"}`, victim.session).status(200)
		after := testdb.Dump(t, databaseURL)
		for _, line := range linesWith(after, email, h.keys.Pseudonym(email)) {
			t.Errorf("left: %s", line)
		}
		for _, text := range leftTexts {
			for _, line := range linesWith(after, text) {
				if !strings.Contains(line, "Zz.") && !strings.Contains(line, neighbour.id.String()) {
					t.Errorf("left: %s", line)
				}
			}
		}
		if diff := cmp.Diff(kept, linesWith(after, theirs...)); diff != "" {
			t.Errorf("what others have changed (-before +after):\n%s", diff)
		}
		for _, line := range linesWith(after, victim.id.String()) {
			table, _, _ := strings.Cut(line, " ")
			switch table {
			case "users", "ledgers", "token_transactions", "token_usage", "audit_events":
			case "outbox": // what tells the user is encrypted, and gone once it is sent
				if !strings.Contains(line, "kind=user_deleted") {
					t.Errorf("a mail is left: %s", line)
				}
			default:
				t.Errorf("a row of the user is left: %s", line)
			}
		}
		if n := s.count("mail_requests"); n != 1 { // the neighbour's; they are encrypted
			t.Errorf("%d mail requests are left, want 1", n)
		}
		h.mails()
		for _, line := range linesWith(testdb.Dump(t, databaseURL), victim.id.String()) {
			if strings.HasPrefix(line, "outbox ") {
				t.Errorf("once it is sent, a mail is left: %s", line)
			}
		}
		h.verify()
	})
}

// TestTheAnswerToTheRegistrationIsErased: the stored response to a registration
// contains the name, although the call was anonymous.
func TestTheAnswerToTheRegistrationIsErased(t *testing.T) {
	databaseURL := testdb.SQLite(t)
	h, s := start(t, databaseURL), openTestDatabase(t, databaseURL)
	email := "ada@example.com"
	bearer := "Authorization: Bearer " + h.do("POST", "/api/auth/register", registration(email), withKey("k")).status(201).get("token")
	h.do("POST", "/api/auth/register", registration("other@example.com"), withKey("k")).status(201)
	h.do("POST", "/api/users/me/deletion", `{"password":"`+password+`"}`, bearer).status(200)
	if n := s.count("idempotent_calls"); n != 1 {
		t.Errorf("%d answers are left, want the other user's", n)
	}
	again := h.do("POST", "/api/auth/register", registration(email), withKey("k")).status(201)
	if again.Header().Get("Idempotency-Replayed") != "" {
		t.Error("the erased registration was answered again")
	}
}

// TestLedgerOfADeletedUser: pending entries are written, the balance stays the sum
// of its rows, other users in the batch are not affected, and no month refills the
// account.
func TestLedgerOfADeletedUser(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		h := start(t, databaseURL)
		gone, stays := h.customer("gone@example.com"), h.customer("stays@example.com")
		take := func(tokens int64) meter.Debit {
			d := meter.Debit{UserID: gone.id, Cost: tokens, Endpoint: "GET /", RequestID: uuid.NewString()}
			if _, err := h.config.Ledger.Charge(context.Background(), d); err != nil {
				t.Fatal(err)
			}
			return d
		}
		debit := take(7)
		h.do("POST", "/api/users/me/deletion", `{"password":"`+password+`"}`, gone.session).status(200)
		h.config.Ledger.Refund(debit)
		h.do("GET", sandbox, "", stays.key).status(200)
		h.awaitRefunds(gone, 1)
		if got := h.balance(gone); got != 2000 {
			t.Errorf("the balance is %d after the refund, want 2000", got)
		}
		late := take(3) // by a call that was let in before
		rows := len(must(h.repo.TokenRows(t.Context(), gone.id, 100)))

		h.clock.Advance(70 * 24 * time.Hour)
		due := must(h.repo.DueRefills(t.Context(), h.clock.Now(), 100))
		if diff := cmp.Diff([]uuid.UUID{stays.id}, due); diff != "" {
			t.Errorf("refills that are due (-want +got):\n%s", diff)
		}
		if _, err := h.config.Ledger.Refill(context.Background(), gone.id); err != nil {
			t.Error(err)
		}
		if n := len(must(h.repo.TokenRows(t.Context(), gone.id, 100))); n != rows || h.balance(gone) != 2000-late.Cost {
			t.Errorf("a deleted user was refilled: %d rows, want %d; balance %d", n, rows, h.balance(gone))
		}
		h.verify()
	})
}
