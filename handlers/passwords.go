package handlers

import (
	"context"
	"fmt"

	"example.com/alta/gen"
	"example.com/alta/internal/identity"
	"example.com/alta/internal/mail"
	"example.com/alta/internal/problem"
	"example.com/alta/repo"
)

// ForgetPassword asks for a reset mail. What comes of it, the answer does not
// say.
func (s *Server) ForgetPassword(ctx context.Context, r gen.ForgetPasswordRequestObject) (gen.ForgetPasswordResponseObject, error) {
	if err := s.requestMail(ctx, requestReset, r.Body.Email); err != nil {
		return nil, err
	}
	body := gen.Message{Message: "If that email is registered, a reset link has been sent."}
	return gen.ForgetPassword200JSONResponse{Body: body}, nil
}

// OpenReset leads from a mail's link to the page that asks for the password.
func (s *Server) OpenReset(_ context.Context, r gen.OpenResetRequestObject) (gen.OpenResetResponseObject, error) {
	location := s.pageURL("/reset-password", r.Params.Token)
	return gen.OpenReset302Response{Headers: gen.OpenReset302ResponseHeaders{Location: &location}}, nil
}

// NewPassword uses a reset token: the password is changed.
func (s *Server) NewPassword(ctx context.Context, r gen.NewPasswordRequestObject) (gen.NewPasswordResponseObject, error) {
	id, err := identity.ParseOneTime(r.Body.Token)
	if err != nil {
		return nil, problem.ErrToken
	}
	// A token that is not good must not cost a hash.
	_, err = s.Repo.OneTimeToken(ctx, id, repo.ResetPassword, s.Now())
	if err != nil {
		return nil, problem.IfNotFound(err, problem.ErrToken)
	}
	hash, err := s.Hasher.Hash(ctx, r.Body.Newpassword)
	if err != nil {
		return nil, err
	}
	err = s.spend(ctx, repo.ResetPassword, r.Body.Token, func(tx *repo.Tx, user repo.User) error {
		return s.resetPassword(ctx, tx, user, hash)
	})
	if err != nil {
		return nil, fmt.Errorf("reset password: %w", err)
	}
	s.Outbox.Wake()
	return gen.NewPassword200JSONResponse{Body: gen.Message{Message: "Password updated successfully"}}, nil
}

// resetPassword stores the hash, ends every session, lifts the lock and tells
// the owner. Where this is the first proof of the address, whoever made the
// account may be somebody else: its keys are revoked.
func (s *Server) resetPassword(ctx context.Context, tx *repo.Tx, user repo.User, hash string) error {
	if err := tx.SetPassword(ctx, user.ID, hash); err != nil {
		return err
	}
	if user.EmailVerifiedAt == nil {
		if err := tx.RevokeAPIKeys(ctx, user.ID); err != nil {
			return err
		}
		if err := s.prove(ctx, tx, user); err != nil {
			return err
		}
	}
	if err := tx.ForgetAddress(ctx, s.Keys.Pseudonym(user.Email)); err != nil {
		return err
	}
	if err := tx.Audit(ctx, s.event(ctx, repo.AuditReset, &user.ID, user.Email)); err != nil {
		return err
	}
	l := mail.Letter{Kind: mail.KindPasswordChanged, Language: user.Language}
	_, _, err := s.Outbox.Add(ctx, tx, mail.Draft{UserID: user.ID, Letter: l})
	return err
}
