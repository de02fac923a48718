package handlers

import (
	"context"
	"fmt"

	"example.com/alta/internal/identity"
	"example.com/alta/repo"
)

// prepareSignUp makes a new user of an address and a password, to be added with
// addUser. Its error is repo.ErrEmailTaken if the address has a user. The password
// is hashed once, and not at all for an address that is known to be taken.
func (s *Server) prepareSignUp(ctx context.Context, n repo.NewUser, password string) (repo.NewUser, error) {
	n.Email = identity.CanonicalEmail(n.Email)
	taken, err := s.Repo.EmailTaken(ctx, n.Email)
	if err != nil {
		return n, fmt.Errorf("look up address: %w", err)
	}
	if taken {
		return n, repo.ErrEmailTaken
	}
	n.PasswordHash, err = s.Hasher.Hash(ctx, password)
	return n, err
}

// addUser adds a user with a workspace to the transaction, whichever way the
// user comes; detail says which, where it is not the usual one. Its error is
// repo.ErrEmailTaken when there is one already.
func (s *Server) addUser(ctx context.Context, tx *repo.Tx, n repo.NewUser, detail string) (repo.User, error) {
	user, err := tx.CreateUser(ctx, n)
	if err != nil {
		return repo.User{}, err
	}
	if err := s.calls.Own(ctx, tx, user.ID); err != nil {
		return repo.User{}, err
	}
	event := s.event(ctx, repo.AuditSignUp, &user.ID, n.Email)
	event.Detail = detail
	return user, tx.Audit(ctx, event)
}
