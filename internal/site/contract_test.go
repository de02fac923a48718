package site

import (
	"os"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"example.com/alta/internal/contract"
	"example.com/alta/internal/contract/source"
)

// theDocument is Alta's contract, from the file that it is written in, and
// theContract what the server makes of it.
var (
	theDocument = sync.OnceValue(func() *openapi3.T {
		text, err := os.ReadFile("../../openapi.yaml")
		if err != nil {
			panic(err)
		}
		written, err := source.Parse(text)
		if err != nil {
			panic(err)
		}
		doc, err := written.Load()
		if err != nil {
			panic(err)
		}
		return doc
	})
	theContract = sync.OnceValue(func() *contract.Contract {
		c, err := contract.Parse(theDocument(), nil)
		if err != nil {
			panic(err)
		}
		return c
	})
)

// TestTextsOfTheContract: the pages know what the app door answers by texts
// that the contract has.
func TestTextsOfTheContract(t *testing.T) {
	examples := theDocument().Paths.Value(apiAppLogIn).Post.Responses.Value("403").Value.Content.Get("application/json").Examples
	body, ok := examples["unverified"].Value.Value.(map[string]any)
	if !ok || body["message"] != unverified {
		t.Errorf("the contract has %v, the pages know %q", body, unverified)
	}
	codes := theDocument().Components.Schemas["ErrorCode"].Value.Enum
	known := map[any]bool{}
	for _, code := range codes {
		known[code] = true
	}
	for _, code := range []string{codeInvalidRequest, codeTokenInvalid, codeEmailTaken, codeUnverified, codeMailFailed} {
		if !known[code] {
			t.Errorf("the contract has no code %q", code)
		}
	}
	for code := range english.SignUp.Invite {
		if !known[code] {
			t.Errorf("the contract has no code %q", code)
		}
	}
}
