package site

import (
	"maps"
	"slices"

	"example.com/alta/internal/docs"
)

var docsHome = docsTemplate("docs_home.html")

// quickStart are the operations that the first steps at each door are shown
// by, and what they are for.
var quickStart = []struct {
	door  string
	steps []struct{ id, says string }
}{
	{"The app door: for people", []struct{ id, says string }{
		{"appRegister", "Sign up. The answer has a JWT, and the account is ready: a wallet and the default categories."},
		{"getProfile", "Call with the JWT. Calls by session are free."},
	}},
	{"The API door: for programs, by invite", []struct{ id, says string }{
		{"redeemInvite", "Change the invite code for a token that lives for a short while."},
		{"register", "Sign up with it. Two mails come: one proves the address, the other has the API key."},
		{"listAccounts", "Call with the key. It pays in tokens."},
	}},
}

// docsStart shows the first steps at one door.
type docsStart struct {
	Door  string
	Steps []docsStep
}

// docsStep is one of the first steps.
type docsStep struct {
	Says      string
	Operation *docs.Operation
	Code      string // for a shell
}

// docsPrice is what the operations of one price cost.
type docsPrice struct {
	Says       string
	Operations []*docs.Operation
}

// docsLimit is how often the operations of some groups may be called.
type docsLimit struct {
	Says string
	Tags []*docs.Tag
}

// docsHomePage is what the first page shows of its own.
type docsHomePage struct {
	Starts []docsStart
	Prices []docsPrice
	Limits []docsLimit
}

func (d *docsVisit) home() docsPage {
	p := docsPage{template: docsHome, markdown: func() string { return d.book.IndexMarkdown(d.baseURL) }}
	p.Title, p.Main = "Documentation", docsHomePage{d.starts(), d.prices(), d.limits()}
	p.Description = "The HTTP API of Alta: two ways to sign up, calls that pay in tokens, personal finance."
	p.Sections = []docsSection{
		{ID: "quick-start", Title: "Quick start"},
		{ID: "credentials", Title: "Credentials"},
		{ID: "tokens", Title: "Tokens and limits"},
		{ID: "groups", Title: "Operations"},
		{ID: "downloads", Title: "Downloads"},
	}
	return p
}

func (d *docsVisit) starts() []docsStart {
	var starts []docsStart
	for _, door := range quickStart {
		start := docsStart{Door: door.door}
		for _, one := range door.steps {
			op := d.byID(one.id)
			start.Steps = append(start.Steps, docsStep{one.says, op, op.Samples(d.baseURL)[0].Code})
		}
		starts = append(starts, start)
	}
	return starts
}

// prices returns what operations cost, the dearest last.
func (d *docsVisit) prices() []docsPrice {
	byPrice := map[int]*docsPrice{}
	for _, op := range d.book.Operations {
		if op.Cost == 0 {
			continue
		}
		if byPrice[op.Cost] == nil {
			byPrice[op.Cost] = &docsPrice{Says: op.CostLabel}
		}
		byPrice[op.Cost].Operations = append(byPrice[op.Cost].Operations, op)
	}
	var prices []docsPrice
	for _, cost := range slices.Sorted(maps.Keys(byPrice)) {
		prices = append(prices, *byPrice[cost])
	}
	return prices
}

// limits returns how often operations may be called, and which.
func (d *docsVisit) limits() []docsLimit {
	var limits []docsLimit
	for _, op := range d.book.Operations {
		i := slices.IndexFunc(limits, func(l docsLimit) bool { return l.Says == op.Limit })
		if i < 0 {
			i = len(limits)
			limits = append(limits, docsLimit{Says: op.Limit})
		}
		if !slices.Contains(limits[i].Tags, op.Tag) {
			limits[i].Tags = append(limits[i].Tags, op.Tag)
		}
	}
	return limits
}
