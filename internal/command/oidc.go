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

// OIDCFlags are the settings of the sign-in by Google, or another issuer in its
// place.
type OIDCFlags struct {
	OIDCIssuer       string `name:"oidc-issuer" help:"Issuer of sign-ins by Google (default https://accounts.google.com)." placeholder:"URL"`
	OIDCClientID     string `name:"oidc-client-id" help:"The server's client id at the issuer; without it there is no sign-in by Google." placeholder:"TEXT"`
	OIDCClientSecret string `name:"oidc-client-secret" help:"The client's secret." placeholder:"TEXT"`
}

// parse reads every setting, and returns nil where there is no client. check is
// called for each with what is wrong with it, or nil.
func (f *OIDCFlags) parse(check func(name string, err error)) *openid.Config {
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

// checkIssuer wants what OpenID Connect Core 1.0 section 2 says of an issuer,
// and takes http where nobody else can listen.
func checkIssuer(text string) error {
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" || u.User != nil || u.RawQuery != "" || u.ForceQuery || u.Fragment != "" ||
		u.Scheme != "https" && !(u.Scheme == "http" && netaddr.IsLoopbackHost(u.Hostname())) {
		return fmt.Errorf("%s is not an issuer; it takes https:// and a host, such as https://accounts.google.com", quoteURL(u, text))
	}
	return nil
}

// checkClient finds what a copied id or secret has by mistake. It quotes
// neither.
func checkClient(text string) error {
	if strings.ContainsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) }) || len(text) > 512 {
		return errors.New("takes at most 512 characters, without blanks")
	}
	return nil
}
