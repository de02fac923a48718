package repo

import (
	"cmp"
	"context"
	"time"

	"github.com/google/uuid"

	"example.com/alta/internal/locale"
)

// Door is the door by which a user or a session entered.
type Door string

// The two doors.
const (
	DoorApp Door = "app"
	DoorAPI Door = "api"
)

// Roles and plans, as the users table holds them.
const (
	RoleUser  = "USER"
	RoleAdmin = "ADMIN"
	PlanNone  = "none"
	PlanFree  = "free"
	PlanPaid  = "paid"
)

// Providers that identify users.
const (
	ProviderLocal  = "LOCAL"
	ProviderGoogle = "GOOGLE"
)

// DefaultCurrency is the currency of users who have not chosen one, as in the
// contract of the app door.
const DefaultCurrency = "ARS"

// DefaultTimezone is the time zone of users who have not chosen one, as in the
// contract and in the table.
const DefaultTimezone = "America/Argentina/Buenos_Aires"

// User is a row of users.
type User struct {
	ID              uuid.UUID  `db:"id"`
	Email           string     `db:"email"`         // canonical: equal for all spellings of one mailbox
	DisplayEmail    string     `db:"display_email"` // as the user typed it last
	PasswordHash    *string    `db:"password_hash"`
	Door            Door       `db:"door"`
	FirstName       string     `db:"first_name"`
	LastName        string     `db:"last_name"`
	AvatarURL       *string    `db:"avatar_url"`
	Phone           *string    `db:"phone"`
	AuthProvider    string     `db:"auth_provider"`
	AuthProviderID  *string    `db:"auth_provider_id"`     // the user's id at the provider; nil: LOCAL
	AuthIssuer      *string    `db:"auth_provider_issuer"` // that gave the id; nil: LOCAL
	Currency        string     `db:"currency"`
	FiscalStartDay  int        `db:"fiscal_start_day"`
	Timezone        string     `db:"timezone"`
	Language        string     `db:"language"`
	Role            string     `db:"role"`
	IsActive        bool       `db:"is_active"`
	Plan            string     `db:"plan"`
	EmailVerifiedAt *time.Time `db:"email_verified_at"`
	InviteCode      *string    `db:"invite_code"` // masked
	WebhookURL      string     `db:"webhook_url"` // "": none
	NotifyEmail     bool       `db:"notify_email"`
	NotifyBrowser   bool       `db:"notify_browser"`
	NotifyLogin     bool       `db:"notify_login"` // of a login from a new device
	NotifyKeys      bool       `db:"notify_keys"`  // of API keys that are made, rotated or revoked
	NotifyLock      bool       `db:"notify_lock"`  // of a lock after failed logins
	CreatedAt       time.Time  `db:"created_at"`
	UpdatedAt       time.Time  `db:"updated_at"`

	// SignUpAddress and SignUpAgent say from where somebody signed up: the client's
	// address and user agent. They are "" if that is not known, and once the mail
	// address is verified.
	SignUpAddress string `db:"sign_up_address"`
	SignUpAgent   string `db:"sign_up_user_agent"`

	// PasswordResetAt is when the password was chosen by a link in a mail; nil: it is
	// the sign-up's.
	PasswordResetAt *time.Time `db:"password_reset_at"`

	FirstLoginAt *time.Time `db:"first_login_at"` // nil: never
}

// MustVerify reports whether the user has to verify the address before logging
// in, which users of the API door have to.
func (u User) MustVerify() bool { return u.Door == DoorAPI && u.EmailVerifiedAt == nil }

// NewUser is the data of a sign-up or an import. Everything else takes the
// table's defaults.
type NewUser struct {
	Email           string // canonical
	DisplayEmail    string // as it was typed; "": as Email
	PasswordHash    string // "": cannot log in with a password
	Door            Door
	FirstName       string
	LastName        string
	Currency        string
	Language        string // "": Spanish
	NamesLanguage   string // of the default wallet and categories; "": Spanish
	Timezone        string // "": DefaultTimezone
	EmailVerifiedAt *time.Time
	AuthProvider    string // "": LOCAL
	AuthProviderID  *string
	AuthIssuer      *string
	AvatarURL       *string
	SignUpAddress   string // not stored if the address is verified already
	SignUpAgent     string // likewise
}

const sqlSelectUser = `
SELECT id, email, COALESCE(display_email, email) AS display_email, password_hash, door, first_name, last_name, avatar_url, phone, auth_provider, auth_provider_id,
       auth_provider_issuer, currency, fiscal_start_day, timezone, language, role, is_active, plan, email_verified_at, invite_code, webhook_url,
       notify_email, notify_browser, notify_login, notify_keys, notify_lock, created_at, updated_at,
       sign_up_address, sign_up_user_agent, password_reset_at, first_login_at
FROM users`

// sqlNotDeleted excludes users of whom only the anonymous row is kept.
const sqlNotDeleted = ` AND deleted_at IS NULL`

// UserByID returns the user, or ErrNotFound.
func (r reads) UserByID(ctx context.Context, id uuid.UUID) (user User, err error) {
	err = r.get(ctx, &user, sqlSelectUser+` WHERE id = $1`+sqlNotDeleted, id.String())
	return user, err
}

// UserByEmail returns the user with the canonical address, or ErrNotFound.
func (r reads) UserByEmail(ctx context.Context, email string) (user User, err error) {
	err = r.get(ctx, &user, sqlSelectUser+` WHERE email = $1`+sqlNotDeleted, email)
	return user, err
}

// EmailTaken reports whether a user has the canonical address. Only an insert
// can tell for sure; this check avoids work before it.
func (r reads) EmailTaken(ctx context.Context, email string) (taken bool, err error) {
	err = r.get(ctx, &taken, `SELECT EXISTS (SELECT 1 FROM users WHERE email = $1)`, email)
	return taken, err
}

// Users returns up to limit users with addresses after the given one, sorted by
// address.
func (r reads) Users(ctx context.Context, after string, limit int) (users []User, err error) {
	err = r.list(ctx, &users, sqlSelectUser+
		` WHERE email`+r.engine.byCodePoint()+` > $1`+sqlNotDeleted+` ORDER BY email`+r.engine.byCodePoint()+` LIMIT $2`, after, limit)
	return users, err
}

// UserBalance is a user with the remaining tokens.
type UserBalance struct {
	User
	Balance int64 `db:"balance"`
}

// UserBalances returns a page of all users with their balances, sorted by
// address, and how many users there are.
func (r reads) UserBalances(ctx context.Context, page Page) (users []UserBalance, total int, err error) {
	if err := r.get(ctx, &total, `SELECT COUNT(*) FROM users WHERE deleted_at IS NULL`); err != nil {
		return nil, 0, err
	}
	err = r.list(ctx, &users, `
SELECT u.id, u.email, COALESCE(u.display_email, u.email) AS display_email, u.role, u.is_active, u.plan, u.email_verified_at, u.created_at, COALESCE(l.balance, 0) AS balance
FROM users u LEFT JOIN ledgers l ON l.user_id = u.id
WHERE u.deleted_at IS NULL ORDER BY u.email`+r.engine.byCodePoint()+` LIMIT $1 OFFSET $2`, page.Limit, page.Offset)
	return users, total, err
}

// NewestUsers returns a page of all users, the newest first, and how many users
// there are.
func (r reads) NewestUsers(ctx context.Context, page Page) (users []User, total int, err error) {
	if err := r.get(ctx, &total, `SELECT COUNT(*) FROM users WHERE deleted_at IS NULL`); err != nil {
		return nil, 0, err
	}
	err = r.list(ctx, &users, sqlSelectUser+`
WHERE deleted_at IS NULL ORDER BY created_at DESC, id DESC LIMIT $1 OFFSET $2`, page.Limit, page.Offset)
	return users, total, err
}

// SetInviteCode stores the masked code of the invite with which the user signed up or
// activated the API.
func (t userWrites) SetInviteCode(ctx context.Context, id uuid.UUID, masked string) error {
	_, err := t.exec(ctx, `UPDATE users SET invite_code = $2 WHERE id = $1`, id.String(), masked)
	return err
}

// SetPlan puts the user on a plan and reports whether that changed anything.
func (t userWrites) SetPlan(ctx context.Context, id uuid.UUID, plan string) (changed bool, err error) {
	n, err := t.exec(ctx, `UPDATE users SET plan = $2, updated_at = $3 WHERE id = $1 AND plan <> $2`+sqlNotDeleted, id.String(), plan, t.now)
	return n > 0, err
}

// CreateUser adds a user with a workspace: the default wallet and the default
// categories. Its error is ErrEmailTaken if another user has the address, or
// the id at the provider.
func (t userWrites) CreateUser(ctx context.Context, n NewUser) (User, error) {
	id, address, agent := uuid.New(), n.SignUpAddress, n.SignUpAgent
	if n.EmailVerifiedAt != nil {
		address, agent = "", ""
	}
	inserted, err := t.exec(ctx, `
INSERT INTO users (id, email, password_hash, door, first_name, last_name, currency, language, email_verified_at,
       auth_provider, auth_provider_id, avatar_url, created_at, updated_at, display_email, timezone, auth_provider_issuer,
       sign_up_address, sign_up_user_agent)
VALUES ($1, $2, NULLIF($3, ''), $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13, NULLIF(NULLIF($14, ''), $2), $15, $16, $17, $18)
ON CONFLICT DO NOTHING`,
		id.String(), n.Email, n.PasswordHash, n.Door, n.FirstName, n.LastName, n.Currency, cmp.Or(n.Language, locale.Spanish),
		n.EmailVerifiedAt, cmp.Or(n.AuthProvider, ProviderLocal), n.AuthProviderID, n.AvatarURL, t.now, n.DisplayEmail,
		cmp.Or(n.Timezone, DefaultTimezone), n.AuthIssuer, address, agent)
	if err != nil {
		return User{}, err
	}
	if inserted == 0 {
		return User{}, ErrEmailTaken
	}
	if err := financeWrites(t).createWorkspace(ctx, id, n.Currency, n.NamesLanguage); err != nil {
		return User{}, err
	}
	return t.UserByID(ctx, id)
}

// LockUser returns the user and locks the row until the transaction ends. Its
// error is ErrNotFound.
func (t userWrites) LockUser(ctx context.Context, id uuid.UUID) (user User, err error) {
	err = t.get(ctx, &user, sqlSelectUser+` WHERE id = $1`+sqlNotDeleted+t.engine.waitBriefly(t.lockWait)+t.engine.forUpdate("users"), id.String())
	return user, err
}

// SetVerified records that the address was verified, and forgets from where its user
// signed up. An earlier time is kept.
func (t userWrites) SetVerified(ctx context.Context, id uuid.UUID) error {
	_, err := t.exec(ctx, `
UPDATE users SET email_verified_at = $2, sign_up_address = '', sign_up_user_agent = '', updated_at = $2
WHERE id = $1 AND email_verified_at IS NULL`, id.String(), t.now)
	return err
}

// SetDisplayEmail stores another spelling of the user's address.
func (t userWrites) SetDisplayEmail(ctx context.Context, id uuid.UUID, display string) error {
	_, err := t.exec(ctx, `UPDATE users SET display_email = NULLIF($2, email) WHERE id = $1`+sqlNotDeleted, id.String(), display)
	return err
}
