package alta_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	alta "example.com/alta/sdk/go"
)

// TestIfMatch: of two programs that have read the same account, the second one is told
// that it has changed, and changes nothing.
func TestIfMatch(t *testing.T) {
	t.Parallel()
	owner := must(alta.New(baseURL, alta.WithToken(newSession())))
	var read, changed alta.Metadata
	made := must(owner.CreateAccount(t.Context(), alta.NewAccount{Name: "Trips", Type: "SAVINGS", Currency: "USD"}))
	account := must(owner.GetAccount(t.Context(), made.ID, alta.WithMetadata(&read)))
	rename := func(name, tag string, options ...alta.CallOption) error {
		_, err := owner.UpdateAccount(t.Context(), account.ID, alta.AccountUpdate{Name: alta.Value(name)}, append(options, alta.WithIfMatch(tag))...)
		return err
	}
	if err := rename("Cars", read.ETag, alta.WithMetadata(&changed)); err != nil {
		t.Fatal(err)
	}
	var stale *alta.PreconditionFailedError
	if err := rename("Boats", read.ETag); !errors.As(err, &stale) || refusal(t, err).Code != alta.ErrorCodePreconditionFailed {
		t.Errorf("got %v, want a *PreconditionFailedError", err)
	}
	if now := must(owner.GetAccount(t.Context(), account.ID, alta.WithMetadata(&read))); now.Name != "Cars" || read.ETag != changed.ETag {
		t.Errorf("the account is %q with the tag %s, want Cars with %s", now.Name, read.ETag, changed.ETag)
	}
	if _, err := owner.DeleteAccount(t.Context(), account.ID, alta.WithIfMatch("*")); err != nil {
		t.Error(err)
	}
}

// TestIfMatchOfOtherCalls: an operation without If-Match refuses the option, and all of
// them refuse an empty tag.
func TestIfMatchOfOtherCalls(t *testing.T) {
	t.Parallel()
	owner := must(alta.New(baseURL, alta.WithToken(newSession())))
	if _, err := owner.ListAccounts(t.Context(), alta.WithIfMatch("*")); err == nil || !strings.Contains(err.Error(), "takes no If-Match") {
		t.Errorf("got %v", err)
	}
	if _, err := owner.UpdateMe(t.Context(), alta.MeUpdate{}, alta.WithIfMatch("")); err == nil || !strings.Contains(err.Error(), "tag is empty") {
		t.Errorf("got %v", err)
	}
}

// TestRetriesWithIfMatch: PUT with an If-Match is not repeated after a broken connection,
// because the server may have done it: the repetition would be refused. It is if the
// server has done nothing.
func TestRetriesWithIfMatch(t *testing.T) {
	t.Parallel()
	update := func(c *alta.Client, options ...alta.CallOption) error {
		_, err := c.UpdateDeveloper(context.WithoutCancel(t.Context()), alta.UserUpdate{}, options...)
		return err
	}
	for _, test := range []struct {
		name, answer string
		options      []alta.CallOption
		calls        int
	}{
		{"broken", "", []alta.CallOption{alta.WithIfMatch("*")}, 1},
		{"busy", "503 Retry-After: 0", []alta.CallOption{alta.WithIfMatch("*")}, 2},
		{"broken, without", "", nil, 2},
	} {
		t.Run(test.name, func(t *testing.T) {
			transport := &flaky{answers: []string{test.answer}}
			err := update(transport.client(alta.Retries{Max: 1}), test.options...)
			if len(transport.keys) != test.calls || (test.calls == 1) != errors.Is(err, io.ErrUnexpectedEOF) {
				t.Errorf("%d calls, %v; want %d", len(transport.keys), err, test.calls)
			}
		})
	}
}
