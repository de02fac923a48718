package site

import (
	"net/http"

	"example.com/alta/gen"
)

const apiAskDeletion = "/api/users/me/deletion"

func (v accountVisit) showDelete() {
	var me gen.Me
	if v.get(apiMe, &me) {
		v.showCard(http.StatusOK, v.askDelete(me, ""))
	}
}

// askDelete asks for the password once more. Only users of another identity
// provider may have none.
func (v accountVisit) askDelete(me gen.Me, problem string) card {
	t := v.text.Account
	password := field{Name: fieldPassword, Type: "password", Label: t.Password, Autocomplete: "current-password", Error: problem}
	if me.AuthProvider != gen.AuthProviderLOCAL {
		password.Optional, password.Hint = true, t.PasswordOptional
	}
	return card{
		Heading: v.text.Delete,
		Says:    v.text.DeleteSays + " " + t.Keeps,
		Form:    &form{Action: pathDelete, Fields: []field{password}, Button: v.text.DeleteButton},
		Links: []link{
			{Path: apiMe + "/export", Says: t.DownloadData},
			{Path: pathProfile, Says: v.text.Frame.Cancel},
		},
	}
}

func (v accountVisit) sendDelete() {
	values, ok := v.readForm()
	if !ok {
		return
	}
	var me gen.Me
	if !v.get(apiMe, &me) { // so that 401 is about the password
		return
	}
	body := map[string]string{}
	if password := values.Get(fieldPassword); password != "" {
		body[fieldPassword] = password
	}
	a := v.call(http.MethodPost, apiAskDeletion, body, "")
	switch {
	case a.status == http.StatusAccepted:
		v.showCard(http.StatusOK, card{Heading: v.text.CheckInbox, Done: true, Says: v.text.Account.DeletionMailed})
	case a.ok():
		v.showCard(http.StatusOK, card{Heading: v.text.Deleted, Done: true, Says: v.text.DeletedSays})
	case a.status == http.StatusBadRequest:
		v.showCard(a.status, v.askDelete(me, v.text.Account.NoPassword))
	case a.status == http.StatusUnauthorized:
		v.showCard(http.StatusBadRequest, v.askDelete(me, v.text.Account.WrongPassword))
	default:
		v.showErrorWith(a, v.askDelete(me, ""))
	}
}
