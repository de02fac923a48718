package stage_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"example.com/alta/internal/contract"
	"example.com/alta/internal/identity"
	"example.com/alta/internal/meter"
	"example.com/alta/internal/metrics"
	"example.com/alta/internal/problem"
	"example.com/alta/internal/stage"
	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

// harness has the stages of one operation in front of a method that tests choose.
type harness struct {
	t      *testing.T
	repo   *repo.Repo
	stages *stage.Stages
	userID uuid.UUID
	key    string
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

// start makes stages on a database with one user on the free plan, who has a key.
func start(t *testing.T) *harness {
	t.Helper()
	ctx := context.Background()
	h := &harness{t: t, repo: must(repo.Open(ctx, testdb.SQLite(t), time.Now))}
	t.Cleanup(func() { h.repo.Close() })
	must(h.repo.Migrate(ctx))
	log := slog.New(slog.NewJSONHandler(io.Discard, nil))
	keys := must(identity.ParseKeyring(strings.Repeat("test secret ", 4)))
	ledger := meter.NewLedger(h.repo, time.Now, log)
	taking, end := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() { defer close(ended); ledger.Run(taking) }()
	t.Cleanup(func() { end(); <-ended })
	h.stages = must(stage.New(stage.Config{
		Contract: must(stage.ReadContract()), Repo: h.repo, Keys: keys, Tokens: identity.NewTokens(keys, time.Now), Ledger: ledger,
		Limits: meter.NewLimiter(time.Now), Metrics: metrics.New(), Log: log, Now: time.Now,
		PublicURL: must(url.Parse("http://alta.test")), Rates: map[string]contract.Rate{"data": {}, "account": {}},
	}))
	h.key = identity.NewAPIKey()
	digest := keys.Digest(identity.PurposeAPIKey, h.key)
	err := h.repo.InTx(ctx, func(tx *repo.Tx) error {
		user, err := tx.CreateUser(ctx, repo.NewUser{Email: "ada@example.com", Door: repo.DoorAPI, Currency: repo.DefaultCurrency})
		if err != nil {
			return err
		}
		h.userID = user.ID
		plan := must(tx.Plan(ctx, repo.PlanFree))
		_, refillAt := meter.Cycle(tx.Now(), tx.Now())
		key := repo.APIKey{UserID: user.ID, Name: "test", Masked: "masked", Digest: digest.Sum, SecretID: digest.KeyID}
		return errors.Join(tx.SetVerified(ctx, user.ID),
			tx.OpenLedger(ctx, user.ID, plan, refillAt, repo.TokenCause{Endpoint: "test", RequestID: "opening"}),
			func() error { _, err := tx.CreateAPIKey(ctx, key); return err }())
	})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// call calls the operation, which method serves, by API key.
func (h *harness) call(operation string, r *http.Request, method echo.HandlerFunc) *httptest.ResponseRecorder {
	h.t.Helper()
	op := must(stage.ReadContract()).Operations[operation]
	e := echo.New()
	h.stages.Install(e)
	e.Add(r.Method, r.URL.Path, method, h.stages.For(op)...)
	if r.Header.Get("X-Api-Key") == "" {
		r.Header.Set("X-API-Key", h.key)
	}
	answer := httptest.NewRecorder()
	e.ServeHTTP(answer, r)
	return answer
}

// spent returns the deltas of the calls' rows in the ledger, the oldest first,
// once there are so many.
func (h *harness) spent(rows int) (deltas []int64) {
	h.t.Helper()
	for range 500 {
		deltas = nil
		for _, row := range must(h.repo.TokenRows(context.Background(), h.userID, 100)) {
			if row.Kind != repo.TokensGrant {
				deltas = append([]int64{row.Delta}, deltas...)
			}
		}
		if len(deltas) >= rows {
			break
		}
		time.Sleep(10 * time.Millisecond) // refunds are written beside the call
	}
	return deltas
}

// TestCharge: a call costs its price, and is given back if the server fails.
func TestCharge(t *testing.T) {
	for _, test := range []struct {
		name    string
		method  echo.HandlerFunc
		status  int
		balance string // in the answer's header
		want    []int64
	}{
		{"served", func(c echo.Context) error { return c.NoContent(200) }, 200, "1990", []int64{-10}},
		{"refused", func(echo.Context) error { return problem.ErrSessionNotFound }, 404, "1990", []int64{-10}},
		{"failed", func(echo.Context) error { return errors.New("a bug") }, 500, "", []int64{-10, 10}},
		{"without an answer at the door", func(echo.Context) error { return problem.ErrFunds.With("1.00", "2.00") }, 500, "", []int64{-10, 10}},
		{"panicked", func(echo.Context) error { panic("a bug") }, 500, "", []int64{-10, 10}},
	} {
		t.Run(test.name, func(t *testing.T) {
			h := start(t)
			answer := h.call("getSandbox", httptest.NewRequest("GET", "/api/v1/sandbox", nil), test.method)
			if answer.Code != test.status || answer.Header().Get("X-Token-Balance") != test.balance {
				t.Errorf("%d %v", answer.Code, answer.Header())
			}
			if got := h.spent(len(test.want)); !slices.Equal(got, test.want) {
				t.Errorf("the ledger has %v, want %v", got, test.want)
			}
		})
	}
}

// TestRefusalsAreFree: a call that a stage before the charge refuses reaches
// neither the ledger nor the method.
func TestRefusalsAreFree(t *testing.T) {
	h := start(t)
	never := func(echo.Context) error { t.Error("the method was called"); return nil }
	wrongKey := httptest.NewRequest("GET", "/api/v1/sandbox", nil)
	wrongKey.Header.Set("X-API-Key", identity.NewAPIKey())
	for status, r := range map[int]*http.Request{
		401: wrongKey,
		400: httptest.NewRequest("GET", "/api/transactions?limit=none", nil),
	} {
		operation := map[int]string{401: "getSandbox", 400: "findTransactions"}[status]
		if answer := h.call(operation, r, never); answer.Code != status || answer.Header().Get(problem.HeaderCode) == "" {
			t.Errorf("%s is answered %d %v", r.URL, answer.Code, answer.Header())
		}
	}
	if got := h.spent(0); len(got) > 0 {
		t.Errorf("the ledger has %v", got)
	}
}

// TestIdempotencyKey: a retry gets the response of the first call, and is neither
// served nor charged again.
func TestIdempotencyKey(t *testing.T) {
	h := start(t)
	served := 0
	for range 3 {
		r := httptest.NewRequest("GET", "/api/v1/sandbox", nil)
		r.Header.Set("Idempotency-Key", "one")
		answer := h.call("getSandbox", r, func(c echo.Context) error {
			served++
			return c.JSON(200, map[string]int{"served": served})
		})
		if answer.Code != 200 || strings.TrimSpace(answer.Body.String()) != `{"served":1}` {
			t.Errorf("%d %s", answer.Code, answer.Body)
		}
	}
	if got := h.spent(1); served != 1 || len(got) != 1 {
		t.Errorf("served %d times, the ledger has %v", served, got)
	}
}
