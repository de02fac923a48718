package handlers_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/alta/internal/docs"
	"example.com/alta/internal/testdb"
)

// TestHead: every operation that takes GET takes HEAD, and answers the same
// without a body.
func TestHead(t *testing.T) {
	g := startWithGoogle(t, testdb.SQLite(t))
	caller, key := g.person("caller@example.com"), g.secret("key")
	own := map[string]bool{ // headers of one call
		"X-Request-Id": true, "Ratelimit": true, "X-Token-Balance": true, "Set-Cookie": true, "Location": true, "Content-Length": true,
	}
	for _, op := range readBook(t).Operations {
		if op.Method != http.MethodGet {
			continue
		}
		t.Run(op.ID, func(t *testing.T) {
			g.t = t
			example := exampleCall{method: op.Method, target: op.Request.Target()}
			if op.Credential.Header != "" {
				example.headers = []string{op.Credential.Header + ": " + op.Credential.Value}
			}
			e := &exampleRun{withGoogle: g, op: op, example: example, caller: caller, substitutes: map[string]string{docs.PlaceholderKey: key}}
			e.prepare()
			head := httptest.NewRecorder()
			g.ServeHTTP(head, request(http.MethodHead, e.real(example.target), "", e.realHeaders()...))
			whole := g.do(http.MethodGet, e.real(example.target), "", e.realHeaders()...)
			if head.Code != whole.Code || head.Body.Len() > 0 {
				t.Errorf("HEAD is answered %d with %d bytes, GET %d", head.Code, head.Body.Len(), whole.Code)
			}
			same := cmp.FilterPath(func(p cmp.Path) bool {
				name, ok := p.Last().(cmp.MapIndex)
				return ok && own[name.Key().String()]
			}, cmp.Ignore())
			if diff := cmp.Diff(whole.Header(), head.Header(), same); diff != "" {
				t.Errorf("headers (-GET +HEAD):\n%s", diff)
			}
		})
		g.t = t
	}
}
