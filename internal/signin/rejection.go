package signin

import (
	"context"
	"time"

	"example.com/alta/internal/identity"
	"example.com/alta/internal/problem"
	"example.com/alta/repo"
)

// SignUp is what is known of the sign-up that a verification mail is about.
type SignUp struct {
	User     repo.User
	Verified bool // the address is, so that nobody can reject the sign-up any more
}

// rejections lets the owner of an address reject a sign-up with it.
type rejections struct {
	repo      *repo.Repo
	oneTime   *oneTimeTokens
	deletions *deletions
	now       func() time.Time
}

// DescribeSignUp returns the sign-up of a verification token, without using it up. Its
// error is problem.ErrToken if the token is invalid.
func (r *rejections) DescribeSignUp(ctx context.Context, token string) (SignUp, error) {
	id, err := identity.ParseOneTime(token)
	if err != nil {
		return SignUp{}, problem.ErrToken
	}
	row, err := r.repo.HeldOneTimeToken(ctx, id, repo.VerifyEmail, r.now())
	if err != nil {
		return SignUp{}, problem.IfNotFound(err, problem.ErrToken)
	}
	if !r.oneTime.matches(row, token) {
		return SignUp{}, problem.ErrToken
	}
	user, err := r.repo.UserByID(ctx, row.UserID)
	if err != nil {
		return SignUp{}, problem.IfNotFound(err, problem.ErrToken)
	}
	if !user.IsActive {
		return SignUp{}, problem.ErrToken
	}
	return SignUp{User: user, Verified: row.Used || user.EmailVerifiedAt != nil}, nil
}

// RejectSignUp redeems a verification token for the owner of the address, who did not
// sign up: it deletes the account that a stranger has made. Its error is
// problem.ErrToken if the token is invalid, or has verified the address.
func (r *rejections) RejectSignUp(ctx context.Context, by By, token string) error {
	return r.oneTime.redeemOnce(ctx, by, repo.VerifyEmail, token, func(tx *repo.Tx, user repo.User) error {
		event := by.Event(repo.AuditDelete, &user.ID)
		event.Address, event.Detail = "", "the owner of the address rejected the sign-up"
		return r.deletions.erase(ctx, tx, user, event)
	})
}
