package handlers

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"example.com/alta/gen"
	"example.com/alta/internal/identity"
	"example.com/alta/internal/problem"
	"example.com/alta/internal/stage"
	"example.com/alta/repo"
)

// inviteLife is how long a redeemed invite waits for a registration.
const inviteLife = 15 * time.Minute

// RedeemInvite exchanges a code that can be used for a token that says so.
func (s *Server) RedeemInvite(ctx context.Context, r gen.RedeemInviteRequestObject) (gen.RedeemInviteResponseObject, error) {
	code := identity.CanonicalInviteCode(r.Body.Code)
	if err := s.checkInvite(ctx, code); err != nil {
		return nil, err
	}
	token, err := s.tokens.Sign(identity.PurposeInvite, identity.Claims{Code: code, ID: uuid.NewString()}, inviteLife)
	if err != nil {
		return nil, err
	}
	event := s.inviteEvent(ctx, repo.AuditInviteRedeem, nil, code)
	if err := s.Repo.InTx(ctx, func(tx *repo.Tx) error { return tx.Audit(ctx, event) }); err != nil {
		return nil, err
	}
	body := gen.RedeemedInvite{Message: "Invite code accepted", InviteToken: token, ExpiresIn: int(inviteLife.Seconds())}
	return gen.RedeemInvite200JSONResponse{Body: body}, nil
}

// checkInvite answers nil while the code can be used.
func (s *Server) checkInvite(ctx context.Context, code string) error {
	invite, err := s.Repo.Invite(ctx, code)
	if err != nil {
		return problem.IfNotFound(err, problem.ErrInviteUnknown)
	}
	return invite.Err(s.Now())
}

// inviteEvent returns an audit event about the invite.
func (s *Server) inviteEvent(ctx context.Context, kind string, userID *uuid.UUID, code string) repo.AuditEvent {
	event := s.event(ctx, kind, userID, "")
	event.Detail = "invite " + identity.MaskInviteCode(code)
	return event
}

// Register creates a user at the API door, by invite. The user logs in when the
// address has been verified.
func (s *Server) Register(ctx context.Context, r gen.RegisterRequestObject) (gen.RegisterResponseObject, error) {
	claims, err := s.tokens.Parse(identity.PurposeInvite, r.Body.InviteToken)
	if err != nil {
		return nil, errors.Join(problem.ErrInviteToken, err)
	}
	if err := s.checkInvite(ctx, claims.Code); err != nil {
		return nil, err
	}
	n, err := s.prepareSignUp(ctx, repo.NewUser{
		Email: r.Body.Email, Door: repo.DoorAPI, Currency: repo.DefaultCurrency, Language: stage.From(ctx).Language,
	}, r.Body.Password)
	if err != nil {
		return nil, err
	}
	var verification uuid.UUID
	err = s.Repo.InTx(ctx, func(tx *repo.Tx) (err error) {
		if verification, err = s.addDeveloper(ctx, tx, n, claims.Code); err != nil {
			return err
		}
		return s.calls.StoreFailure(ctx, tx, problem.ErrMailFailed) // until it is known to be sent
	})
	if err != nil {
		return nil, err
	}
	s.Outbox.Wake() // for the welcome mail
	// A client that hangs up has an account all the same, and wants its mail.
	if err := s.Outbox.Deliver(context.WithoutCancel(ctx), verification); err != nil {
		return nil, fmt.Errorf("%w: %w", problem.ErrMailFailed, err)
	}
	return gen.Register200JSONResponse{Body: gen.Registered{Message: "Register user successful", LinkMsg: problem.TextVerificationSent}}, nil
}

// addDeveloper adds a user with what the invite gives and the two mails, and
// returns the id of the verification mail, which is leased to this process.
func (s *Server) addDeveloper(ctx context.Context, tx *repo.Tx, n repo.NewUser, code string) (verification uuid.UUID, err error) {
	user, err := s.addUser(ctx, tx, n, "")
	if err != nil {
		return verification, err
	}
	key, _, err := s.activate(ctx, tx, user, code)
	if err != nil {
		return verification, err
	}
	if err := s.addWelcome(ctx, tx, user, key); err != nil {
		return verification, err
	}
	verification, _, err = s.addVerificationMail(ctx, tx, user, true)
	return verification, err
}

// OpenVerification leads from a mail's link to the page that asks for a click.
func (s *Server) OpenVerification(_ context.Context, r gen.OpenVerificationRequestObject) (gen.OpenVerificationResponseObject, error) {
	location := s.pageURL("/verify-email", r.Params.Token)
	return gen.OpenVerification302Response{Headers: gen.OpenVerification302ResponseHeaders{Location: &location}}, nil
}

// VerifyEmail uses a verification token: the address is proved.
func (s *Server) VerifyEmail(ctx context.Context, r gen.VerifyEmailRequestObject) (gen.VerifyEmailResponseObject, error) {
	err := s.spend(ctx, repo.VerifyEmail, r.Body.Token, func(tx *repo.Tx, user repo.User) error {
		return s.prove(ctx, tx, user)
	})
	if err != nil {
		return nil, err
	}
	return gen.VerifyEmail200JSONResponse{Body: gen.Message{Message: "Email verified successfully"}}, nil
}

// ResendVerification asks for a fresh verification mail. What comes of it, the
// answer does not say.
func (s *Server) ResendVerification(ctx context.Context, r gen.ResendVerificationRequestObject) (gen.ResendVerificationResponseObject, error) {
	if err := s.requestMail(ctx, requestVerification, r.Body.Email); err != nil {
		return nil, err
	}
	body := gen.Message{Message: "If that email is awaiting verification, a new link has been sent."}
	return gen.ResendVerification200JSONResponse{Body: body}, nil
}
