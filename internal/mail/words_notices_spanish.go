package mail

const (
	fallbackSpanish = "Si el botón no funciona, copia este enlace en tu navegador:"
	securitySpanish = "Recibes este correo porque se trata de la seguridad de tu cuenta."
	optionalSpanish = securitySpanish + " Puedes desactivar estos correos en tu cuenta, en Notificaciones."
)

func buttonSpanish(label, url string) *button {
	return &button{Label: label, URL: url, Fallback: fallbackSpanish}
}

// notMeSpanish says what to do about somebody else's work.
func notMeSpanish(s site) string {
	return "Si no fuiste tú, elige ahora una contraseña nueva y mira después qué sesiones y claves de API son tuyas: " + s.forgotPassword()
}

// keysSpanish says how many API keys a stranger may still have.
func keysSpanish(n int64, s site) string {
	return count(int(n), "clave de API sigue funcionando", "claves de API siguen funcionando") + " con tu cuenta. Una contraseña nueva no las anula. " +
		"Si alguien más puede conocerlas, revócalas: " + s.credentials()
}

var spanishNotices = words{
	KindPasswordChanged: func(l Letter, s site) letterText {
		letter := letterText{
			Subject:   "Se cambió tu contraseña",
			Preheader: "Si fuiste tú, no tienes que hacer nada.",
			Heading:   "Se cambió tu contraseña",
			Intro: []string{
				"Se cambió la contraseña de tu cuenta y se cerraron todas las sesiones. Inicia sesión con la nueva para continuar.",
				"Si fuiste tú, no tienes que hacer nada más. Si no fuiste tú, pide ahora una contraseña nueva:",
			},
			Button: buttonSpanish("Pedir una contraseña nueva", s.forgotPassword()),
			Footer: securitySpanish,
		}
		if l.Keys > 0 {
			letter.Notes = []string{keysSpanish(l.Keys, s)}
		}
		return letter
	},
	KindKeyMade: func(l Letter, s site) letterText {
		return keyNoticeSpanish(l, s, "Se creó una clave de API", "Una clave de API nueva abre tu cuenta a programas.")
	},
	KindKeyRotated: func(l Letter, s site) letterText {
		return keyNoticeSpanish(l, s, "Se renovó una clave de API", "Una clave de API nueva sustituye a otra.")
	},
	KindKeyRevoked: func(l Letter, s site) letterText {
		return keyNoticeSpanish(l, s, "Se revocó una clave de API", "Los programas que usan esta clave se rechazan desde ahora.")
	},
	KindKeysRevoked: func(l Letter, s site) letterText {
		return keyNoticeSpanish(l, s, "Se revocaron todas tus claves de API",
			count(int(l.Revoked), "clave de API revocada.", "claves de API revocadas.")+" Los programas que las usan se rechazan desde ahora.")
	},
	KindNewDevice: func(l Letter, s site) letterText {
		return letterText{
			Subject:   "Nuevo inicio de sesión en tu cuenta",
			Preheader: "Desde un dispositivo en el que no habías iniciado sesión.",
			Heading:   "Nuevo inicio de sesión en tu cuenta",
			Intro:     []string{"Alguien, seguramente tú, inició sesión en tu cuenta desde un dispositivo en el que no se había iniciado antes."},
			Facts:     spanishFacts.describe(l, ""),
			Button:    buttonSpanish("Ver dónde está abierta tu sesión", s.credentials()),
			Notes:     []string{notMeSpanish(s)},
			Footer:    optionalSpanish,
		}
	},
	KindLocked: func(l Letter, s site) letterText {
		return letterText{
			Subject:   "Demasiadas contraseñas incorrectas",
			Preheader: "El acceso a tu cuenta está bloqueado por un rato.",
			Heading:   "Demasiadas contraseñas incorrectas",
			Intro: []string{
				"Alguien escribió demasiadas contraseñas incorrectas para tu cuenta, así que el acceso está bloqueado por un rato. Nadie ha entrado por ello, y el bloqueo termina solo.",
				"Si fuiste tú y no recuerdas la contraseña, elige una nueva. Eso también termina el bloqueo.",
			},
			Facts:  spanishFacts.describe(l, ""),
			Button: buttonSpanish("Pedir una contraseña nueva", s.forgotPassword()),
			Notes:  []string{"Recibes como mucho un correo así al día."},
			Footer: optionalSpanish,
		}
	},
	KindRole: func(l Letter, s site) letterText {
		return letterText{
			Subject:   "Ahora administras el servicio",
			Preheader: "Se cambió tu rol.",
			Heading:   "Ahora administras el servicio",
			Intro:     []string{"Tu rol cambió a administrador y se cerraron todas las sesiones. Inicia sesión de nuevo para continuar."},
			Facts:     spanishFacts.describe(l, ""),
			Button:    buttonSpanish("Iniciar sesión", s.login()),
			Footer:    securitySpanish,
		}
	},
	KindSuspended: func(l Letter, _ site) letterText {
		return letterText{
			Subject:   "Tu cuenta fue suspendida",
			Preheader: "No puedes iniciar sesión y tus claves de API no funcionan.",
			Heading:   "Tu cuenta fue suspendida",
			Intro: []string{
				"Un administrador suspendió tu cuenta. Se cerraron todas las sesiones. Hasta que se levante la suspensión, no puedes iniciar sesión y tus claves de API no funcionan.",
				"No se eliminó nada de tu cuenta.",
			},
			Facts:  spanishFacts.describe(l, ""),
			Footer: securitySpanish,
		}
	},
	KindResumed: func(l Letter, s site) letterText {
		return letterText{
			Subject:   "Tu cuenta está activa de nuevo",
			Preheader: "Se levantó la suspensión.",
			Heading:   "Tu cuenta está activa de nuevo",
			Intro:     []string{"Se levantó la suspensión de tu cuenta. Puedes iniciar sesión y tus claves de API vuelven a funcionar."},
			Facts:     spanishFacts.describe(l, ""),
			Button:    buttonSpanish("Iniciar sesión", s.login()),
			Footer:    securitySpanish,
		}
	},
	KindDeleted: func(l Letter, s site) letterText {
		letter := letterText{
			Subject:   "Tu cuenta fue eliminada",
			Preheader: "Se borró todo lo que contenía.",
			Heading:   "Tu cuenta fue eliminada",
			Intro:     []string{"Tu cuenta fue eliminada y se borró todo lo que contenía. No se puede recuperar. Puedes registrarte de nuevo con esta dirección cuando quieras."},
			Facts:     spanishFacts.describe(l, ""),
			Button:    buttonSpanish("Registrarse", s.register()),
			Footer:    "Recibes este correo porque había una cuenta con esta dirección. Es el último.",
		}
		if l.ByOther {
			letter.Intro[0] = "Un administrador eliminó tu cuenta y se borró todo lo que contenía. No se puede recuperar."
			letter.Button = nil
		}
		return letter
	},
	KindLinked: func(l Letter, s site) letterText {
		letter := letterText{
			Subject:   "Ahora Google abre tu cuenta",
			Preheader: "Alguien entró con Google y tu dirección.",
			Heading:   "Ahora Google abre tu cuenta",
			Intro: []string{
				"Alguien que tiene esta dirección en Google, seguramente tú, inició sesión. Desde ahora, Google abre tu cuenta. Se cerraron todas las sesiones anteriores, y cada dispositivo será nuevo para el servicio.",
			},
			Facts:  spanishFacts.describe(l, ""),
			Button: buttonSpanish("Ver dónde está abierta tu sesión", s.credentials()),
			Footer: securitySpanish,
		}
		if l.Removed {
			letter.Intro = append(letter.Intro, "Se quitó la contraseña que se eligió al registrarse, porque pudo ser de un extraño. Para entrar con Google no necesitas ninguna. Si quieres una, elígela aquí: "+s.forgotPassword())
		}
		if l.Revoked > 0 {
			letter.Notes = append(letter.Notes, count(int(l.Revoked), "clave de API revocada", "claves de API revocadas")+" por la misma razón. Crea otras para tus programas: "+s.credentials())
		}
		if l.Keys > 0 {
			letter.Notes = append(letter.Notes, keysSpanish(l.Keys, s))
		}
		return letter
	},
}

// keyNoticeSpanish reports something about API keys.
func keyNoticeSpanish(l Letter, s site, subject, says string) letterText {
	return letterText{
		Subject: subject, Preheader: "Si fuiste tú, no tienes que hacer nada.", Heading: subject, Intro: []string{says},
		Facts:  spanishFacts.describe(l, ""),
		Button: buttonSpanish("Ver tus claves de API", s.credentials()),
		Notes:  []string{notMeSpanish(s)},
		Footer: optionalSpanish,
	}
}
