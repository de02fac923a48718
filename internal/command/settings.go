package command

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"example.com/alta/internal/contract"
	"example.com/alta/internal/identity"
	"example.com/alta/internal/meter"
	"example.com/alta/internal/netaddr"
	"example.com/alta/internal/openid"
	"example.com/alta/repo"
)

// StorageFlags are the settings that every command which touches data takes.
type StorageFlags struct {
	DataDir     string `help:"Directory of alta.db, secret.key and mail (default ${default})." default:"data" placeholder:"DIR"`
	DatabaseURL string `help:"sqlite:PATH or postgres://…; the default is sqlite:<data dir>/alta.db." placeholder:"URL"`
	Secret      string `help:"At least 32 bytes; a comma list rotates it: the first signs, all verify. Made once into <data dir>/secret.key with SQLite, required with PostgreSQL." placeholder:"TEXT"`
}

// ServeFlags are the settings of the server.
type ServeFlags struct {
	StorageFlags   `embed:""`
	MailFlags      `embed:""`
	OIDCFlags      `embed:""`
	Listen         string   `help:"Address to listen on; port 0 picks one (default ${default})." default:"127.0.0.1:8080" placeholder:"HOST:PORT"`
	PublicURL      string   `help:"Where people reach the server; http:// and the listen address by default, required when that is not loopback." placeholder:"URL"`
	FrontendURL    string   `help:"Where links in mails and sign-ins by Google lead in the end; the public URL by default." placeholder:"URL"`
	BcryptCost     string   `help:"Cost of password hashes, 10 to 15 (default ${default})." default:"12" placeholder:"N"`
	AuthRate       string   `help:"Calls of rate class auth a client address: N/s, N/m, N/h or off (default ${default})." default:"60/m" placeholder:"RATE"`
	SessionRate    string   `help:"Calls of rate class data a user by session: N/s, N/m, N/h or off (default ${default})." default:"600/m" placeholder:"RATE"`
	SessionTTL     string   `help:"Life of a session and its JWT (default ${default})." default:"168h" placeholder:"DURATION"`
	RedisURL       string   `help:"redis://…, rediss://… or unix://…: rate limits are shared between servers; without it each counts its own." placeholder:"URL"`
	TrustedProxies []string `help:"CIDRs whose X-Forwarded-For is believed, from the right." placeholder:"CIDR"`
	CORSOrigins    []string `help:"Origins that may call from a browser." placeholder:"ORIGIN"`
	HashQueue      string   `help:"Passwords that may wait to be hashed; one more is answered 503 (default ${default})." default:"256" placeholder:"N"`
	HashWait       string   `help:"How long each may wait; longer is answered 503 (default ${default})." default:"30s" placeholder:"DURATION"`
	MetricsToken   string   `help:"Bearer token for /metrics; loopback peers need none." placeholder:"TEXT"`
	Retention      string   `help:"How long to keep audit events and, after they expired, sessions, and mails after they were sent (default ${default})." default:"audit=365d,session=30d,mail=30d" placeholder:"LIST"`
	Log            string   `help:"text or json; the default is text on a terminal and json elsewhere." placeholder:"FORMAT"`
}

// settings are ServeFlags, read and checked.
type settings struct {
	listen       string
	publicURL    *url.URL // nil: from the listener
	frontendURL  *url.URL // nil: the public URL
	mail         mailSettings
	google       *openid.Config // nil: no sign-in by Google
	bcryptCost   int
	rates        map[string]contract.Rate
	sessionTTL   time.Duration
	redis        *redis.Options // nil: limits live in the process
	proxies      []netip.Prefix
	origins      []string
	hashQueue    int
	hashWait     time.Duration
	metricsToken string
	retention    repo.Retention
	log          string
}

// parse reads every setting. The error has a line for each that is wrong,
// with its name and what it takes, and never the value of a secret one.
func (f *ServeFlags) parse() (s settings, err error) {
	var wrong problems
	check := wrong.check
	s.listen, s.metricsToken, s.origins = f.Listen, f.MetricsToken, f.CORSOrigins
	if err := checkListen(f.Listen); err != nil {
		check("ALTA_LISTEN", err)
	} else {
		s.publicURL, err = parsePublicURL(f.PublicURL, f.Listen)
		check("ALTA_PUBLIC_URL", err)
		check("ALTA_SMTP_URL", checkMailServer(f.SMTPURL, f.Listen))
	}
	s.frontendURL, err = parseFrontendURL(f.FrontendURL)
	check("ALTA_FRONTEND_URL", err)
	s.mail = f.MailFlags.parse(check)
	s.google = f.OIDCFlags.parse(check)
	s.bcryptCost, err = parseNumber(f.BcryptCost, identity.MinCost, identity.MaxCost)
	check("ALTA_BCRYPT_COST", err)
	s.rates = map[string]contract.Rate{}
	s.rates["auth"], err = contract.ParseRate(f.AuthRate)
	check("ALTA_AUTH_RATE", err)
	s.rates["data"], err = contract.ParseRate(f.SessionRate)
	check("ALTA_SESSION_RATE", err)
	s.sessionTTL, err = parseDuration(f.SessionTTL, time.Minute, 365*day)
	check("ALTA_SESSION_TTL", err)
	if f.RedisURL != "" {
		s.redis, err = meter.ParseRedisURL(f.RedisURL)
		check("ALTA_REDIS_URL", err)
	}
	s.proxies, err = parsePrefixes(f.TrustedProxies)
	check("ALTA_TRUSTED_PROXIES", err)
	check("ALTA_CORS_ORIGINS", checkOrigins(f.CORSOrigins))
	s.hashQueue, err = parseNumber(f.HashQueue, 1, 100_000)
	check("ALTA_HASH_QUEUE", err)
	s.hashWait, err = parseDuration(f.HashWait, time.Millisecond, 40*time.Second)
	check("ALTA_HASH_WAIT", err)
	if f.MetricsToken != "" && len(f.MetricsToken) < 16 {
		check("ALTA_METRICS_TOKEN", errors.New("takes at least 16 bytes"))
	}
	s.retention, err = parseRetention(f.Retention)
	check("ALTA_RETENTION", err)
	if s.log = f.Log; !slices.Contains([]string{"", "text", "json"}, f.Log) {
		check("ALTA_LOG", fmt.Errorf("%q is not a log format; it takes text or json", f.Log))
	}
	return s, wrong.err()
}

func checkListen(listen string) error {
	_, port, err := net.SplitHostPort(listen)
	if err == nil {
		_, err = strconv.ParseUint(port, 10, 16)
	}
	if err != nil {
		return fmt.Errorf("%q is not an address; it takes HOST:PORT, for example 127.0.0.1:8080", listen)
	}
	return nil
}

// parsePublicURL reads the URL that people reach the server under. It may be
// left out where only this machine can reach it.
func parsePublicURL(text, listen string) (*url.URL, error) {
	if text == "" {
		host, _, _ := net.SplitHostPort(listen)
		if !netaddr.IsLoopbackHost(host) {
			return nil, fmt.Errorf("is required when the server listens on %s, which is not loopback", listen)
		}
		return nil, nil
	}
	u, err := url.Parse(text)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Hostname() == "" || u.User != nil ||
		strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" {
		return nil, fmt.Errorf("%s is not usable; it takes http:// or https:// and a host, without a path", quoteURL(u, text))
	}
	u.Path = ""
	return u, nil
}

// parseFrontendURL reads the URL that the pages are under, or nil for the
// server's own.
func parseFrontendURL(text string) (*url.URL, error) {
	if text == "" {
		return nil, nil
	}
	u, err := url.Parse(text)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Hostname() == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, fmt.Errorf("%s is not usable; it takes http:// or https://, a host and at most a path", quoteURL(u, text))
	}
	return u, nil
}

// quoteURL quotes text, which u was parsed from, unless there may be a
// password or a token in it.
func quoteURL(u *url.URL, text string) string {
	if u == nil || u.User != nil || strings.ContainsAny(text, "@?") {
		return "the value"
	}
	return strconv.Quote(text)
}

func parseNumber(text string, least, most int) (int, error) {
	n, err := strconv.Atoi(text)
	if err != nil || n < least || n > most {
		return 0, fmt.Errorf("%q is out of range; it takes a number from %d to %d", text, least, most)
	}
	return n, nil
}

func parsePrefixes(texts []string) ([]netip.Prefix, error) {
	var prefixes []netip.Prefix
	for _, text := range texts {
		prefix, err := netip.ParsePrefix(text)
		if err != nil {
			return nil, fmt.Errorf("%q is not a CIDR; it takes a list such as 10.0.0.0/8,fd00::/8", text)
		}
		prefixes = append(prefixes, prefix.Masked())
	}
	return prefixes, nil
}

func checkOrigins(origins []string) error {
	for _, origin := range origins {
		u, err := url.Parse(origin)
		if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Hostname() == "" ||
			origin != u.Scheme+"://"+u.Host || strings.Contains(origin, "*") { // a pattern would let in more than meant
			return fmt.Errorf("%s is not an origin; it takes a list such as https://app.example.com", quoteURL(u, origin))
		}
	}
	return nil
}

const day = 24 * time.Hour

// parseDuration reads Go's durations, and days ("365d") besides.
func parseDuration(text string, least, most time.Duration) (time.Duration, error) {
	d, err := time.ParseDuration(text)
	if days, isDays := strings.CutSuffix(text, "d"); isDays {
		var n int
		n, err = strconv.Atoi(days)
		d = time.Duration(min(n, 100_000)) * day
	}
	if err != nil || d < least || d > most {
		return 0, fmt.Errorf("%q is out of range; it takes a duration such as 90s, 12h or 30d, from %s to %s", text, least, most)
	}
	return d, nil
}

// parseRetention reads "audit=365d,session=30d,mail=30d"; what is left out keeps its
// default.
func parseRetention(text string) (repo.Retention, error) {
	r := repo.Retention{
		Audit: 365 * day, Session: 30 * day, Mail: 30 * day, Token: day, Call: day, LoginFailures: identity.FailureMemory,
	}
	fields := map[string]*time.Duration{"audit": &r.Audit, "session": &r.Session, "mail": &r.Mail}
	for part := range strings.SplitSeq(text, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		field := fields[name]
		if field == nil {
			return r, fmt.Errorf("%q is not kept by the server; it takes a list such as audit=365d,session=30d,mail=30d", name)
		}
		d, err := parseDuration(value, time.Hour, 100*365*day)
		if err != nil {
			return r, fmt.Errorf("%s: %w", name, err)
		}
		*field = d
	}
	return r, nil
}

// databaseURL returns the URL of the database, the embedded one by default.
func (f *StorageFlags) databaseURL() string {
	if f.DatabaseURL != "" {
		return f.DatabaseURL
	}
	return repo.SQLitePrefix + filepath.Join(f.DataDir, "alta.db")
}
