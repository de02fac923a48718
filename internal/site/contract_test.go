package site

import (
	"os"
	"sync"

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
