package problem

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"example.com/alta/gen"
	"example.com/alta/internal/contract"
	"example.com/alta/internal/export"
	"example.com/alta/internal/identity"
	"example.com/alta/internal/meter"
	"example.com/alta/internal/report"
	"example.com/alta/repo"
)

// doors are a path of each.
var doors = map[Door]string{AppDoor: "/api/accounts", APIDoor: "/api/v1/sandbox"}

// written returns what the door answers err with.
func written(t *testing.T, err error, door Door) (*http.Response, map[string]any) {
	t.Helper()
	recorder := httptest.NewRecorder()
	recorder.Header().Set("Set-Cookie", "alta=1")
	w := Writer{UpgradeURL: "https://alta.example.com/pricing"}
	if err := w.Write(recorder, httptest.NewRequest("POST", doors[door], nil), "an id", err); err != nil {
		t.Fatal(err)
	}
	var body map[string]any
	if err := json.Unmarshal(recorder.Body.Bytes(), &body); err != nil {
		t.Fatal(err)
	}
	return recorder.Result(), body
}

// TestNoFailureIsASuccess: every error is answered as a failure at both doors,
// in the door's shape, with one code in the header and the body.
func TestNoFailureIsASuccess(t *testing.T) {
	failures := []error{errors.New("a bug"), Invalid(contract.Violation{Field: "name", Message: "too long"})}
	for _, p := range catalog {
		failures = append(failures, p.With(valuesFor(p)...))
	}
	for _, f := range foreignErrors {
		failures = append(failures, fmt.Errorf("wrapped: %w", f.err))
	}
	for _, err := range failures {
		for door := range doors {
			response, body := written(t, err, door)
			code := response.Header.Get(HeaderCode)
			text := fmt.Sprint(body["message"])
			if response.StatusCode < 400 || code == "" || !strings.HasPrefix(response.Header.Get("Content-Type"), "application/json") {
				t.Errorf("%v at door %d: %d %q %v", err, door, response.StatusCode, code, response.Header)
			}
			if text == "" && !errors.Is(err, errInvalid) || strings.Contains(text, "%!") || response.Header.Get("Set-Cookie") != "" {
				t.Errorf("%v at door %d: text %q, cookie %q", err, door, text, response.Header.Get("Set-Cookie"))
			}
			if door == APIDoor && (body["code"] != code || body["request_id"] != "an id") {
				t.Errorf("%v: body %v, header %q", err, body, code)
			}
			if door == AppDoor && body["statusCode"] != float64(response.StatusCode) {
				t.Errorf("%v: body %v, status %d", err, body, response.StatusCode)
			}
		}
	}
}

// valuesFor returns as many values as the problem's texts take.
func valuesFor(p *Problem) []any {
	values := make([]any, max(strings.Count(p.App.Text, "%s"), strings.Count(p.API.Text, "%s")))
	for i := range values {
		values[i] = "a value"
	}
	return values
}

// TestCodes: the contract lists exactly the codes that problems have.
func TestCodes(t *testing.T) {
	spec, err := gen.GetSpec()
	if err != nil {
		t.Fatal(err)
	}
	var listed, used []string
	for _, code := range spec.Components.Schemas["ErrorCode"].Value.Enum {
		listed = append(listed, code.(string))
	}
	for _, p := range catalog {
		used = append(used, string(p.Code))
	}
	slices.Sort(listed)
	slices.Sort(used)
	if used = slices.Compact(used); !slices.Equal(listed, used) {
		t.Errorf("the contract lists %v, problems have %v", listed, used)
	}
}

// TestUnansweredDoor: a problem without an answer for a door is internal there,
// and the server's fault.
func TestUnansweredDoor(t *testing.T) {
	for _, p := range catalog {
		for door := range doors {
			if p.answerAt(door).Status != 0 {
				continue
			}
			code, answer := p.At(door)
			if code != gen.ErrorCodeInternal || answer.Status != http.StatusInternalServerError || !p.IsServerFault(door) {
				t.Errorf("%v at door %d: %s %d", p, door, code, answer.Status)
			}
		}
	}
}

// TestBlame: a failure is the server's fault or the caller's, and final for an
// Idempotency-Key or not, alike at both doors.
func TestBlame(t *testing.T) {
	tests := []struct {
		err         error
		ours, final bool
	}{
		{Invalid(contract.Violation{Field: "name"}), false, true},
		{echo.NewHTTPError(http.StatusBadRequest), false, true},
		{echo.ErrNotFound, false, true},
		{ErrSessionNotFound, false, true},
		{fmt.Errorf("look up: %w", ErrRole), false, true},
		{errors.Join(ErrUnauthorized, errors.New("the session has ended")), false, true},
		{repo.ErrEmailTaken, false, true},
		{ErrLocked.After(1), false, false},
		{ErrRateLimited.After(1), false, false},
		{&meter.Insufficient{}, false, false},
		{repo.ErrUnavailable, true, false},
		{identity.ErrBusy, true, false},
		{export.ErrBusy, true, false},
		{context.DeadlineExceeded, true, false},
		{errors.New("a bug"), true, false},
	}
	for _, test := range tests {
		for door := range doors {
			if got := Of(test.err).IsServerFault(door); got != test.ours {
				t.Errorf("door %d, %v: the server's fault: %t", door, test.err, got)
			}
			if got := Of(test.err).IsFinal(door); got != test.final {
				t.Errorf("door %d, %v: final: %t", door, test.err, got)
			}
		}
	}
	if !Of(fmt.Errorf("register: %w", ErrMailFailed)).IsFinal(APIDoor) {
		t.Error("a registration whose mail failed is made again")
	}
	if ErrActivateUnverified.IsFinal(APIDoor) {
		t.Error("an activation is refused for good while its mail is on its way")
	}
}

// TestValues: the texts have the values, which a caller in the same process is
// told too.
func TestValues(t *testing.T) {
	limit := &report.Limit{Err: report.ErrAboveParent, Amount: 150050}
	_, body := written(t, limit, AppDoor)
	if want := "El presupuesto supera el límite de la categoría padre. Disponible: $1500.5."; body["message"] != want {
		t.Errorf("%v, want %q", body, want)
	}
	ctx, told := Watch(t.Context())
	r := httptest.NewRequest("GET", "/api/accounts", nil).WithContext(ctx)
	if err := (Writer{}).Write(httptest.NewRecorder(), r, "", ErrFunds.With("1.00", "2.00")); err != nil {
		t.Fatal(err)
	}
	if !errors.Is(told, ErrFunds) || told.Values[0] != "1.00" || errors.Is(told, ErrTransferFunds) {
		t.Errorf("told %v, %v", told, told.Values)
	}
}

// TestRetryAfter: the header says when a problem is over, in whole seconds
// rounded up, and 5 for an overloaded server.
func TestRetryAfter(t *testing.T) {
	for err, want := range map[error]string{
		ErrLocked.After(1500 * time.Millisecond): "2",
		ErrRateLimited.After(time.Nanosecond):    "1",
		ErrOverloaded:                            "5",
		ErrStopping:                              "5",
		repo.ErrStorage:                          "5",
		ErrRole:                                  "",
	} {
		response, _ := written(t, err, AppDoor)
		if got := response.Header.Get("Retry-After"); got != want {
			t.Errorf("%v: Retry-After %q, want %q", err, got, want)
		}
	}
}
