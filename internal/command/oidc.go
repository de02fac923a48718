package command

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"unicode"

	"example.com/alta/internal/netaddr"
	"example.com/alta/internal/openid"
)

// OIDCFlags are the settings of the sign-in with Google, or with another issuer.
type OIDCFlags struct {
	OIDCIssuer       string `name:"oidc-issuer" help:"Issuer for the sign-in with Google (default https://accounts.google.com)." placeholder:"URL"`
	OIDCClientID     string `name:"oidc-client-id" help:"Client id of this server at the issuer; if unset, the sign-in with Google is off." placeholder:"TEXT"`
	OIDCClientSecret string `name:"oidc-client-secret" help:"Secret of the client." placeholder:"TEXT"`
}

// parse reads every setting and calls check with the error of each, or nil. If no
// client is set, it returns nil.
func (f *OIDCFlags) parse(check checkFunc) *openid.Config {
	config := &openid.Config{
		Issuer: cmp.Or(f.OIDCIssuer, openid.Google), ClientID: f.OIDCClientID, ClientSecret: f.OIDCClientSecret,
	}
	check("ALTA_OIDC_ISSUER", checkIssuer(config.Issuer))
	switch {
	case config.ClientID == "" && config.ClientSecret == "":
		return nil
	case config.ClientID == "":
		check("ALTA_OIDC_CLIENT_ID", errors.New("is required with ALTA_OIDC_CLIENT_SECRET"))
	case config.ClientSecret == "":
		check("ALTA_OIDC_CLIENT_SECRET", errors.New("is required with ALTA_OIDC_CLIENT_ID"))
	}
	check("ALTA_OIDC_CLIENT_ID", checkClient(config.ClientID))
	check("ALTA_OIDC_CLIENT_SECRET", checkClient(config.ClientSecret))
	return config
}

// checkIssuer accepts a URL as OpenID Connect Core 1.0, section 2, defines an
// issuer. It also accepts http on loopback, where nobody else can listen.
func checkIssuer(text string) error {
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" || u.User != nil || u.RawQuery != "" || u.ForceQuery || u.Fragment != "" ||
		u.Scheme != "https" && !(u.Scheme == "http" && netaddr.IsLoopbackHost(u.Hostname())) {
		return fmt.Errorf("%s is not an issuer; it takes https:// and a host, such as https://accounts.google.com", quoteURL(u, text))
	}
	return nil
}

// checkClient finds typical mistakes in a copied id or secret. Its error quotes
// neither.
func checkClient(text string) error {
	if strings.ContainsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) }) || len(text) > 512 {
		return errors.New("takes at most 512 characters, without blanks")
	}
	return nil
}
