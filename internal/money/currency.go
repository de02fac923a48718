package money

// Currency is a currency of ISO 4217.
type Currency struct {
	Code     string // three capital letters
	Decimals int    // of its amounts: the minor unit of ISO 4217
	English  string // name
	Spanish  string // name
}

// DefaultDecimals is how many decimals amounts have in a currency that is not one
// of Currencies. Registration took any three letters before it had the list.
const DefaultDecimals = 2

// Currencies returns the currencies that the contract has, in its order: the usual
// ones first. Callers must not change the list.
func Currencies() []Currency { return currencies }

// Find returns the currency with the code. It is false if there is none.
func Find(code string) (Currency, bool) {
	found, ok := byCode[code]
	return found, ok
}

// Decimals returns how many decimals amounts in the currency have.
func Decimals(code string) int {
	if found, ok := byCode[code]; ok {
		return found.Decimals
	}
	return DefaultDecimals
}

var byCode = func() map[string]Currency {
	index := make(map[string]Currency, len(currencies))
	for _, c := range currencies {
		index[c.Code] = c
	}
	return index
}()

// finest has a currency for each number of decimals.
var finest = func() []string {
	var codes []string
	seen := map[int]bool{}
	for _, c := range currencies {
		if !seen[c.Decimals] {
			seen[c.Decimals] = true
			codes = append(codes, c.Code)
		}
	}
	return codes
}()
