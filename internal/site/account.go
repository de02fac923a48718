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
	doneRevoked     = "key-revoked"
	doneRevokedAll  = "keys-revoked"
	doneEnded       = "session-ended"
	doneEndedOthers = "sessions-ended"
	doneProfile     = "profile-saved"
	doneNotify      = "notifications-saved"
)

var overviewPage = parse("account.html")

// accountVisit is a visit of a page about the person's own account.
type accountVisit struct {
	*visit
	now time.Time
}

func (s *Site) addAccount() {
	pages := section[accountVisit]{s, func(v *visit) accountVisit { return accountVisit{v, s.config.Now()} }}
	pages.addMemberPage(pathAccount, accountVisit.showOverview, nil)
	keys := section[credentialsVisit]{s, func(v *visit) credentialsVisit {
		return credentialsVisit{visit: v, now: s.config.Now(), baseURL: s.baseURL(v.r)}
	}}
	keys.addMemberPage(pathCredentials, credentialsVisit.showCredentials, credentialsVisit.sendCredentials)
	pages.addMemberPage(pathProfile, accountVisit.showProfile, accountVisit.sendProfile)
	pages.addMemberPage(pathNotifications, accountVisit.showNotifications, accountVisit.sendNotifications)
	pages.addMemberPage(pathDelete, accountVisit.showDelete, accountVisit.sendDelete)
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

func (v *visit) makeAccountTabs() tabs {
	return v.makeTabs(v.text.Account.Pages,
		link{pathAccount, v.text.Account.Overview},
		link{pathCredentials, v.text.Frame.Keys},
		link{pathProfile, v.text.Account.Profile},
		link{pathNotifications, v.text.Account.Notifications},
	)
}

// makeTabs returns tabs that know which of them the page is.
func (v *visit) makeTabs(label string, links ...link) tabs {
	t := tabs{Label: label}
	for _, to := range links {
		t.Links = append(t.Links, tab{link: to, Current: to.Path == v.r.URL.Path})
	}
	return t
}

// overview is the data of the account page. Without API access it shows
// nothing but its tabs.
type overview struct {
	Tabs    tabs
	Balance *shownBalance
	Usage   shownUsage
	Ledger  shownLedger
}

func (v accountVisit) showOverview() {
	var balance gen.Balance
	if !v.get(apiBalance, &balance) {
		return
	}
	shown := overview{Tabs: v.makeAccountTabs()}
	if balance.Plan != gen.PlanNameNone {
		shown.Balance = v.makeBalance(balance)
		window, page := v.readWindow(), v.readLedgerPage()
		var usage gen.Usage
		var rows gen.TokenTransactionList
		if !v.get(fmt.Sprintf("%s?days=%d", apiUsage, window), &usage) ||
			!v.get(fmt.Sprintf("%s?limit=%d", apiLedger, v.countRowsUpTo(page)), &rows) {
			return
		}
		shown.Usage = v.makeUsage(usage, page)
		shown.Ledger = v.makeLedger(rows.Transactions, page, window)
	}
	v.showPage(http.StatusOK, overviewPage, page{Title: v.text.Frame.Account, Wide: true, Main: shown})
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

func (v accountVisit) makeBalance(b gen.Balance) *shownBalance {
	t := v.text.Account
	least, most := v.findPrices()
	shown := &shownBalance{
		Left:  v.text.formatCount(b.CurrentBalance),
		Of:    fmt.Sprintf(t.OfTokens, v.text.formatCount(b.MonthlyQuota)),
		Plan:  nameOf(t.Plans, string(b.Plan)),
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
		shown.Refill = fmt.Sprintf(t.Refill, v.text.formatCount(b.MonthlyQuota), days, v.text.formatDate(end))
	default:
		shown.Refill = fmt.Sprintf(t.RefillTomorrow, v.text.formatCount(b.MonthlyQuota), v.text.formatDate(end))
	}
	return shown
}

// findPrices returns the least and the most tokens that a call by API key costs,
// of those that cost any.
func (v accountVisit) findPrices() (least, most int) {
	for _, op := range v.contract.Operations {
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

// nameOf returns what the language calls the value of the API, or the value
// itself if it is a new one.
func nameOf(names map[string]string, value string) string {
	if name := names[value]; name != "" {
		return name
	}
	return value
}

// parseMoment reads a time of the API.
func parseMoment(text string) time.Time {
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
	return parseMoment(*text), true
}
