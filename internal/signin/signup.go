package signin

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"example.com/alta/internal/identity"
	"example.com/alta/internal/mail"
	"example.com/alta/repo"
)

// registrations adds users, and activates their API access by invite.
type registrations struct {
	repo    *repo.Repo
	hasher  *identity.Hasher
	outbox  *mail.Outbox
	audit   auditLog
	invites Invites
	apiKeys *apiKeys
	oneTime *oneTimeTokens
}

// PrepareSignUp returns a new user with the address and the hashed password, for
// AddUser or AddDeveloper. Its errors are repo.ErrEmailTaken if the address has a
// user, and those of the hasher. A taken address does not cost a hash.
func (r *registrations) PrepareSignUp(ctx context.Context, by By, n repo.NewUser, password string) (repo.NewUser, error) {
	n.Email, n.DisplayEmail = identity.CanonicalEmail(n.Email), identity.DisplayEmail(n.Email)
	taken, err := r.repo.EmailTaken(ctx, n.Email)
	if err != nil {
		return n, fmt.Errorf("look up address: %w", err)
	}
	if taken {
		return n, repo.ErrEmailTaken
	}
	n.PasswordHash, err = r.hasher.Hash(ctx, by.stranger(), password)
	return n, err
}

// AddUser adds a user with a workspace to the transaction, and returns the user.
// Its error is repo.ErrEmailTaken if the address has a user.
func (r *registrations) AddUser(ctx context.Context, tx *repo.Tx, by By, n repo.NewUser) (repo.User, error) {
	return r.addUser(ctx, tx, by, n, "")
}

// addUser is AddUser with a detail for the audit event.
func (r *registrations) addUser(ctx context.Context, tx *repo.Tx, by By, n repo.NewUser, detail string) (repo.User, error) {
	n.SignUpAddress, n.SignUpAgent = by.Address, by.UserAgent
	user, err := tx.CreateUser(ctx, n)
	if err != nil {
		return repo.User{}, err
	}
	event := r.audit.emailEvent(by, repo.AuditSignUp, &user.ID, n.Email)
	event.Detail = detail
	return user, tx.Audit(ctx, event)
}

// AddDeveloper adds a user with the benefits of the invite, and two mails: a welcome
// mail with the API key, and a verification mail, whose id it returns for
// SendVerification. Its errors are those of AddUser, and those of ActivateUser about
// the invite.
func (r *registrations) AddDeveloper(
	ctx context.Context, tx *repo.Tx, by By, n repo.NewUser, code string,
) (user repo.User, verification uuid.UUID, err error) {
	if user, err = r.AddUser(ctx, tx, by, n); err != nil {
		return user, verification, err
	}
	key, _, err := r.activate(ctx, tx, by, user, code)
	if err != nil {
		return user, verification, err
	}
	if err := r.addWelcome(ctx, tx, by, user, key); err != nil {
		return user, verification, err
	}
	verification, _, err = r.oneTime.addMail(ctx, tx, user, verificationMail.by(by.network()), true)
	return user, verification, err
}

// addWelcome adds the welcome mail, which contains the key and the plan.
func (r *registrations) addWelcome(ctx context.Context, tx *repo.Tx, by By, user repo.User, key string) error {
	plan, err := tx.Plan(ctx, repo.PlanFree)
	if err != nil {
		return err
	}
	letter := mail.Letter{Kind: mail.KindWelcome, Language: user.Language, Key: key, Tokens: plan.TokensPerMonth}
	_, _, err = r.outbox.Add(ctx, tx, mail.Draft{UserID: user.ID, Letter: letter, Client: by.network()})
	return err
}
