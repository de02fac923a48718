package handlers

import (
	"context"
	"fmt"

	"example.com/alta/internal/identity"
	"example.com/alta/repo"
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
		if user, err = s.addUser(ctx, tx, n, ""); err != nil {
			return err
		}
		return also(tx, user)
	})
	if err != nil {
		return repo.User{}, fmt.Errorf("sign up: %w", err)
	}
	return user, nil
}

// addUser adds a user with a workspace to the transaction, whichever way the
// user comes; detail says which, where it is not the usual one. Its error is
// repo.ErrEmailTaken when there is one already.
func (s *Server) addUser(ctx context.Context, tx *repo.Tx, n repo.NewUser, detail string) (repo.User, error) {
	user, err := tx.CreateUser(ctx, n)
	if err != nil {
		return repo.User{}, err
	}
	if i := callFrom(ctx).idempotent; i != nil {
		if err := tx.OwnCall(ctx, i.scope, i.key, user.ID); err != nil {
			return repo.User{}, err
		}
	}
	event := s.event(ctx, repo.AuditSignUp, &user.ID, n.Email)
	event.Detail = detail
	return user, tx.Audit(ctx, event)
}
