package mailbox

import "example.com/alta/internal/locale"

// text has all words of the pages, in one language.
type text struct {
	Mailbox, MailboxSays, Back     string
	Empty, EmptySays, Broken       string
	From, To, Subject, NoSubject   string
	Date, AsText, AsHTML, Download string
}

var texts = map[string]*text{locale.English: &english, locale.Spanish: &spanish}

var english = text{
	Mailbox:     "Mailbox",
	MailboxSays: "No SMTP server is set, so mails are kept here instead of being sent. Only people at this machine can see this page.",
	Back:        "All mails",
	Empty:       "No mails yet",
	EmptySays:   "Sign up with any email, and the mail to verify it appears here.",
	Broken:      "The mailbox could not be read",
	From:        "From",
	To:          "To",
	Subject:     "Subject",
	NoSubject:   "(no subject)",
	Date:        "Date (UTC)",
	AsText:      "As text",
	AsHTML:      "As HTML",
	Download:    "Download the mail (.eml)",
}

var spanish = text{
	Mailbox:     "Buzón",
	MailboxSays: "No hay ningún servidor SMTP configurado, así que los correos se guardan aquí en vez de enviarse. Solo quien está en esta máquina puede ver esta página.",
	Back:        "Todos los correos",
	Empty:       "Todavía no hay correos",
	EmptySays:   "Regístrate con cualquier dirección y aquí aparecerá el correo para verificarla.",
	Broken:      "No se ha podido leer el buzón",
	From:        "De",
	To:          "Para",
	Subject:     "Asunto",
	NoSubject:   "(sin asunto)",
	Date:        "Fecha (UTC)",
	AsText:      "Como texto",
	AsHTML:      "Como HTML",
	Download:    "Descargar el correo (.eml)",
}
