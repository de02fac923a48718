package site

import "net/http"

const (
	pathDeletion = "/confirm-deletion"
	apiDeletion  = "/api/users/me/deletion/confirm"
)

// confirmDeletion deletes nothing: programs that scan mails open their links,
// too.
func (s *Site) confirmDeletion(w http.ResponseWriter, r *http.Request) {
	v := newVisit(w, r)
	if token := r.URL.Query().Get(fieldToken); token != "" {
		v.card(http.StatusOK, v.askDeletion(token))
		return
	}
	v.badDeletionLink()
}

func (s *Site) sendConfirmDeletion(w http.ResponseWriter, r *http.Request) {
	v := newVisit(w, r)
	values, ok := v.form()
	if !ok {
		return
	}
	token := values.Get(fieldToken)
	a := s.call(r, http.MethodPost, apiDeletion, map[string]string{fieldToken: token})
	switch {
	case a.ok():
		v.card(http.StatusOK, card{Heading: v.text.Deleted, Done: true, Says: v.text.DeletedSays})
	case a.is(codeNone), a.is(codeTokenInvalid), a.is(codeInvalidRequest):
		v.badDeletionLink()
	default:
		v.refuse(a, v.askDeletion(token))
	}
}

func (v *visit) badDeletionLink() {
	v.card(http.StatusBadRequest, card{Heading: v.text.BadLink, Alert: v.text.BadLinkSays, Says: v.text.DeleteInstead})
}

func (v *visit) askDeletion(token string) card {
	return card{
		Heading: v.text.Delete,
		Says:    v.text.DeleteSays,
		Form:    &form{Action: pathDeletion, Token: token, Button: v.text.DeleteButton},
	}
}
