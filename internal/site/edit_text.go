package site

// editText has the texts of forms that change something, and of forms that were sent
// twice.
type editText struct {
	Changed   string // after other changes in the meantime
	Meanwhile string // with the present value of a field
	Empty     string // instead of a value
	Save      string // one's own values nevertheless
	Discard   string // one's own values

	Replayed, AddAgain string

	NotListed string // a choice that is no longer offered
}

var editEnglish = editText{
	Changed:   "This has changed since you opened the page. Nothing was saved yet: compare the marked fields, then save or discard your changes.",
	Meanwhile: "Changed in the meantime to: %s",
	Empty:     "(empty)",
	Save:      "Save my changes",
	Discard:   "Discard my changes",
	Replayed:  "This was added before. Nothing was added now.",
	AddAgain:  "Add it again",
	NotListed: "No longer offered",
}

var editSpanish = editText{
	Changed:   "Esto ha cambiado desde que abriste la página. Todavía no se guardó nada: compara los campos marcados y guarda o descarta tus cambios.",
	Meanwhile: "Mientras tanto cambió a: %s",
	Empty:     "(vacío)",
	Save:      "Guardar mis cambios",
	Discard:   "Descartar mis cambios",
	Replayed:  "Esto ya se había agregado. Ahora no se agregó nada.",
	AddAgain:  "Agregarlo otra vez",
	NotListed: "Ya no está disponible",
}
