package alta_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	alta "example.com/alta/sdk/go"
)

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, baseURL string
		options       []alta.Option
		want          string
	}{
		{"no URL", "", nil, "the base URL has to be of the form https://host"},
		{"no scheme", "alta.example.com", nil, "the base URL has to be of the form https://host"},
		{"another scheme", "ftp://alta.example.com", nil, "the base URL has to be of the form https://host"},
		{"a query", "https://alta.example.com?a=b", nil, "without user, query and fragment"},
		{"an empty query", "https://alta.example.com/?", nil, "without user, query and fragment"},
		{"an empty fragment", "https://alta.example.com/#", nil, "without user, query and fragment"},
		{"an empty user", "https://@alta.example.com", nil, "without user, query and fragment"},
		{"no host", "https://:443", nil, "the base URL has to be of the form https://host"},
		{"a password", "https://user:secret@alta.example.com", nil, "without user, query and fragment"},
		{"not a URL", "https://%", nil, "the base URL: "},
		{"an empty key", "https://alta.example.com", []alta.Option{alta.WithAPIKey(" ")}, "the credential for X-API-Key is empty or has line breaks"},
		{"a token of two lines", "https://alta.example.com", []alta.Option{alta.WithToken("a\nb")}, "the credential for Authorization is empty or has line breaks"},
		{"both", "https://alta.example.com", []alta.Option{alta.WithAPIKey("a"), alta.WithToken("b")}, "a client has one credential, an API key or a token"},
		{"no HTTP client", "https://alta.example.com", []alta.Option{alta.WithHTTPClient(nil)}, "the HTTP client is nil"},
		{"negative retries", "https://alta.example.com", []alta.Option{alta.WithRetries(alta.Retries{Max: -1})}, "retries are not negative"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, err := alta.New(test.baseURL, test.options...)
			if err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "secret") {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
}

// TestCredentials: the credential is sent to the server only, and only for
// operations that need one.
func TestCredentials(t *testing.T) {
	t.Parallel()
	var got *http.Request
	redirecting := &http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
		got = r
		if r.URL.Path == "/alta/api/v1/status" {
			return respond(302, http.Header{"Location": {"https://elsewhere.example.com/"}}, ""), nil
		}
		return respond(200, http.Header{}, "not JSON"), nil
	})}
	for _, test := range []struct {
		name           string
		option         alta.Option
		key, authority string
	}{
		{"key", alta.WithAPIKey("alta_key"), "alta_key", ""},
		{"token", alta.WithToken("token"), "", "Bearer token"},
	} {
		t.Run(test.name, func(t *testing.T) {
			client := must(alta.New("https://alta.example.com/alta/", alta.WithHTTPClient(redirecting), test.option))
			_, err := client.GetTokenBalance(t.Context())
			if err == nil || !strings.Contains(err.Error(), "getTokenBalance: the answer is not what the contract says") {
				t.Errorf("got %v for a response that is not JSON", err)
			}
			if got.Header.Get("X-API-Key") != test.key || got.Header.Get("Authorization") != test.authority || got.URL.Path != "/alta/api/v1/account/balance" {
				t.Errorf("sent %s with %v", got.URL, got.Header)
			}
			if _, err := client.GetStatus(t.Context()); refusal(t, err).Status != 302 {
				t.Errorf("a redirection: got %v", err)
			}
			if got.URL.Host != "alta.example.com" || got.Header.Get("X-API-Key")+got.Header.Get("Authorization") != "" {
				t.Errorf("sent %s with %v, want no credential for an open operation", got.URL, got.Header)
			}
		})
	}
	if redirecting.CheckRedirect != nil {
		t.Error("the caller's HTTP client was changed")
	}
}

func TestFileNames(t *testing.T) {
	t.Parallel()
	for disposition, want := range map[string]string{
		`attachment; filename="transacciones.csv"`:  "transacciones.csv",
		`attachment; filename="../../etc/passwd"`:   "passwd",
		`attachment; filename*=UTF-8''a%C3%B1o.csv`: "año.csv",
		`attachment`: "",
		``:           "",
	} {
		client := must(alta.New("https://alta.example.com", alta.WithHTTPClient(&http.Client{
			Transport: roundTripper(func(*http.Request) (*http.Response, error) {
				return respond(200, http.Header{"Content-Disposition": {disposition}, "Content-Type": {"text/csv"}}, "a,b"), nil
			}),
		})))
		file := must(client.ExportCSV(t.Context(), alta.ExportCSVParams{}))
		if file.Name != want || file.ContentType != "text/csv" || string(file.Body) != "a,b" {
			t.Errorf("%s: got %+v, want the name %q", disposition, file, want)
		}
	}
}

// TestErrorCodes: the code is that of the body or, without one, of the header.
func TestErrorCodes(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, header, body string
		want               alta.ErrorCode
	}{
		{"API door", "locked", `{"message": "Locked", "code": "locked", "request_id": "1"}`, alta.ErrorCodeLocked},
		{"app door", "account_not_found", `{"statusCode": 404, "message": "Account not found", "error": "Not Found"}`, alta.ErrorCodeAccountNotFound},
		{"app door, a list", "invalid_request", `{"statusCode": 400, "message": ["a", "b"], "error": "Bad Request"}`, alta.ErrorCodeInvalidRequest},
		{"body before header", "forbidden", `{"message": "Locked", "code": "locked"}`, alta.ErrorCodeLocked},
		{"no body", "internal", "", alta.ErrorCodeInternal},
		{"an unknown code", "brand_new", `{"message": "New"}`, "brand_new"},
		{"a proxy", "", "<h1>Bad Gateway</h1>", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			header := http.Header{}
			if test.header != "" {
				header.Set("Alta-Error", test.header)
			}
			client := must(alta.New("https://alta.example.com", alta.WithHTTPClient(&http.Client{
				Transport: roundTripper(func(*http.Request) (*http.Response, error) { return respond(418, header, test.body), nil }),
			})))
			_, err := client.ListAccounts(t.Context())
			if got := refusal(t, err); got.Code != test.want || test.want != "" && !strings.Contains(got.Error(), " "+string(test.want)+": ") {
				t.Errorf("got the code %q in %q, want %q", got.Code, got.Error(), test.want)
			}
		})
	}
}

// TestErrorsKeepSecrets: errors of the connection do not show the URL.
func TestErrorsKeepSecrets(t *testing.T) {
	t.Parallel()
	failing := roundTripper(func(*http.Request) (*http.Response, error) { return nil, io.ErrUnexpectedEOF })
	client := must(alta.New("https://alta.example.com", alta.WithAPIKey("alta_secret"), alta.WithRetries(alta.Retries{}),
		alta.WithHTTPClient(&http.Client{Transport: failing})))
	err := client.RevokeInvite(t.Context(), "K7QXM-2VABD-RT5WE-HN4PZ")
	if !errors.Is(err, io.ErrUnexpectedEOF) || err.Error() != "alta: revokeInvite: unexpected EOF" {
		t.Errorf("got %v", err)
	}
}
