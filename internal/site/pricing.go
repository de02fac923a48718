package site

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"example.com/alta/gen"
	"example.com/alta/internal/contract"
	"example.com/alta/internal/docs"
)

const (
	pathPricing = "/pricing"
	apiPlans    = "/api/v1/plans/"

	rateOfData = "data" // the rate class of calls that are paid for by key
)

var pricingPage = parse("pricing.html")

// pricing is what the page of prices shows.
type pricing struct {
	Plans  []pricedPlan
	Costs  []pricedOperations
	Limits []string // in words
}

type pricedPlan struct {
	Name, Price, Tokens, Requests string
	IsFree                        bool
}

// pricedOperations are those that cost the same.
type pricedOperations struct {
	Cost      int
	Says      string // what they cost
	Endpoints []link // to their documentation
}

func showPricing(v *visit) {
	var plans gen.PlanList
	if !v.get(apiPlans, &plans) {
		return
	}
	p := pricing{Costs: v.site.priced(v.text), Limits: v.limits()}
	for _, plan := range plans.Data {
		p.Plans = append(p.Plans, v.text.pricedPlan(plan))
	}
	v.show(http.StatusOK, pricingPage, page{Title: v.text.Frame.Pricing, Wide: true, Main: p})
}

func (t *text) pricedPlan(plan gen.Plan) pricedPlan {
	words := t.SignUp.Pricing
	name := cmp.Or(words.Plans[strings.ToLower(plan.Name)], plan.Name)
	price := t.number("%s %d", plan.Currency, plan.Price/100)
	if cents := plan.Price % 100; cents > 0 {
		price += fmt.Sprintf("%s%02d", words.DecimalSeparator, cents)
	}
	return pricedPlan{
		Name: name, Price: price, IsFree: plan.Price == 0,
		Tokens:   t.number(words.Tokens, plan.TokensPerMonth),
		Requests: t.number(words.Requests, plan.RequestsPerMinute),
	}
}

// priced returns the operations that keys pay for, the cheapest first.
func (s *Site) priced(t *text) (list []pricedOperations) {
	for _, op := range s.config.Contract.Operations {
		if op.Cost == 0 {
			continue
		}
		i := slices.IndexFunc(list, func(p pricedOperations) bool { return p.Cost == op.Cost })
		if i < 0 {
			i = len(list)
			list = append(list, pricedOperations{Cost: op.Cost, Says: t.tokens(op.Cost)})
		}
		list[i].Endpoints = append(list[i].Endpoints, link{docs.PageOf(op), op.Endpoint()})
	}
	for _, p := range list {
		slices.SortFunc(p.Endpoints, byPath)
	}
	slices.SortFunc(list, func(a, b pricedOperations) int { return cmp.Compare(a.Cost, b.Cost) })
	return list
}

// byPath compares endpoints by their paths first.
func byPath(a, b link) int {
	methodA, pathA, _ := strings.Cut(a.Says, " ")
	methodB, pathB, _ := strings.Cut(b.Says, " ")
	return cmp.Or(cmp.Compare(pathA, pathB), cmp.Compare(methodA, methodB))
}

func (t *text) tokens(cost int) string {
	if cost == 1 {
		return t.SignUp.Pricing.OneToken
	}
	return fmt.Sprintf(t.SignUp.Pricing.ManyTokens, cost)
}

// limits says how often people may call who are logged in, and anybody may try
// to.
func (v *visit) limits() (says []string) {
	words := v.text.SignUp.Pricing
	for _, class := range []struct{ name, says string }{
		{rateOfData, words.BySession}, {"account", words.OfAccount}, {"auth", words.OfAuth},
	} {
		rate, isSet := v.site.config.Rates[class.name]
		if !isSet {
			rate = v.site.config.Contract.Rates[class.name].Rate
		}
		if rate != (contract.Rate{}) {
			says = append(says, fmt.Sprintf(class.says, v.text.rate(rate)))
		}
	}
	return says
}

// rate says how many calls are allowed in what time.
func (t *text) rate(r contract.Rate) string {
	words := t.SignUp.Pricing
	return t.number(words.Windows[r.Window.String()], r.Calls)
}
