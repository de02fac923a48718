package contract

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
)

// Costs are the prices that an operation may have, in tokens a call.
var Costs = []int{0, 1, 5, 10, 25}

// The values of RateClass.By.
const (
	ByAddress = "address" // one bucket a client address
	ByUser    = "user"    // one bucket a user

	// ByCredential is one bucket an API key or session, and for calls without a
	// credential one a client address. A key that has leaked does not use up what its
	// owner needs to revoke it.
	ByCredential = "credential"
)

// RoleAdmin is the role that an operation may ask for.
const RoleAdmin = "ADMIN"

// RateClass is a limit that operations share, by their x-rate-class.
type RateClass struct {
	Name    string
	By      string // ByAddress, ByUser or ByCredential
	Rate    Rate   // of the contract; a setting may override it
	Setting string // the environment variable that overrides Rate; may be empty
	ByPlan  bool   // calls by API key have the limit of their plan instead
}

// Rate is a number of calls in a window. The zero Rate means no limit.
type Rate struct {
	Calls  int
	Window time.Duration
}

// ParseRate reads "N/s", "N/m", "N/h", or "off" for no limit. Its error says which
// texts are valid.
func ParseRate(text string) (Rate, error) {
	if text == "off" {
		return Rate{}, nil
	}
	windows := map[string]time.Duration{"s": time.Second, "m": time.Minute, "h": time.Hour}
	number, unit, _ := strings.Cut(text, "/")
	calls, err := strconv.Atoi(number)
	if err != nil || number != strconv.Itoa(calls) || calls < 1 || calls > 1_000_000 || windows[unit] == 0 {
		return Rate{}, fmt.Errorf("%q is not a rate; it takes N/s, N/m or N/h with N from 1 to 1000000, or off", text)
	}
	return Rate{Calls: calls, Window: windows[unit]}, nil
}

func parseRates(doc *openapi3.T) (map[string]RateClass, error) {
	declared, ok := doc.Extensions["x-rate-classes"].(map[string]any)
	if !ok {
		return nil, errors.New("x-rate-classes is missing")
	}
	rates := map[string]RateClass{}
	for name, value := range declared {
		fields, _ := value.(map[string]any)
		by, _ := fields["by"].(string)
		text, _ := fields["rate"].(string)
		setting, _ := fields["setting"].(string)
		rate, err := ParseRate(text)
		if err != nil || !slices.Contains([]string{ByAddress, ByUser, ByCredential}, by) {
			return nil, fmt.Errorf("x-rate-classes: %s: wants `by` (address, user or credential) and `rate` (N/s, N/m or N/h)", name)
		}
		byKey, ok := fields["by-key"]
		if ok && (byKey != "plan" || by != ByUser) {
			return nil, fmt.Errorf("x-rate-classes: %s: `by-key` must be plan, or left out, and goes with `by: user`", name)
		}
		rates[name] = RateClass{Name: name, By: by, Rate: rate, Setting: setting, ByPlan: ok}
	}
	return rates, nil
}

// readExtensions reads the extensions and returns their problems.
func (o *Operation) readExtensions(extensions map[string]any, rates map[string]RateClass) (problems []error) {
	if cost, ok := extensions["x-token-cost"].(float64); !ok || !slices.Contains(Costs, int(cost)) || cost != float64(int(cost)) {
		problems = append(problems, fmt.Errorf("x-token-cost must be one of %v", Costs))
	} else {
		o.Cost = int(cost)
	}
	if value, ok := extensions["x-rate-class"]; ok {
		name, _ := value.(string)
		rate, known := rates[name]
		if !known {
			problems = append(problems, fmt.Errorf("x-rate-class %v is not in x-rate-classes", value))
		}
		o.Rate = &rate
	}
	if role, ok := extensions["x-role"]; ok && role != RoleAdmin {
		problems = append(problems, fmt.Errorf("x-role must be %s, or left out", RoleAdmin))
	}
	o.Role, _ = extensions["x-role"].(string)
	for _, text := range []struct {
		name  string
		field *string
	}{{"x-since", &o.Since}, {"x-why", &o.Why}, {"x-use-case", &o.UseCase}} {
		*text.field, _ = extensions[text.name].(string)
		if strings.TrimSpace(*text.field) == "" {
			problems = append(problems, fmt.Errorf("%s is missing", text.name))
		}
	}
	if err := o.readSideEffects(extensions); err != nil {
		problems = append(problems, err)
	}
	return problems
}

func (o *Operation) readSideEffects(extensions map[string]any) error {
	value, isGiven := extensions["x-side-effects"]
	if !isGiven {
		return nil
	}
	list, _ := value.([]any)
	for _, item := range list {
		sentence, _ := item.(string)
		if strings.TrimSpace(sentence) == "" {
			return errors.New("x-side-effects: wants sentences")
		}
		o.SideEffects = append(o.SideEffects, sentence)
	}
	if len(list) == 0 {
		return errors.New("x-side-effects: wants sentences, or to be left out")
	}
	return nil
}
