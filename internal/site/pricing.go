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

// pricing is the data of the page of prices.
type pricing struct {
	Plans  []pricedPlan
	Costs  []pricedOperations
	Limits []string // in words
}

type pricedPlan struct {
	Name, Price, Tokens, Requests string
	IsFree                        bool
}

// pricedOperations are operations with the same price.
type pricedOperations struct {
	Cost      int
	Says      string // the price, in words
	Endpoints []link // to their documentation
}

// pricingVisit is a visit of the page of prices.
type pricingVisit struct {
	*visit
	rates map[string]contract.Rate // by rate class; overrides the contract
}

func (v pricingVisit) showPricing() {
	var plans gen.PlanList
	if !v.get(apiPlans, &plans) {
		return
	}
	p := pricing{Costs: v.listCosts(), Limits: v.listLimits()}
	for _, plan := range plans.Data {
		p.Plans = append(p.Plans, v.text.makePricedPlan(plan))
	}
	v.showPage(http.StatusOK, pricingPage, page{Title: v.text.Frame.Pricing, Wide: true, Main: p})
}

func (t *text) makePricedPlan(plan gen.Plan) pricedPlan {
	words := t.SignUp.Pricing
	name := cmp.Or(words.Plans[strings.ToLower(plan.Name)], plan.Name)
	price := t.formatNumbers("%s %d", plan.Currency, plan.Price/100)
	if cents := plan.Price % 100; cents > 0 {
		price += fmt.Sprintf("%s%02d", words.DecimalSeparator, cents)
	}
	return pricedPlan{
		Name:     name,
		Price:    price,
		IsFree:   plan.Price == 0,
		Tokens:   t.formatNumbers(words.Tokens, plan.TokensPerMonth),
		Requests: t.formatNumbers(words.Requests, plan.RequestsPerMinute),
	}
}

// listCosts returns the operations that keys pay for, the cheapest first.
func (v pricingVisit) listCosts() (list []pricedOperations) {
	for _, op := range v.contract.Operations {
		if op.Cost == 0 {
			continue
		}
		i := slices.IndexFunc(list, func(p pricedOperations) bool { return p.Cost == op.Cost })
		if i < 0 {
			i = len(list)
			list = append(list, pricedOperations{Cost: op.Cost, Says: v.text.formatTokens(op.Cost)})
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

func (t *text) formatTokens(cost int) string {
	if cost == 1 {
		return t.SignUp.Pricing.OneToken
	}
	return fmt.Sprintf(t.SignUp.Pricing.ManyTokens, cost)
}

// listLimits says how often people who are logged in may call, and how often
// anybody may try to log in.
func (v pricingVisit) listLimits() (says []string) {
	words := v.text.SignUp.Pricing
	for _, class := range []struct{ name, says string }{
		{rateOfData, words.BySession}, {"account", words.OfAccount}, {"auth", words.OfAuth},
	} {
		rate, isSet := v.rates[class.name]
		if !isSet {
			rate = v.contract.Rates[class.name].Rate
		}
		if rate != (contract.Rate{}) {
			says = append(says, fmt.Sprintf(class.says, v.text.formatRate(rate)))
		}
	}
	return says
}

// formatRate says how many calls are allowed in what time.
func (t *text) formatRate(r contract.Rate) string {
	words := t.SignUp.Pricing
	return t.formatNumbers(words.Windows[r.Window.String()], r.Calls)
}
