package alta_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/uuid"

	alta "example.com/alta/sdk/go"
)

// refusal returns the *Error in err.
func refusal(t *testing.T, err error) *alta.Error {
	t.Helper()
	var refused *alta.Error
	if !errors.As(err, &refused) {
		t.Fatalf("got %v, want an *alta.Error", err)
	}
	return refused
}

func TestRefusalsOfBothDoors(t *testing.T) {
	t.Parallel()
	anyone := must(alta.New(baseURL))
	stranger := must(alta.New(baseURL, alta.WithToken("no.such.session")))
	owner := must(alta.New(baseURL, alta.WithToken(newSession())))
	developer, _ := newDeveloper()
	unknown := uuid.MustParse("00000000-0000-4000-8000-000000000000")
	for _, test := range []struct {
		name   string
		call   func() error
		want   alta.Error
		fields []alta.FieldError
	}{
		{"app: no credential", func() error { _, err := anyone.ListAccounts(t.Context()); return err },
			alta.Error{Operation: "listAccounts", Status: 401, Code: alta.ErrorCodeUnauthorized, Message: "Unauthorized"}, nil},
		{"app: bad credential", func() error { _, err := stranger.GetMe(t.Context()); return err },
			alta.Error{Operation: "getMe", Status: 401, Code: alta.ErrorCodeUnauthorized, Message: "Unauthorized"}, nil},
		{"app: broken rules", func() error {
			_, err := owner.CreateAccount(t.Context(), alta.NewAccount{Name: strings.Repeat("a", 101), Type: "SHOE", Currency: "USD"})
			return err
		}, alta.Error{
			Operation: "createAccount", Status: 400, Code: alta.ErrorCodeInvalidRequest, Message: "name must be shorter than or equal to 100 characters",
		}, []alta.FieldError{
			{Message: "name must be shorter than or equal to 100 characters"},
			{Message: "Type must be WALLET, SAVINGS, INVESTMENT or CREDIT_CARD"},
		}},
		{"app: not found", func() error { _, err := owner.DeleteAccount(t.Context(), unknown); return err },
			alta.Error{Operation: "deleteAccount", Status: 404, Code: alta.ErrorCodeAccountNotFound, Message: "Account not found"}, nil},
		{"API: no credential", func() error { _, err := anyone.GetTokenBalance(t.Context()); return err },
			alta.Error{Operation: "getTokenBalance", Status: 401, Code: alta.ErrorCodeUnauthorized, Message: "Missing or invalid Authorization header / api_Token."}, nil},
		{"API: broken rules", func() error { _, err := developer.CreateAPIKey(t.Context(), alta.NewAPIKey{}); return err },
			alta.Error{Operation: "createAPIKey", Status: 400, Code: alta.ErrorCodeInvalidRequest, Message: "name should not be empty"},
			[]alta.FieldError{{Field: "name", Message: "name should not be empty"}}},
		{"API: no administrator", func() error {
			_, err := developer.ListUsersWithPlans(t.Context(), alta.ListUsersWithPlansParams{})
			return err
		},
			alta.Error{Operation: "listUsersWithPlans", Status: 403, Code: alta.ErrorCodeForbidden, Message: "Forbidden resource"}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := refusal(t, test.call())
			if got.Operation != test.want.Operation || got.Status != test.want.Status || got.Code != test.want.Code || got.Message != test.want.Message {
				t.Errorf("got %+v, want %+v", got, test.want)
			}
			if got.RequestID == "" || !strings.Contains(got.Error(), got.RequestID) {
				t.Errorf("%q lacks the request's id %q", got.Error(), got.RequestID)
			}
			if len(got.Fields) != len(test.fields) {
				t.Fatalf("got fields %q, want %q", got.Fields, test.fields)
			}
			for i := range test.fields {
				if got.Fields[i] != test.fields[i] {
					t.Errorf("got field %q, want %q", got.Fields[i], test.fields[i])
				}
			}
		})
	}
}

// TestTokens checks the headers of a billed call and the errors for a balance that
// is too small, at both doors.
func TestTokens(t *testing.T) {
	t.Parallel()
	client := must(alta.New(baseURL, alta.WithAPIKey(newAPIKey(12))))
	var metadata alta.Metadata
	if _, err := client.GetSandbox(t.Context(), alta.WithMetadata(&metadata)); err != nil {
		t.Fatal(err)
	}
	if metadata.Status != 200 || metadata.RequestID == "" || *metadata.TokenCost != 10 || *metadata.TokenBalance != 2 {
		t.Errorf("the metadata is %+v", metadata)
	}
	_, atAPI := client.GetSandbox(t.Context(), alta.WithMetadata(&metadata))
	if metadata.Status != 402 || metadata.TokenCost != nil || metadata.TokenBalance != nil {
		t.Errorf("the metadata of a refusal is %+v", metadata)
	}
	_, atApp := client.GetDashboard(t.Context(), alta.GetDashboardParams{})
	for err, cost := range map[error]int64{atAPI: 10, atApp: 5} {
		var short *alta.InsufficientTokensError
		if !errors.As(err, &short) {
			t.Fatalf("got %v, want an *alta.InsufficientTokensError", err)
		}
		if short.CurrentBalance != 2 || short.RequiredCost != cost || short.Plan != "free" || short.UpgradeURL != baseURL+"/pricing" || short.NextRefillAt.IsZero() {
			t.Errorf("got %+v", short)
		}
		if e := refusal(t, err); e.Status != 402 || e.Code != alta.ErrorCodeInsufficientTokens || !strings.Contains(err.Error(), "there are 2") {
			t.Errorf("the error is %v", err)
		}
	}
	if balance := must(client.GetTokenBalance(t.Context())); balance.CurrentBalance != 2 {
		t.Errorf("the balance is %d after refusals, want 2", balance.CurrentBalance)
	}
}

// TestRateLimit makes calls until the server refuses one.
func TestRateLimit(t *testing.T) {
	t.Parallel()
	client := must(alta.New(baseURL, alta.WithToken(newSession()), alta.WithRetries(alta.Retries{})))
	for range 1000 {
		_, err := client.GetSessionUser(t.Context())
		if err == nil {
			continue
		}
		var limited *alta.RateLimitedError
		if !errors.As(err, &limited) || limited.RetryAfter <= 0 || refusal(t, err).Status != 429 || refusal(t, err).Code != alta.ErrorCodeRateLimited {
			t.Errorf("got %v, want an *alta.RateLimitedError with a pause and its code", err)
		}
		return
	}
	t.Error("nothing was refused")
}

// lossy is a transport that loses the response to the first call that changes
// something. The server has executed the call.
type lossy struct{ keys []string }

func (l *lossy) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := http.DefaultTransport.RoundTrip(r)
	if err != nil || r.Method != http.MethodPost {
		return response, err
	}
	if l.keys = append(l.keys, r.Header.Get("Idempotency-Key")); len(l.keys) > 1 {
		return response, nil
	}
	_, err = io.Copy(io.Discard, response.Body)
	return nil, errors.Join(io.ErrUnexpectedEOF, err, response.Body.Close())
}

// TestLostResponse: if the response to a call is lost, the repeated call has one
// effect and one charge.
func TestLostResponse(t *testing.T) {
	t.Parallel()
	connection := &lossy{}
	client := must(alta.New(baseURL, alta.WithAPIKey(newAPIKey(100)), alta.WithHTTPClient(&http.Client{Transport: connection})))
	var metadata alta.Metadata
	account, err := client.CreateAccount(t.Context(), alta.NewAccount{Name: "Ahorros", Type: "SAVINGS", Currency: "EUR"}, alta.WithMetadata(&metadata))
	if err != nil {
		t.Fatal(err)
	}
	if len(connection.keys) != 2 || connection.keys[0] == "" || connection.keys[0] != connection.keys[1] {
		t.Errorf("the keys of the attempts are %q, want the same key twice", connection.keys)
	}
	accounts := must(client.ListAccounts(t.Context()))
	if len(accounts) != 2 || accounts[1].ID != account.ID {
		t.Errorf("there are %d accounts, want the wallet and the savings", len(accounts))
	}
	if balance := must(client.GetTokenBalance(t.Context())).CurrentBalance; balance != 98 {
		t.Errorf("the balance is %d after a creation and a list, want 98", balance)
	}
}

func TestIdempotencyKeys(t *testing.T) {
	t.Parallel()
	client := must(alta.New(baseURL, alta.WithToken(newSession())))
	wallet := alta.NewAccount{Name: "Bolsillo", Type: "WALLET", Currency: "USD"}
	first := must(client.CreateAccount(t.Context(), wallet, alta.WithIdempotencyKey("one")))
	if again := must(client.CreateAccount(t.Context(), wallet, alta.WithIdempotencyKey("one"))); again.ID != first.ID {
		t.Error("the same key made another account")
	}
	if other := must(client.CreateAccount(t.Context(), wallet)); other.ID == first.ID {
		t.Error("without an own key no other account was created")
	}
	wallet.Name = "Otro"
	if _, err := client.CreateAccount(t.Context(), wallet, alta.WithIdempotencyKey("one")); refusal(t, err).Status != 422 {
		t.Errorf("another request under the key: got %v, want 422", err)
	}
	for _, test := range []struct{ key, want string }{
		{"", "alta: createAccount: the Idempotency-Key is empty"},
		{"one", "alta: getTokenBalance takes no Idempotency-Key"},
	} {
		_, err := client.CreateAccount(t.Context(), wallet, alta.WithIdempotencyKey(test.key))
		if test.key != "" {
			_, err = client.GetTokenBalance(t.Context(), alta.WithIdempotencyKey(test.key))
		}
		if err == nil || err.Error() != test.want {
			t.Errorf("key %q: got %v, want %s", test.key, err, test.want)
		}
	}
}

func TestQueryAndPath(t *testing.T) {
	t.Parallel()
	client := must(alta.New(baseURL+"/", alta.WithToken(newSession())))
	page := must(client.ListCategories(t.Context(), alta.ListCategoriesParams{Type: alta.Ptr(alta.ListCategoriesParamsType("INCOME")), Limit: alta.Ptr(int32(2))}))
	if len(page.Data) != 2 || page.Meta.Limit != 2 || page.Meta.Total == 24 {
		t.Errorf("got %d of %d categories", len(page.Data), page.Meta.Total)
	}
	if found := must(client.GetCategory(t.Context(), page.Data[0].ID)); found.Name != page.Data[0].Name {
		t.Errorf("found %s, want %s", found.Name, page.Data[0].Name)
	}
	if err := client.RevokeInvite(t.Context(), "a/../b"); refusal(t, err).Status != 403 {
		t.Errorf("a code with slashes: got %v, want 403, which only the operation answers", err)
	}
	for _, code := range []string{"", ".", ".."} {
		if err := client.RevokeInvite(t.Context(), code); err == nil || err.Error() != "alta: revokeInvite: code is empty or made of dots" {
			t.Errorf("the code %q: got %v", code, err)
		}
	}
}
