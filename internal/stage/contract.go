package stage

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"sync"
	"unicode"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/uuid"

	"example.com/alta/gen"
	"example.com/alta/internal/contract"
	"example.com/alta/internal/fiscal"
	"example.com/alta/internal/identity"
	"example.com/alta/internal/money"
)

// formats are the string formats that requests are validated against.
var formats = contract.Formats{
	"email":                 identity.CheckEmail,
	"uuid":                  CheckUUID,
	"iana-time-zone":        fiscal.CheckZone,
	"webhook-url":           checkWebhook,
	"money":                 money.Check,
	"iso-4217":              checkCurrency,
	"iso-date":              fiscal.CheckDate,
	contract.FormatPassword: func(string) error { return nil },
}

// ReadContract returns the contract that the server was generated from. It parses
// the contract once, because that takes a while; callers must not change it.
var ReadContract = sync.OnceValues(func() (*contract.Contract, error) {
	raw, err := gen.GetSpecJSON()
	if err != nil {
		return nil, err
	}
	doc, err := openapi3.NewLoader().LoadFromData(raw)
	if err != nil {
		return nil, err
	}
	if err := doc.Validate(context.Background(), openapi3.DisableExamplesValidation()); err != nil {
		return nil, err
	}
	return contract.Parse(doc, formats)
})

// CheckUUID returns an error for a text that is not a UUID in its usual form, of 36
// characters (RFC 9562).
func CheckUUID(text string) error {
	if len(text) != len(uuid.Nil.String()) { // uuid.Parse accepts other forms, too
		return errors.New("not a UUID")
	}
	_, err := uuid.Parse(text)
	return err
}

func checkCurrency(code string) error {
	if _, ok := money.Find(code); !ok {
		return errors.New("not a currency of the contract")
	}
	return nil
}

// checkWebhook accepts an https URL with a host, or an empty text.
func checkWebhook(text string) error {
	if text == "" {
		return nil
	}
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "https" || u.Hostname() == "" || u.User != nil || strings.ContainsFunc(text, unicode.IsSpace) {
		return errors.New("not an https URL")
	}
	return nil
}
