package site

// frameText has the texts around pages, and those that any page may show.
type frameText struct {
	SkipToContent                                 string
	Navigation, Docs, Pricing, App, Account, Keys string
	LogIn, LogOut, SignUp                         string
	Language                                      string
	Copy, Copied                                  string
	Optional                                      string
	OtherOrigin, Forbidden, Gone, CheckFields     string
	Show, Hide, Yes, No, Cancel                   string
}

var frameEnglish = frameText{
	SkipToContent: "Skip to main content",
	Navigation:    "Main",
	Docs:          "Docs",
	Pricing:       "Pricing",
	App:           "Money",
	Account:       "Account",
	Keys:          "Credentials",
	LogIn:         "Log in",
	LogOut:        "Log out",
	SignUp:        "Sign up",
	Language:      "Language",
	Copy:          "Copy",
	Copied:        "Copied",
	Optional:      "optional",
	OtherOrigin:   "This form was sent from another site. Go back and try again from here.",
	Forbidden:     "You are not allowed to do that.",
	Gone:          "It may have been deleted.",
	CheckFields:   "Check the marked fields below.",
	Show:          "Show",
	Hide:          "Hide",
	Yes:           "Yes",
	No:            "No",
	Cancel:        "Cancel",
}

var frameSpanish = frameText{
	SkipToContent: "Saltar al contenido principal",
	Navigation:    "Principal",
	Docs:          "Documentación",
	Pricing:       "Precios",
	App:           "Dinero",
	Account:       "Cuenta",
	Keys:          "Credenciales",
	LogIn:         "Iniciar sesión",
	LogOut:        "Cerrar sesión",
	SignUp:        "Crear cuenta",
	Language:      "Idioma",
	Copy:          "Copiar",
	Copied:        "Copiado",
	Optional:      "opcional",
	OtherOrigin:   "Este formulario se envió desde otro sitio. Vuelve atrás e inténtalo desde aquí.",
	Forbidden:     "No tienes permiso para hacer eso.",
	Gone:          "Puede que se haya eliminado.",
	CheckFields:   "Revisa lo que está marcado abajo.",
	Show:          "Mostrar",
	Hide:          "Ocultar",
	Yes:           "Sí",
	No:            "No",
	Cancel:        "Cancelar",
}
