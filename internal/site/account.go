package site

import (
	"fmt"
	"net/http"
	"time"

	"example.com/alta/gen"
	"example.com/alta/internal/contract"
)

const (
	pathProfile       = "/account/profile"
	pathNotifications = "/account/notifications"
	pathDelete        = "/account/delete"
)

// Codes of what was done, for toasts.
const (
	doneRevoked       = "key-revoked"
	doneEnded         = "session-ended"
	doneEndedOthers   = "sessions-ended"
	doneProfile       = "profile-saved"
	doneNotifications = "notifications-saved"
)

var overviewPage = parse("account.html")

func (s *Site) accountPages() {
	s.page(pathAccount, member(showOverview), nil)
	s.page(pathCredentials, member(showCredentials), member(sendCredentials))
	s.page(pathProfile, member(showProfile), member(sendProfile))
	s.page(pathNotifications, member(showNotifications), member(sendNotifications))
	s.page(pathDelete, member(showDelete), member(sendDelete))
}

// tabs lead from one page, or one form of it, to those beside it.
type tabs struct {
	Label string
	Links []tab
}

type tab struct {
	link
	Current bool
}

func (v *visit) accountTabs() tabs {
	return v.tabs(v.text.Account.Pages,
		link{pathAccount, v.text.Account.Overview},
		link{pathCredentials, v.text.Frame.Keys},
		link{pathProfile, v.text.Account.Profile},
		link{pathNotifications, v.text.Account.Notifications},
	)
}

// tabs returns tabs that know which of them the page is.
func (v *visit) tabs(label string, links ...link) tabs {
	t := tabs{Label: label}
	for _, to := range links {
		t.Links = append(t.Links, tab{to, to.Path == v.r.URL.Path})
	}
	return t
}

// overview is what the page of the account shows. Without API access there is
// nothing but its tabs.
type overview struct {
	Tabs    tabs
	Balance *shownBalance
	Usage   shownUsage
	Ledger  shownLedger
}

func showOverview(v *visit) {
	var balance gen.Balance
	if !v.get(apiBalance, &balance) {
		return
	}
	shown := overview{Tabs: v.accountTabs()}
	if balance.Plan != gen.BalancePlanNone {
		shown.Balance = v.shownBalance(balance)
		window, page := v.window(), v.ledgerPage()
		var usage gen.Usage
		var rows gen.TokenTransactionList
		if !v.get(fmt.Sprintf("%s?days=%d", apiUsage, window), &usage) ||
			!v.get(fmt.Sprintf("%s?limit=%d", apiLedger, v.rowsUpTo(page)), &rows) {
			return
		}
		shown.Usage = v.shownUsage(usage, page)
		shown.Ledger = v.shownLedger(rows.Transactions, page, window)
	}
	v.show(http.StatusOK, overviewPage, page{Title: v.text.Frame.Account, Wide: true, Main: shown})
}

// shownBalance is how many tokens are left, in words and as a bar.
type shownBalance struct {
	Left, Of, Plan, Refill, Costs string
	Bar                           shareBar
	Empty                         bool
}

// lowPercent is the share of the month's tokens below which they are running
// out.
const lowPercent = 10

func (v *visit) shownBalance(b gen.Balance) *shownBalance {
	t := v.text.Account
	least, most := v.prices()
	shown := &shownBalance{
		Left:  v.text.count(b.CurrentBalance),
		Of:    fmt.Sprintf(t.OfTokens, v.text.count(b.MonthlyQuota)),
		Plan:  named(t.Plans, string(b.Plan)),
		Costs: fmt.Sprintf(t.Costs, least, most),
		Bar:   shareBar{Percent: 100 * float64(b.CurrentBalance) / float64(max(1, b.MonthlyQuota))},
		Empty: b.Suspended,
	}
	if shown.Bar.Percent < lowPercent {
		shown.Bar.Kind = "warn"
	}
	end, ended := momentOf(b.BillingCycleEnd)
	days := value(b.DaysUntilRefill)
	switch {
	case !ended || b.DaysUntilRefill == nil:
	case days > 1:
		shown.Refill = fmt.Sprintf(t.Refill, v.text.count(b.MonthlyQuota), days, v.text.date(end))
	default:
		shown.Refill = fmt.Sprintf(t.RefillTomorrow, v.text.count(b.MonthlyQuota), v.text.date(end))
	}
	return shown
}

// prices returns the least and the most tokens that a call by API key costs,
// of those that cost any.
func (v *visit) prices() (least, most int) {
	for _, op := range v.site.config.Contract.Operations {
		if op.Cost == 0 || !op.Accepts(contract.SchemeAPIKey) {
			continue
		}
		if least == 0 || op.Cost < least {
			least = op.Cost
		}
		most = max(most, op.Cost)
	}
	return least, most
}

// named returns what the language calls the value of the API, or the value
// itself when it is a new one.
func named(names map[string]string, value string) string {
	if name := names[value]; name != "" {
		return name
	}
	return value
}

// failForm answers that the API would not do what a form asks for. The card is
// the one to try again with.
func (v *visit) failForm(a answer, again card) {
	if a.status == http.StatusTooManyRequests || a.status >= http.StatusInternalServerError {
		v.refuse(a, again)
		return
	}
	v.fail(a)
}

// moment reads a time of the API.
func moment(text string) time.Time {
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		panic(fmt.Errorf("the API answers what its contract does not have: %w", err))
	}
	return at.UTC()
}

// momentOf reads a time of the API that may be null.
func momentOf(text *string) (at time.Time, ok bool) {
	if text == nil {
		return at, false
	}
	return moment(*text), true
}
