package docs

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/getkin/kin-openapi/openapi3"
)

// ErrorCode is a kind of error.
type ErrorCode struct {
	Name       string
	Statuses   []int // statuses with this code, from the contract's examples or x-codes
	Meaning    string
	Cure       string
	Operations []*Operation // operations that can return it, from the contract's examples
}

// errorCodes reads the enum ErrorCode and its x-codes.
func errorCodes(doc *openapi3.T) ([]*ErrorCode, error) {
	ref := doc.Components.Schemas["ErrorCode"]
	if ref == nil {
		return nil, errors.New("components.schemas.ErrorCode is missing")
	}
	texts, _ := ref.Value.Extensions["x-codes"].(map[string]any)
	var codes []*ErrorCode
	for _, value := range ref.Value.Enum {
		code := &ErrorCode{Name: formatValue(value)}
		fields, _ := texts[code.Name].(map[string]any)
		code.Meaning, _ = fields["meaning"].(string)
		code.Cure, _ = fields["cure"].(string)
		if code.Meaning == "" || code.Cure == "" {
			return nil, fmt.Errorf("x-codes: %s: wants meaning and cure", code.Name)
		}
		if status, isGiven := fields["status"].(float64); isGiven {
			code.Statuses = []int{int(status)}
		}
		codes = append(codes, code)
	}
	if len(texts) != len(codes) {
		return nil, fmt.Errorf("x-codes has %d codes, the enum %d", len(texts), len(codes))
	}
	return codes, nil
}

// addCodes notes which codes the operation returns, and with which status.
func (w *writer) addCodes(op *Operation) {
	for _, response := range op.Responses {
		for _, sample := range response.Samples {
			var body struct{ Code string }
			if response.IsSuccess() || json.Unmarshal([]byte(sample.Text), &body) != nil {
				continue
			}
			name := cmp.Or(body.Code, sample.Name) // the app door sends the code in a header; its examples are named after it
			for _, code := range w.book.ErrorCodes {
				if code.Name == name {
					code.addOperation(op, response.Status)
				}
			}
		}
	}
}

func (c *ErrorCode) addOperation(op *Operation, status int) {
	if !slices.Contains(c.Operations, op) {
		c.Operations = append(c.Operations, op)
		op.Codes = append(op.Codes, c)
	}
	if !slices.Contains(c.Statuses, status) {
		c.Statuses = append(c.Statuses, status)
		slices.Sort(c.Statuses)
	}
}
