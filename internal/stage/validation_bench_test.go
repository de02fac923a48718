package stage

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"example.com/alta/gen"
)

// BenchmarkValidation measures what the validate stage adds to a call: the
// same handler, which binds the request as the generated one does, with the
// stage and without. internal/bench prints the difference.
func BenchmarkValidation(b *testing.B) {
	parsed, err := ReadContract()
	if err != nil {
		b.Fatal(err)
	}
	s := &Stages{contract: parsed}
	binder := &echo.DefaultBinder{}
	bindRegistration := func(c echo.Context) error { return binder.BindBody(c, new(gen.RegisterAppUserJSONRequestBody)) }
	const registration = `{"email":"john.doe@example.com","password":"SecurePass123!","firstName":"John","lastName":"Doe"`
	for _, test := range []struct {
		name, operation, method, target, body string
		bind                                  echo.HandlerFunc
	}{
		{"registerAppUser", "registerAppUser", "POST", "/api/auth/register", registration + `,"currency":"USD"}`, bindRegistration},
		{"registerAppUser-default", "registerAppUser", "POST", "/api/auth/register", registration + `}`, bindRegistration},
		{
			"listCategories", "listCategories", "GET", "/api/categories?type=EXPENSE&page=1&limit=50", "",
			func(c echo.Context) error { c.QueryParams(); return nil },
		},
	} {
		validate := s.validate(parsed.Operations[test.operation])
		b.Run(test.name+"/with", func(b *testing.B) {
			benchmarkStage(b, test.method, test.target, test.body, validate(test.bind))
		})
		b.Run(test.name+"/without", func(b *testing.B) {
			benchmarkStage(b, test.method, test.target, test.body, test.bind)
		})
	}
}

func benchmarkStage(b *testing.B, method, target, body string, handle echo.HandlerFunc) {
	original := httptest.NewRequest(method, target, nil)
	original.Header.Set("Content-Type", "application/json")
	c := echo.New().NewContext(original, httptest.NewRecorder())
	b.ReportAllocs()
	for b.Loop() {
		r := &http.Request{} // the stage changes the request, so each call has its own
		*r = *original
		url := *original.URL
		r.URL, r.Header = &url, original.Header.Clone()
		if body != "" {
			r.Body, r.ContentLength = io.NopCloser(strings.NewReader(body)), int64(len(body))
		}
		c.Reset(r, c.Response())
		if err := handle(c); err != nil {
			b.Fatal(err)
		}
	}
}
