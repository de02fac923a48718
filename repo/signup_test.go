package repo_test

import (
	"context"
	"time"

	"github.com/google/uuid"

	"example.com/alta/repo"
)

// crashInvite is the code that signUpByInvite uses.
const crashInvite = "ABCDE-FGHIJ-KLMNO-PQRST"

// signUpByInvite does what a registration at the API door does. In one
// transaction it creates a user with a workspace, uses an invite, and adds a
// ledger, a key, a token, two mails and an audit event.
func signUpByInvite(ctx context.Context, r *repo.Repo, email string) error {
	return r.InTx(ctx, func(tx *repo.Tx) error {
		n := newUser(email)
		n.Door = repo.DoorAPI
		user, err := tx.CreateUser(ctx, n)
		if err != nil {
			return err
		}
		return activate(ctx, tx, user)
	})
}

// activate gives a new user everything that an invite gives.
func activate(ctx context.Context, tx *repo.Tx, user repo.User) error {
	token := repo.OneTimeToken{
		ID: "token of " + user.Email, UserID: user.ID, Purpose: repo.VerifyEmail, Digest: "digest", SecretID: "secret",
	}
	key := repo.APIKey{UserID: user.ID, Name: "default", Masked: "alta_…", Digest: "key of " + user.Email, SecretID: "secret"}
	for _, step := range []func() error{
		func() error { return tx.UseInvite(ctx, inviteID(crashInvite)) },
		func() error { return tx.SetInviteCode(ctx, user.ID, crashInvite) },
		func() error {
			return tx.OpenLedger(ctx, user.ID, freePlan, refillAt, repo.TokenCause{Endpoint: "POST /api/v1/auth/register", RequestID: "request"})
		},
		func() error {
			_, err := tx.CreateAPIKey(ctx, key)
			return err
		},
		func() error { return tx.CreateOneTimeToken(ctx, token, time.Hour) },
		func() error {
			_, err := tx.AddMail(ctx, repo.Mail{ID: uuid.New(), UserID: user.ID, Kind: "verification", TokenID: &token.ID}, time.Minute)
			return err
		},
		func() error {
			_, err := tx.AddMail(ctx, repo.Mail{ID: uuid.New(), UserID: user.ID, Kind: "welcome"}, 0)
			return err
		},
		func() error {
			return tx.Audit(ctx, repo.AuditEvent{Kind: repo.AuditSignUp, Actor: repo.ActorAnonymous, UserID: &user.ID})
		},
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}
