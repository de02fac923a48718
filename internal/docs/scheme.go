package docs

import (
	"fmt"

	"github.com/getkin/kin-openapi/openapi3"
)

// Scheme is a way for callers to identify themselves.
type Scheme struct {
	Name        string // as in the contract
	Usage       string // such as X-API-Key: YOUR_API_KEY
	Description string
}

// schemes returns the security schemes in the contract's order.
func (w *writer) schemes() []Scheme {
	var schemes []Scheme
	for _, name := range w.source.At("components", "securitySchemes").Keys() {
		scheme := w.spec.Components.SecuritySchemes[name].Value
		schemes = append(schemes, Scheme{Name: name, Usage: usage(scheme), Description: scheme.Description})
	}
	return schemes
}

func usage(scheme *openapi3.SecurityScheme) string {
	switch {
	case scheme.Type == "apiKey" && scheme.In == openapi3.ParameterInHeader:
		return fmt.Sprintf("%s: %s", scheme.Name, PlaceholderKey)
	case scheme.Type == "apiKey" && scheme.In == openapi3.ParameterInQuery:
		return fmt.Sprintf("?%s=%s", scheme.Name, PlaceholderKey)
	case scheme.Type == "apiKey":
		return fmt.Sprintf("Cookie: %s=%s", scheme.Name, PlaceholderSession)
	case scheme.BearerFormat == "":
		return "Authorization: Bearer " + placeholderMetrics
	}
	return "Authorization: Bearer " + PlaceholderSession
}
