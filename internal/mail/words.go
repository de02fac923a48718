package mail

import (
	"maps"

	"golang.org/x/text/language"
	"golang.org/x/text/message"
)

// words has the text of each kind of letter in one language.
type words map[Kind]func(Letter, site) letterText

// Letters of all kinds, those that ask for something and those that report something.
var (
	english = join(englishRequests, englishNotices)
	spanish = join(spanishRequests, spanishNotices)
)

func join(parts ...words) words {
	all := words{}
	for _, part := range parts {
		maps.Copy(all, part)
	}
	return all
}

var englishRequests = words{
	KindVerification: func(l Letter, s site) letterText {
		return letterText{
			Subject:   "Verify your email",
			Preheader: "One click, and your account is ready.",
			Heading:   "Verify your email",
			Intro:     []string{"Thank you for signing up. There is one last step: please confirm that this address is yours."},
			Facts:     englishFacts.describe(l, "Signed up"),
			Button: &button{
				Label:    "Verify my email",
				URL:      s.verification(l),
				Fallback: "If the button does not work, copy this link into your browser:",
			},
			Notes: []string{
				"The link works for " + count(l.Hours, "hour", "hours") + ".",
				"If this sign-up was not yours, open the link and press “This was not me”: the account is deleted, and whoever made it is logged out. If you do nothing, the address stays unverified.",
			},
			Footer: "You are receiving this email because somebody signed up with this address.",
		}
	},
	KindWelcome: func(l Letter, s site) letterText {
		return letterText{
			Subject:   "Welcome to " + s.name + ": your API key",
			Preheader: "Your API key, and a first call to try.",
			Heading:   "Welcome to " + s.name,
			Intro: []string{
				"Your account has been created. Your programs authenticate with this API key. It works once your address is verified.",
			},
			Boxes: []box{
				{Label: "Your API key", Content: l.Key, Note: "It is shown only here. Keep it like a password."},
				{Label: "Try it in a terminal", Content: s.sample(l)},
			},
			Notes:  []string{"Your plan comes with " + number(language.English, l.Tokens) + " tokens a month."},
			Footer: "You are receiving this email because somebody signed up with this address.",
		}
	},
	KindReset: func(l Letter, s site) letterText {
		return letterText{
			Subject:   "Choose a new password",
			Preheader: "Your link to choose a new password.",
			Heading:   "Choose a new password",
			Intro:     []string{"Somebody, most likely you, asked for a new password for your account."},
			Button: &button{
				Label:    "Choose a new password",
				URL:      s.reset(l),
				Fallback: "If the button does not work, copy this link into your browser:",
			},
			Notes: []string{
				"The link works for " + count(l.Hours, "hour", "hours") + ".",
				"If you did not ask for it, ignore this email; your password stays as it is.",
			},
			Footer: "You are receiving this email because somebody asked for a new password with this address.",
		}
	},
	KindDeletion: func(l Letter, s site) letterText {
		return letterText{
			Subject:   "Confirm the deletion of your account",
			Preheader: "Nothing is deleted until you confirm it.",
			Heading:   "Delete your account?",
			Intro: []string{
				"Somebody who is logged in to your account, most likely you, asked to delete it.",
				"Everything in it will be erased for good: accounts, transactions, budgets and API keys. This cannot be undone.",
			},
			Button: &button{
				Label:    "Continue to delete it",
				URL:      s.deletion(l),
				Fallback: "If the button does not work, copy this link into your browser:",
			},
			Notes: []string{
				"The link works for " + count(l.Hours, "hour", "hours") + ".",
				"If this was not you, ignore this email: nothing is deleted. Then check where you are logged in, and end any session that is not yours.",
			},
			Footer: "You are receiving this email because somebody asked to delete the account with this address.",
		}
	},
}

var spanishRequests = words{
	KindVerification: func(l Letter, s site) letterText {
		return letterText{
			Subject:   "Verifica tu correo",
			Preheader: "Un clic y tu cuenta queda lista para usarse.",
			Heading:   "Verifica tu correo",
			Intro:     []string{"Gracias por registrarte. Un último paso: confirma que esta dirección es tuya."},
			Facts:     spanishFacts.describe(l, "Registro"),
			Button: &button{
				Label:    "Verificar mi correo",
				URL:      s.verification(l),
				Fallback: "Si el botón no funciona, copia este enlace en tu navegador:",
			},
			Notes: []string{
				"El enlace funciona durante " + count(l.Hours, "hora", "horas") + ".",
				"Si no te registraste tú, abre el enlace y pulsa «No fui yo»: la cuenta se elimina y se cierra la sesión de quien la creó. Si no haces nada, la dirección queda sin verificar.",
			},
			Footer: "Recibes este correo porque alguien se registró con esta dirección.",
		}
	},
	KindWelcome: func(l Letter, s site) letterText {
		return letterText{
			Subject:   "Te damos la bienvenida a " + s.name + ": tu clave de API",
			Preheader: "Tu clave de API y una primera llamada para probarla.",
			Heading:   "Te damos la bienvenida a " + s.name,
			Intro: []string{
				"Tu cuenta está creada. Esta es la clave de API con la que se identifican tus programas. Funciona en cuanto verifiques tu dirección.",
			},
			Boxes: []box{
				{Label: "Tu clave de API", Content: l.Key, Note: "Solo se muestra aquí. Guárdala como una contraseña."},
				{Label: "Pruébala en una terminal", Content: s.sample(l)},
			},
			Notes:  []string{"Tu plan incluye " + number(language.Spanish, l.Tokens) + " tokens al mes."},
			Footer: "Recibes este correo porque alguien se registró con esta dirección.",
		}
	},
	KindReset: func(l Letter, s site) letterText {
		return letterText{
			Subject:   "Elige una contraseña nueva",
			Preheader: "El enlace para elegir una contraseña nueva.",
			Heading:   "Elige una contraseña nueva",
			Intro:     []string{"Alguien, seguramente tú, pidió una contraseña nueva para tu cuenta."},
			Button: &button{
				Label:    "Elegir una contraseña nueva",
				URL:      s.reset(l),
				Fallback: "Si el botón no funciona, copia este enlace en tu navegador:",
			},
			Notes: []string{
				"El enlace funciona durante " + count(l.Hours, "hora", "horas") + ".",
				"Si no la pediste, ignora este correo; tu contraseña sigue siendo la misma.",
			},
			Footer: "Recibes este correo porque se pidió una contraseña nueva con esta dirección.",
		}
	},
	KindDeletion: func(l Letter, s site) letterText {
		return letterText{
			Subject:   "Confirma que quieres eliminar tu cuenta",
			Preheader: "No se elimina nada antes de que lo confirmes.",
			Heading:   "¿Eliminar tu cuenta?",
			Intro: []string{
				"Alguien con la sesión iniciada en tu cuenta, seguramente tú, pidió eliminarla.",
				"Todo lo que contiene se borrará para siempre: cuentas, transacciones, presupuestos y claves de API. No se podrá recuperar.",
			},
			Button: &button{
				Label:    "Continuar para eliminarla",
				URL:      s.deletion(l),
				Fallback: "Si el botón no funciona, copia este enlace en tu navegador:",
			},
			Notes: []string{
				"El enlace funciona durante " + count(l.Hours, "hora", "horas") + ".",
				"Si no fuiste tú, ignora este correo: no se elimina nada. Revisa entonces dónde está iniciada tu sesión y cierra lo que no sea tuyo.",
			},
			Footer: "Recibes este correo porque alguien pidió eliminar la cuenta con esta dirección.",
		}
	},
}

// number formats n as the language does: 2,000 or 2.000.
func number(tag language.Tag, n int64) string { return message.NewPrinter(tag).Sprintf("%d", n) }

// count formats n with its noun, in the singular or the plural.
func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return message.NewPrinter(language.Und).Sprintf("%d %s", n, many)
}
