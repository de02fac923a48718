package docpages

import (
	"maps"
	"slices"

	"example.com/alta/internal/docs"
)

var homeTemplate = parse("home.html")

// quickStart are the operations that show the first steps at each door, and their
// purpose.
var quickStart = []struct {
	door  string
	steps []struct{ id, says string }
}{
	{"The app door: for people", []struct{ id, says string }{
		{"registerAppUser", "Sign up. The response has a JWT, and the account has a wallet and the default categories."},
		{"getSessionUser", "Call the API with the JWT. Calls by session are free."},
	}},
	{"The API door: for programs, by invite", []struct{ id, says string }{
		{"redeemInvite", "Exchange the invite code for a short-lived token."},
		{"registerDeveloper", "Sign up with the token. You get two mails: one verifies the address, the other has the API key."},
		{"listAccounts", "Call the API with the key. Calls by key cost tokens."},
	}},
}

// start shows the first steps at one door.
type start struct {
	Door  string
	Steps []step
}

// step is one of the first steps.
type step struct {
	Says      string
	Operation *docs.Operation
	Code      string // for a shell
}

// price has the operations of one price.
type price struct {
	Says       string
	Operations []*docs.Operation
}

// limit has the groups with the same rate limit.
type limit struct {
	Says string
	Tags []*docs.Tag
}

// home is the data of the first page.
type home struct {
	Starts []start
	Prices []price
	Limits []limit
}

func (v *view) makeHome() page {
	p := page{template: homeTemplate, markdown: func() string { return v.book.IndexMarkdown(v.baseURL) }}
	p.Title, p.Main = "Documentation", home{Starts: v.listStarts(), Prices: v.listPrices(), Limits: v.listLimits()}
	p.Description = "The HTTP API of " + v.book.Title + ": two ways to sign up, calls that cost tokens, personal finance."
	p.Sections = []section{
		{ID: "quick-start", Title: "Quick start"},
		{ID: "credentials", Title: "Credentials"},
		{ID: "tokens", Title: "Tokens and limits"},
		{ID: "groups", Title: "Operations"},
		{ID: "downloads", Title: "Downloads"},
	}
	return p
}

func (v *view) listStarts() []start {
	var starts []start
	for _, door := range quickStart {
		shown := start{Door: door.door}
		for _, first := range door.steps {
			op := v.findByID(first.id)
			shown.Steps = append(shown.Steps, step{Says: first.says, Operation: op, Code: op.Samples(v.baseURL)[0].Code})
		}
		starts = append(starts, shown)
	}
	return starts
}

// listPrices returns the operations by price, the most expensive last.
func (v *view) listPrices() []price {
	byCost := map[int]*price{}
	for _, op := range v.book.Operations {
		if op.Cost == 0 {
			continue
		}
		if byCost[op.Cost] == nil {
			byCost[op.Cost] = &price{Says: op.CostLabel}
		}
		byCost[op.Cost].Operations = append(byCost[op.Cost].Operations, op)
	}
	var prices []price
	for _, cost := range slices.Sorted(maps.Keys(byCost)) {
		prices = append(prices, *byCost[cost])
	}
	return prices
}

// listLimits returns how often operations may be called, and which groups each
// limit is for.
func (v *view) listLimits() []limit {
	var limits []limit
	for _, op := range v.book.Operations {
		i := slices.IndexFunc(limits, func(l limit) bool { return l.Says == op.Limit })
		if i < 0 {
			i = len(limits)
			limits = append(limits, limit{Says: op.Limit})
		}
		if !slices.Contains(limits[i].Tags, op.Tag) {
			limits[i].Tags = append(limits[i].Tags, op.Tag)
		}
	}
	return limits
}
