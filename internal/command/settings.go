package command

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"path/filepath"
	"slices"
	"time"

	"github.com/redis/go-redis/v9"

	"example.com/alta/internal/contract"
	"example.com/alta/internal/identity"
	"example.com/alta/internal/meter"
	"example.com/alta/internal/openid"
	"example.com/alta/repo"
)

// StorageFlags are the settings of every command that uses the database.
type StorageFlags struct {
	DataDir       string `help:"Directory of alta.db, secret.key and mail (default ${default})." default:"data" placeholder:"DIR"`
	DatabaseURL   string `help:"Database: sqlite:PATH or postgres://… (default sqlite:<data dir>/alta.db)." placeholder:"URL"`
	DatabaseConns string `help:"Connections to PostgreSQL that a process opens at most (default ${default})." default:"24" placeholder:"N"`
	Secret        string `help:"Secret of at least 32 bytes. A comma-separated list rotates it: the first signs, all verify. Required with PostgreSQL; with SQLite the first start creates <data dir>/secret.key. Prefer the variable: arguments are visible to other users of the machine." placeholder:"TEXT"`
}

// ServeFlags are the settings of the server.
type ServeFlags struct {
	StorageFlags    `embed:""`
	MailFlags       `embed:""`
	OIDCFlags       `embed:""`
	LimitFlags      `embed:""`
	Listen          string   `help:"Address to listen on; port 0 chooses a free port (default ${default})." default:"127.0.0.1:8080" placeholder:"HOST:PORT"`
	PublicURL       string   `help:"URL at which people reach the server (default http:// and the listen address); required if the listen address is not loopback." placeholder:"URL"`
	FrontendURL     string   `help:"URL of the pages to which links in emails and the sign-in with Google lead; the public URL if unset." placeholder:"URL"`
	InsecureHTTP    bool     `help:"Accept a public or frontend URL of plain http that other machines reach: passwords, keys and sessions can be read on the way." name:"insecure-http" default:"false"`
	BcryptCost      string   `help:"Cost of password hashes, 10 to 15 (default ${default})." default:"12" placeholder:"N"`
	AuthRate        string   `help:"Rate limit per client address for sign-ups, log-ins, and calls about invites, links and passwords: N/s, N/m, N/h or off (default ${default})." default:"60/m" placeholder:"RATE"`
	SessionRate     string   `help:"Rate limit per user for data calls with a session: N/s, N/m, N/h or off (default ${default})." default:"600/m" placeholder:"RATE"`
	SessionTTL      string   `help:"Lifetime of a session and its JWT (default ${default})." default:"168h" placeholder:"DURATION"`
	RedisURL        string   `help:"Redis for rate limits that servers share: redis://…, rediss://… or unix://…; if unset, each server has its own." placeholder:"URL"`
	TrustedProxies  []string `help:"CIDRs of trusted proxies. The right-most untrusted address in X-Forwarded-For is the client." placeholder:"CIDR"`
	CORSOrigins     []string `help:"Origins whose pages may call the API from a browser." placeholder:"ORIGIN"`
	HashQueue       string   `help:"Maximum number of passwords that wait to be hashed; further requests get 503 (default ${default})." default:"256" placeholder:"N"`
	HashWait        string   `help:"Maximum time that a password waits to be hashed; after that the request gets 503 (default ${default})." default:"30s" placeholder:"DURATION"`
	MetricsToken    string   `help:"Bearer token for /metrics; local requests need none if the public URL is on loopback." placeholder:"TEXT"`
	SecurityContact string   `help:"Where people report vulnerabilities, for /.well-known/security.txt: an email address, or a mailto:, https:// or tel: URL; without it there is no such file." placeholder:"URL"`
	Retention       string   `help:"How long to keep audit events, expired sessions, sent emails and accounts of unverified addresses (default ${default})." default:"audit=365d,session=30d,mail=30d,unverified=30d" placeholder:"LIST"`
	Log             string   `help:"Format of the log: text or json; text on a terminal and json otherwise if unset." placeholder:"FORMAT"`
}

// settings are the parsed ServeFlags.
type settings struct {
	listen          string
	publicURL       *url.URL // nil: the listener's address
	frontendURL     *url.URL // nil: the public URL
	mail            mailSettings
	google          *openid.Config // nil: no sign-in with Google
	bcryptCost      int
	rates           map[string]contract.Rate
	sessionTTL      time.Duration
	redis           *redis.Options // nil: the process has its own rate limits
	proxies         []netip.Prefix
	origins         []string
	maxConnections  int
	perAddress      int // connections; 0: a quarter of all
	hashQueue       int
	hashWait        time.Duration
	metricsToken    string
	securityContact string // URL; empty: none
	retention       repo.Retention
	log             string
}

// checkFunc takes the error of a setting, or nil.
type checkFunc func(name string, err error)

// parse reads every setting. The error has a line for each invalid one, with its
// name and the values that it takes. It never shows the value of a secret.
func (f *ServeFlags) parse() (s settings, err error) {
	var wrong problems
	f.parseAddresses(&s, wrong.check)
	s.mail = f.MailFlags.parse(wrong.check)
	s.google = f.OIDCFlags.parse(wrong.check)
	f.parseLimits(&s, wrong.check)
	f.parseClients(&s, wrong.check)
	f.parseHashing(&s, wrong.check)
	_, err = f.databaseConns()
	wrong.check("ALTA_DATABASE_CONNS", err)
	f.LimitFlags.parse(&s, wrong.check)
	s.retention, err = parseRetention(f.Retention)
	wrong.check("ALTA_RETENTION", err)
	if s.log = f.Log; !slices.Contains([]string{"", "text", "json"}, f.Log) {
		wrong.check("ALTA_LOG", fmt.Errorf("%q is not a log format; it takes text or json", f.Log))
	}
	return s, wrong.err()
}

func (f *ServeFlags) parseAddresses(s *settings, check checkFunc) {
	s.listen = f.Listen
	err := checkListen(f.Listen)
	check("ALTA_LISTEN", err)
	if err == nil {
		s.publicURL, err = parsePublicURL(f.PublicURL, f.Listen)
		check("ALTA_PUBLIC_URL", err)
		check("ALTA_PUBLIC_URL", checkEncrypted(s.publicURL, f.InsecureHTTP))
		check("ALTA_SMTP_URL", checkMailServer(f.SMTPURL, f.Listen))
	}
	s.frontendURL, err = parseFrontendURL(f.FrontendURL)
	check("ALTA_FRONTEND_URL", err)
	check("ALTA_FRONTEND_URL", checkEncrypted(s.frontendURL, f.InsecureHTTP))
}

func (f *ServeFlags) parseLimits(s *settings, check checkFunc) {
	var err error
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
}

func (f *ServeFlags) parseClients(s *settings, check checkFunc) {
	var err error
	s.proxies, err = parsePrefixes(f.TrustedProxies)
	check("ALTA_TRUSTED_PROXIES", err)
	s.origins, err = parseOrigins(f.CORSOrigins)
	check("ALTA_CORS_ORIGINS", err)
	s.metricsToken = f.MetricsToken
	if f.MetricsToken != "" && len(f.MetricsToken) < 16 {
		check("ALTA_METRICS_TOKEN", errors.New("takes at least 16 bytes"))
	}
	s.securityContact, err = parseContact(f.SecurityContact)
	check("ALTA_SECURITY_CONTACT", err)
}

func (f *ServeFlags) parseHashing(s *settings, check checkFunc) {
	var err error
	s.bcryptCost, err = parseNumber(f.BcryptCost, identity.MinCost, identity.MaxCost)
	check("ALTA_BCRYPT_COST", err)
	s.hashQueue, err = parseNumber(f.HashQueue, 1, 100_000)
	check("ALTA_HASH_QUEUE", err)
	s.hashWait, err = parseDuration(f.HashWait, time.Millisecond, 40*time.Second)
	check("ALTA_HASH_WAIT", err)
}

// databaseURL returns the URL of the database. The default is SQLite.
func (f *StorageFlags) databaseURL() string {
	if f.DatabaseURL != "" {
		return f.DatabaseURL
	}
	return repo.SQLitePrefix + filepath.Join(f.DataDir, "alta.db")
}
