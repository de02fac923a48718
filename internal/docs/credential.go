package docs

import (
	"fmt"
	"time"

	"example.com/alta/internal/contract"
)

// Placeholders of credentials in code samples.
const (
	PlaceholderKey     = "YOUR_API_KEY"
	PlaceholderSession = "YOUR_JWT_TOKEN"
	placeholderMetrics = "YOUR_METRICS_TOKEN"
)

// Kinds of Credential.
const (
	CredentialNone         = "none"           // anyone may call
	CredentialSession      = "session"        // a session, as JWT or cookie
	CredentialSessionOrKey = "session or key" // that, or an API key
	CredentialOperator     = "operator"       // a loopback peer, or the metrics token
)

// Credential is who may call an operation, and how code samples do.
type Credential struct {
	Kind        string // one of the kinds above
	Header      string // of the samples; empty: they send no credential
	Value       string // of that header, with the placeholder in it
	Placeholder string // that a reader replaces; empty: there is none
	Note        string // who may call, in words
}

func credentialOf(op *contract.Operation) Credential {
	switch {
	case op.Accepts(contract.SchemeAPIKey):
		return Credential{
			Kind: CredentialSessionOrKey, Header: "X-API-Key", Value: PlaceholderKey, Placeholder: PlaceholderKey,
			Note: "An API key in `X-API-Key`, or a session: its JWT in `Authorization: Bearer`, or its cookie. " + keyPrice(op.Cost) +
				" Generate an API key in [/account/credentials](/account/credentials) to run live queries (literal `YOUR_API_KEY` placeholder shown until then).",
		}
	case op.Accepts(contract.SchemeOperator):
		return Credential{
			Kind: CredentialOperator, Header: "Authorization", Value: "Bearer " + placeholderMetrics, Placeholder: placeholderMetrics,
			Note: "For whoever operates the server: on the loopback interface no credential is asked for, elsewhere the token of `ALTA_METRICS_TOKEN`.",
		}
	case op.Accepts(contract.SchemeSession):
		return Credential{
			Kind: CredentialSession, Header: "Authorization", Value: "Bearer " + PlaceholderSession, Placeholder: PlaceholderSession,
			Note: "A session" + ofRole(op.Role) + ": its JWT in `Authorization: Bearer`, or its cookie. API keys are refused. " +
				"Log in to get a JWT, and put it in the place of `YOUR_JWT_TOKEN`.",
		}
	}
	return Credential{
		Kind: CredentialNone,
		Note: "None: anyone may call. A credential that is sent is ignored, so the samples send none.",
	}
}

func keyPrice(cost int) string {
	switch cost {
	case 0:
		return "Both are free."
	case 1:
		return "A call by key costs 1 token, a call by session nothing."
	}
	return fmt.Sprintf("A call by key costs %d tokens, a call by session nothing.", cost)
}

func ofRole(role string) string {
	if role == contract.RoleAdmin {
		return " of an administrator"
	}
	return ""
}

// limitWords says how often an operation may be called.
func limitWords(rate *contract.RateClass) string {
	if rate == nil {
		return "Not limited."
	}
	by := "for each client address"
	if rate.By == contract.ByUser {
		by = "for each user"
	}
	words := fmt.Sprintf("%d calls a %s %s, over all operations of the class `%s`", rate.Rate.Calls, windowWord(rate.Rate.Window), by, rate.Name)
	if rate.ByPlan {
		words = "By API key what the [plan](/pricing) says, over all of the account's keys. By session " + words
	}
	if rate.Setting != "" {
		words += fmt.Sprintf(", unless the server's `%s` says otherwise", rate.Setting)
	}
	return words + "."
}

func windowWord(window time.Duration) string {
	switch window {
	case time.Second:
		return "second"
	case time.Hour:
		return "hour"
	}
	return "minute"
}
