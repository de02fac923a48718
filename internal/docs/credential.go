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

// keyNote is the seed's note on credentials, which its page of the registration
// has.
const keyNote = "Generate an API key in [/account/credentials](/account/credentials) to run live queries " +
	"(literal `YOUR_API_KEY` placeholder shown until then)."

// Kinds of Credential.
const (
	CredentialNone         = "none"           // anyone may call
	CredentialSession      = "session"        // a session, as JWT or cookie
	CredentialSessionOrKey = "session or key" // a session or an API key
	CredentialOperator     = "operator"       // a loopback peer, or the metrics token
)

// Credential says who may call an operation, and which credential code samples
// send.
type Credential struct {
	Kind        string // one of the kinds above
	Header      string // header of the samples; empty: they send no credential
	Value       string // value of that header, with the placeholder in it
	Placeholder string // the part that a reader replaces; empty: there is none
	Note        string // who may call, in words
}

func credentialOf(op *contract.Operation) Credential {
	switch {
	case op.Accepts(contract.SchemeAPIKey):
		return Credential{
			Kind: CredentialSessionOrKey, Header: "X-API-Key", Value: PlaceholderKey, Placeholder: PlaceholderKey,
			Note: "An API key in `X-API-Key`, or a session: its JWT in `Authorization: Bearer`, or its cookie. " + keyPrice(op.Cost) +
				" " + keyNote,
		}
	case op.Accepts(contract.SchemeOperator):
		return Credential{
			Kind: CredentialOperator, Header: "Authorization", Value: "Bearer " + placeholderMetrics, Placeholder: placeholderMetrics,
			Note: "For the server's operator. Send the token that `ALTA_METRICS_TOKEN` sets. Calls on a server of this machine alone need no credential.",
		}
	case op.Accepts(contract.SchemeSession):
		return Credential{
			Kind: CredentialSession, Header: "Authorization", Value: "Bearer " + PlaceholderSession, Placeholder: PlaceholderSession,
			Note: "A session" + ofRole(op.Role) + ": its JWT in `Authorization: Bearer`, or its cookie. API keys are not accepted. " +
				"Log in to get a JWT, and replace `YOUR_JWT_TOKEN` with it.",
		}
	}
	return Credential{
		Kind: CredentialNone,
		Note: "None: anyone may call. Credentials are ignored, so the samples send none. For operations that take a key: " + keyNote,
	}
}

func keyPrice(cost int) string {
	switch cost {
	case 0:
		return "Both are free."
	case 1:
		return "A call with a key costs 1 token; a call with a session is free."
	}
	return fmt.Sprintf("A call with a key costs %d tokens; a call with a session is free.", cost)
}

func ofRole(role string) string {
	if role == contract.RoleAdmin {
		return " of an administrator"
	}
	return ""
}

// limitWords says in words how often an operation may be called. anyone says that it
// takes no credential.
func limitWords(rate *contract.RateClass, anyone bool) string {
	if rate == nil {
		return "Not limited."
	}
	by := map[string]string{
		contract.ByAddress: "per client address", contract.ByUser: "per user", contract.ByCredential: "per API key or session",
	}[rate.By]
	if rate.By == contract.ByCredential && anyone {
		by = "per client address"
	}
	words := fmt.Sprintf("%d calls per %s %s, shared by all operations of the class `%s`", rate.Rate.Calls, windowWord(rate.Rate.Window), by, rate.Name)
	if rate.ByPlan {
		words = "With an API key, the limit of the [plan](/pricing), shared by all of the account's keys. With a session, " + words
	}
	if rate.Setting != "" {
		words += fmt.Sprintf(", unless the server's `%s` sets another limit", rate.Setting)
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
