package site

import "example.com/alta/gen"

// signUpText has the texts of these pages.
type signUpText struct {
	Done  map[string]string // by code, for toasts; that of doneRegistered with a name in it
	Rules ruleText

	Register, RegisterSays, RegisterButton      string
	FirstName, LastName, Password               string
	Currency, OtherCurrencies, Language         string
	EmailTaken                                  string
	LogInInstead, RegisterInstead, JoinInstead  string
	Or, Google, GoogleFailed                    string
	BadCredentials, Suspended                   string
	SignedIn, SignedInAs, GoOn                  string
	Join, JoinSays, Code, CodeHint, Redeem      string
	NoInvite, Accepted, AcceptedSays            string
	AcceptedFor                                 string                   // with a number in it
	Invite                                      map[gen.ErrorCode]string // why it cannot be used, by the API's code
	JoinedSays, UnverifiedSays                  string                   // with an address in them
	MailFailed, MailFailedAlert, MailFailedSays string
	Again, OpenMailbox                          string
	HasAccess, HasAccessSays                    string
	Activate, ActivateSays, ActivateUnverified  string
	Activated, ActivatedSays, NewKey, KeepKey   string
	Pricing                                     pricingText
}

// ruleText says which of the contract's rules a field has broken.
type ruleText struct {
	Blank                              string
	Short, Long, Least, Most           string // with a number in them
	Date, TimeZone, URL, Number, Other string
}

var signUpEnglish = signUpText{
	Done: map[string]string{
		doneRegistered: "Welcome to %s! Your account is ready.",
		doneLoggedOut:  "You are logged out.",
	},
	Rules: ruleText{
		Blank:    "Fill in this field.",
		Short:    "Enter at least %d characters.",
		Long:     "Enter at most %d characters.",
		Least:    "Enter at least %s.",
		Most:     "Enter at most %s.",
		Date:     "Enter a date.",
		TimeZone: "Enter a time zone such as America/New_York.",
		URL:      "Enter an address that begins with https://, of at most %d characters.",
		Number:   "Enter a number.",
		Other:    "This value is not allowed.",
	},
	Register:           "Create your account",
	RegisterSays:       "Keep an eye on your money: accounts, budgets and reports, ready in a minute.",
	RegisterButton:     "Create account",
	FirstName:          "First name",
	LastName:           "Last name",
	Password:           "Password",
	Currency:           "Currency",
	OtherCurrencies:    "All other currencies",
	Language:           "Language",
	EmailTaken:         "An account with this address already exists.",
	LogInInstead:       "Have an account? Log in",
	RegisterInstead:    "No account yet? Sign up",
	JoinInstead:        "Have an invite? Get API access",
	Or:                 "or",
	Google:             "Continue with Google",
	GoogleFailed:       "Signing in with Google did not work. Try again, or use your password.",
	BadCredentials:     "The email or the password is wrong.",
	Suspended:          "This account is suspended. Contact the administrator of this server.",
	SignedIn:           "You are logged in",
	SignedInAs:         "As",
	GoOn:               "Continue",
	Join:               "Get API access",
	JoinSays:           "You need an invite for API access. Enter its code.",
	Code:               "Invite code",
	CodeHint:           "For example, K7QXM-2VABD-RT5WE-HN4PZ",
	Redeem:             "Continue",
	NoInvite:           "No invite? Use the app without one",
	Accepted:           "Invite accepted",
	AcceptedSays:       "Now create your account. It comes with a plan, tokens and an API key.",
	AcceptedFor:        "Finish within %d minutes.",
	JoinedSays:         "We have sent two mails to %s. One has a link to verify the address: open it, then log in. The other has your API key.",
	UnverifiedSays:     "The address %s is not verified yet. We have sent you a link: open it, then log in.",
	MailFailed:         "Your account is ready",
	MailFailedAlert:    "But the mail with the link to verify your address could not be sent.",
	MailFailedSays:     "We will keep trying. You can also ask for it again, now or in a few minutes.",
	Again:              "Send the link again",
	OpenMailbox:        "Open the development mailbox",
	HasAccess:          "You already have API access",
	HasAccessSays:      "You do not need an invite. Keep yours for someone else.",
	Activate:           "Activate API access",
	ActivateSays:       "The invite is accepted. Your account gets a plan, tokens and an API key.",
	ActivateUnverified: "Verify your address first. We have sent you a link: open it, then come back with your invite.",
	Activated:          "API access is active",
	ActivatedSays:      "This is your API key. It is shown only once: store it where you keep your passwords.",
	NewKey:             "Your API key",
	KeepKey:            "Done",
	Invite: map[gen.ErrorCode]string{
		gen.ErrorCodeInviteUnknown:      "This invite does not exist. Check the code.",
		gen.ErrorCodeInviteUsed:         "This invite has already been used.",
		gen.ErrorCodeInviteExpired:      "This invite has expired. Ask for another.",
		gen.ErrorCodeInviteRevoked:      "This invite has been revoked. Ask for another.",
		gen.ErrorCodeInviteTokenInvalid: "Your time to finish has run out. Enter the code again: it has not been used up.",
	},
	Pricing: pricingEnglish,
}

var signUpSpanish = signUpText{
	Done: map[string]string{
		doneRegistered: "¡Te damos la bienvenida a %s! Tu cuenta está lista.",
		doneLoggedOut:  "Has cerrado la sesión.",
	},
	Rules: ruleText{
		Blank:    "Completa este campo.",
		Short:    "Escribe al menos %d caracteres.",
		Long:     "Escribe como máximo %d caracteres.",
		Least:    "Escribe como mínimo %s.",
		Most:     "Escribe como máximo %s.",
		Date:     "Escribe una fecha.",
		TimeZone: "Escribe una zona horaria como America/Argentina/Buenos_Aires.",
		URL:      "Escribe una dirección que empiece por https://, de %d caracteres como máximo.",
		Number:   "Escribe un número.",
		Other:    "Este valor no se permite.",
	},
	Register:           "Crea tu cuenta",
	RegisterSays:       "Tu dinero a la vista: cuentas, presupuestos e informes, en un minuto.",
	RegisterButton:     "Crear cuenta",
	FirstName:          "Nombre",
	LastName:           "Apellido",
	Password:           "Contraseña",
	Currency:           "Moneda",
	OtherCurrencies:    "Todas las demás",
	Language:           "Idioma",
	EmailTaken:         "Ya hay una cuenta con este correo.",
	LogInInstead:       "¿Ya tienes cuenta? Inicia sesión",
	RegisterInstead:    "¿Todavía no tienes cuenta? Créala",
	JoinInstead:        "¿Tienes una invitación? Obtén acceso a la API",
	Or:                 "o",
	Google:             "Continuar con Google",
	GoogleFailed:       "No se ha podido iniciar sesión con Google. Inténtalo de nuevo o usa tu contraseña.",
	BadCredentials:     "El correo o la contraseña no son correctos.",
	Suspended:          "Esta cuenta está suspendida. Consulta a quien administra este servidor.",
	SignedIn:           "Tienes la sesión iniciada",
	SignedInAs:         "Como",
	GoOn:               "Continuar",
	Join:               "Obtén acceso a la API",
	JoinSays:           "Necesitas una invitación para acceder a la API. Escribe su código.",
	Code:               "Código de invitación",
	CodeHint:           "Por ejemplo: K7QXM-2VABD-RT5WE-HN4PZ",
	Redeem:             "Continuar",
	NoInvite:           "¿Sin invitación? Usa la aplicación sin ella",
	Accepted:           "Invitación aceptada",
	AcceptedSays:       "Ahora crea tu cuenta. Incluye un plan, tokens y una clave de API.",
	AcceptedFor:        "Termina en %d minutos.",
	JoinedSays:         "Hemos enviado dos correos a %s. Uno tiene un enlace que verifica la dirección: ábrelo y luego inicia sesión. El otro tiene tu clave de API.",
	UnverifiedSays:     "La dirección %s todavía no está verificada. Te hemos enviado un enlace: ábrelo y luego inicia sesión.",
	MailFailed:         "Tu cuenta está lista",
	MailFailedAlert:    "Pero no se ha podido enviar el correo con el enlace para verificar tu dirección.",
	MailFailedSays:     "Lo seguimos intentando. También puedes pedirlo otra vez, ahora o en unos minutos.",
	Again:              "Enviar otra vez el enlace",
	OpenMailbox:        "Abrir el buzón de desarrollo",
	HasAccess:          "Ya tienes acceso a la API",
	HasAccessSays:      "No necesitas ninguna invitación. Guarda la tuya para otra persona.",
	Activate:           "Activar el acceso a la API",
	ActivateSays:       "La invitación es válida. Tu cuenta recibe un plan, tokens y una clave de API.",
	ActivateUnverified: "Primero hay que verificar tu correo. Te hemos enviado un enlace: ábrelo y vuelve con tu invitación.",
	Activated:          "El acceso a la API está activo",
	ActivatedSays:      "Esta es tu clave de API. Solo se muestra esta vez: guárdala donde guardas tus contraseñas.",
	NewKey:             "Tu clave de API",
	KeepKey:            "Listo",
	Invite: map[gen.ErrorCode]string{
		gen.ErrorCodeInviteUnknown:      "Esta invitación no existe. Revisa el código.",
		gen.ErrorCodeInviteUsed:         "Esta invitación ya se ha usado.",
		gen.ErrorCodeInviteExpired:      "Esta invitación ha caducado. Pide otra.",
		gen.ErrorCodeInviteRevoked:      "Esta invitación se ha anulado. Pide otra.",
		gen.ErrorCodeInviteTokenInvalid: "Se ha acabado el tiempo. Vuelve a escribir el código: no se ha gastado.",
	},
	Pricing: pricingSpanish,
}
