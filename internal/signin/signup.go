package signin

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"example.com/alta/internal/identity"
	"example.com/alta/internal/mail"
	"example.com/alta/repo"
)

// PrepareSignUp makes a new user of an address and a password, to be added with
// AddUser or AddDeveloper. Its errors are repo.ErrEmailTaken if the address has a
// user, and the hasher's. The password is hashed once, and not at all for an
// address that is known to be taken.
func (s *Service) PrepareSignUp(ctx context.Context, n repo.NewUser, password string) (repo.NewUser, error) {
	n.Email = identity.CanonicalEmail(n.Email)
	taken, err := s.repo.EmailTaken(ctx, n.Email)
	if err != nil {
		return n, fmt.Errorf("look up address: %w", err)
	}
	if taken {
		return n, repo.ErrEmailTaken
	}
	n.PasswordHash, err = s.hasher.Hash(ctx, password)
	return n, err
}

// AddUser adds a user with a workspace to the transaction. Its error is
// repo.ErrEmailTaken if the address has a user.
func (s *Service) AddUser(ctx context.Context, tx *repo.Tx, by By, n repo.NewUser) (repo.User, error) {
	return s.addUser(ctx, tx, by, n, "")
}

// addUser is AddUser with a detail for the audit log, of how the user came.
func (s *Service) addUser(ctx context.Context, tx *repo.Tx, by By, n repo.NewUser, detail string) (repo.User, error) {
	user, err := tx.CreateUser(ctx, n)
	if err != nil {
		return repo.User{}, err
	}
	event := s.event(by, repo.AuditSignUp, &user.ID, n.Email)
	event.Detail = detail
	return user, tx.Audit(ctx, event)
}

// AddDeveloper adds a user with what the invite gives and the two mails: one that
// welcomes and has the API key, and one that asks to prove the address.
// SendVerification delivers the latter, whose id is returned. Its errors are those
// of AddUser and of ActivateUser's invite.
func (s *Service) AddDeveloper(
	ctx context.Context, tx *repo.Tx, by By, n repo.NewUser, code string,
) (user repo.User, verification uuid.UUID, err error) {
	if user, err = s.AddUser(ctx, tx, by, n); err != nil {
		return user, verification, err
	}
	key, _, err := s.activate(ctx, tx, by, user, code)
	if err != nil {
		return user, verification, err
	}
	if err := s.addWelcome(ctx, tx, user, key); err != nil {
		return user, verification, err
	}
	verification, err = s.addTokenMail(ctx, tx, user, verificationMail, true)
	return user, verification, err
}

// addWelcome adds the mail that tells of the key and the plan.
func (s *Service) addWelcome(ctx context.Context, tx *repo.Tx, user repo.User, key string) error {
	plan, err := tx.Plan(ctx, repo.PlanFree)
	if err != nil {
		return err
	}
	letter := mail.Letter{Kind: mail.KindWelcome, Language: user.Language, Key: key, Tokens: plan.TokensPerMonth}
	_, _, err = s.outbox.Add(ctx, tx, mail.Draft{UserID: user.ID, Letter: letter})
	return err
}
