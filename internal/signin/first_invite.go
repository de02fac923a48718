package signin

import (
	"context"

	"github.com/google/uuid"

	"example.com/alta/internal/identity"
	"example.com/alta/repo"
)

// FirstInvite returns the code of a usable invite that an earlier call made, or makes
// an invite. Calls are told from others by the note. The code follows from the
// operator's secret and the id of the row, so that only who has both can tell it.
func (i Invites) FirstInvite(ctx context.Context, tx *repo.Tx, n NewInvite) (code string, err error) {
	invites, _, err := tx.Invites(ctx, repo.Page{Limit: 100})
	if err != nil {
		return "", err
	}
	for _, invite := range invites {
		if invite.Note != n.Note || invite.Err(tx.Now()) != nil {
			continue
		}
		code, err := i.keys.DerivedInviteCode(invite.SecretID, invite.ID.String())
		if err == nil && i.keys.Matches(identity.PurposeInviteCode, identity.Digest{KeyID: invite.SecretID, Sum: invite.Digest}, code) {
			return code, nil
		} // or else somebody gave another invite this note, or the secret is gone
	}
	id := uuid.New()
	secretID, _ := i.keys.Key(identity.PurposeFirstInvite)
	if code, err = i.keys.DerivedInviteCode(secretID, id.String()); err != nil {
		return "", err
	}
	_, err = i.add(ctx, tx, Operator(), n, id, code)
	return code, err
}
