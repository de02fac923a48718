package site

import (
	"net/http"
	"net/url"
)

const (
	pathDeletion = "/confirm-deletion"
	apiDeletion  = "/api/users/me/deletion/confirm"
)

func (s *Site) sendConfirmDeletion(v *visit, values url.Values) {
	token := values.Get(fieldToken)
	a := s.call(v.r, http.MethodPost, apiDeletion, map[string]string{fieldToken: token})
	switch {
	case a.ok():
		v.card(http.StatusOK, card{Heading: v.text.Deleted, Done: true, Says: v.text.DeletedSays, Links: []link{{pathRegister, v.text.Frame.SignUp}}})
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
