package handlers

import (
	"context"
	"fmt"

	"alta/internal/identity"
	"alta/repo"
)

// signUp creates a user with a workspace, in one transaction with whatever
// the door adds to it. Its error is repo.ErrEmailTaken when the address has a
// user. The password is hashed once, and not at all for an address that is
// known to be taken.
func (s *Server) signUp(
	ctx context.Context, n repo.NewUser, password string, also func(*repo.Tx, repo.User) error,
) (user repo.User, err error) {
	n.Email = identity.CanonicalEmail(n.Email)
	taken, err := s.Repo.EmailTaken(ctx, n.Email)
	if err != nil {
		return repo.User{}, fmt.Errorf("look up address: %w", err)
	}
	if taken {
		return repo.User{}, repo.ErrEmailTaken
	}
	if n.PasswordHash, err = s.Hasher.Hash(ctx, password); err != nil {
		return repo.User{}, err
	}
	err = s.Repo.InTx(ctx, func(tx *repo.Tx) (err error) {
		if user, err = tx.CreateUser(ctx, n); err != nil {
			return err
		}
		if err := tx.Audit(ctx, s.event(ctx, repo.AuditSignUp, &user.ID, n.Email)); err != nil {
			return err
		}
		return also(tx, user)
	})
	if err != nil {
		return repo.User{}, fmt.Errorf("sign up: %w", err)
	}
	return user, nil
}
