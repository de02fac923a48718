package site

import "example.com/alta/internal/locale"

var spanish = text{
	Language:   locale.Spanish,
	ErrorTitle: "Error: ",

	Email:        "Correo electrónico",
	NewPassword:  "Contraseña nueva",
	PasswordHint: "Entre %d y %d caracteres.",
	BadEmail:     "Escribe una dirección de correo válida.",
	BadPassword:  "La contraseña debe tener entre %d y %d caracteres.",

	Verify:        "Verifica tu correo",
	VerifySays:    "Confirma que esta dirección es tuya.",
	VerifyButton:  "Verificar mi correo",
	Verified:      "Todo listo",
	VerifiedSays:  "Tu correo está verificado. Ya puedes iniciar sesión.",
	Resend:        "Pide un enlace nuevo",
	ResendSays:    "Escribe el correo con el que te registraste y te enviaremos un enlace nuevo para verificarlo.",
	ResendButton:  "Enviarme un enlace nuevo",
	ResendInstead: "Escribe el correo con el que te registraste para recibir otro.",
	ResentSays:    "Si ese correo está registrado y aún no está verificado, te hemos enviado un enlace nuevo.",
	CheckInbox:    "Revisa tu correo",
	BadLink:       "Este enlace no funciona",
	BadLinkSays:   "El enlace no es válido, ha caducado o ya se ha usado.",

	Forgot:        "¿Olvidaste tu contraseña?",
	ForgotSays:    "Escribe tu correo y te enviaremos un enlace para elegir una nueva.",
	ForgotButton:  "Enviar enlace",
	ForgotDone:    "Si ese correo está registrado, te hemos enviado un enlace para cambiar la contraseña.",
	ForgotInstead: "Pedir un enlace nuevo",
	Reset:         "Elige una contraseña nueva",
	ResetSays:     "Sustituye a la anterior de inmediato.",
	ResetButton:   "Guardar contraseña",
	ResetDone:     "Contraseña actualizada",
	ResetDoneSays: "Inicia sesión con ella; las demás sesiones se han cerrado.",

	Delete:        "¿Eliminar tu cuenta?",
	DeleteSays:    "Todo lo que contiene se borra para siempre: cuentas, transacciones, presupuestos y claves de API. No se puede recuperar.",
	DeleteButton:  "Eliminar mi cuenta para siempre",
	Deleted:       "Tu cuenta ha sido eliminada",
	DeletedSays:   "No se conserva nada que diga quién eres. Puedes registrarte con el mismo correo cuando quieras.",
	DeleteInstead: "Si todavía quieres eliminar tu cuenta, inicia sesión y pide un enlace nuevo. Si ya lo confirmaste, está eliminada.",

	Home:         "Ir a la página de inicio",
	NotFound:     "Página no encontrada",
	NotFoundSays: "No hay ninguna página en esta dirección. Comprueba que el enlace esté completo.",
	NoMethod:     "Esta página no se puede usar así",

	Failed:      "No ha funcionado",
	Malformed:   "No se ha podido leer el formulario. Vuelve atrás e inténtalo de nuevo.",
	TooLarge:    "Es demasiado largo. Vuelve atrás y escribe algo más corto.",
	Broken:      "Algo ha fallado por nuestra parte. Inténtalo de nuevo en un momento.",
	RequestID:   "Solicitud",
	TooMany:     "Demasiados intentos.",
	Busy:        "El servidor está ocupado.",
	WaitMoment:  "Espera un momento e inténtalo de nuevo.",
	WaitSecond:  "Espera 1 segundo e inténtalo de nuevo.",
	WaitSeconds: "Espera %d segundos e inténtalo de nuevo.",
	WaitMinutes: "Espera %d minutos e inténtalo de nuevo.",

	Frame:   frameSpanish,
	Edit:    editSpanish,
	SignUp:  signUpSpanish,
	Account: accountSpanish,
	App:     appSpanish,
}
