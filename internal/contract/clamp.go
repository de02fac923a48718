package contract

import (
	"errors"
	"regexp"
	"strconv"

	"github.com/getkin/kin-openapi/openapi3"
)

// Clamp limits a query parameter to a range instead of rejecting it (x-clamp).
type Clamp struct {
	Name                      string
	Minimum, Maximum, Default int
}

func readClamp(parameter *openapi3.Parameter) (*Clamp, error) {
	value, ok := parameter.Extensions["x-clamp"]
	if !ok {
		return nil, nil
	}
	fields, _ := value.(map[string]any)
	c := Clamp{Name: parameter.Name}
	for _, field := range []struct {
		name   string
		target *int
	}{{"minimum", &c.Minimum}, {"maximum", &c.Maximum}, {"default", &c.Default}} {
		number, ok := fields[field.name].(float64)
		if !ok || number != float64(int(number)) {
			return nil, errors.New("x-clamp: wants minimum, maximum and default, as integers")
		}
		*field.target = int(number)
	}
	if c.Minimum > c.Default || c.Default > c.Maximum || !parameter.Schema.Value.Type.Is(openapi3.TypeInteger) {
		return nil, errors.New("x-clamp: wants minimum <= default <= maximum, on an integer")
	}
	return &c, nil
}

// integerPattern matches integers of any length, with a sign.
var integerPattern = regexp.MustCompile(`^[+-]?[0-9]+$`)

// Apply sets the parameter to the sent value, limited to the range. If the value is
// missing, repeated or not an integer, it sets the default.
func (c Clamp) Apply(query map[string][]string) {
	n := c.Default
	if texts := query[c.Name]; len(texts) == 1 {
		sent, err := strconv.Atoi(texts[0])
		switch {
		case !integerPattern.MatchString(texts[0]):
		case err == nil:
			n = min(max(sent, c.Minimum), c.Maximum)
		case errors.Is(err, strconv.ErrRange):
			n = c.Maximum
			if texts[0][0] == '-' {
				n = c.Minimum
			}
		}
	}
	query[c.Name] = []string{strconv.Itoa(n)}
}
