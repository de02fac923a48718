package site

// pricingText has the texts of the page of prices.
type pricingText struct {
	Says, Plan                           string
	Plans                                map[string]string // by name
	Month, Tokens, Requests              string            // the latter two with a number in them
	DecimalSeparator                     string
	GetFree, GetPaid                     string
	Costs, CostsSays, Cost, Operations   string
	OneToken, ManyTokens                 string
	Count                                string // of operations
	Nothing, NothingSays                 string
	TopUp, TopUpSays, Refill, NoCheckout string
	Tiers, TiersSays, BySession          string
	OfAccount, OfAuth                    string
	Windows                              map[string]string // by the windows of contract.Rate; with a number in them
}

var pricingEnglish = pricingText{
	Says:             "%s is free in the browser. Programs call it with an API key and pay with the tokens of their plan.",
	Plan:             "Plans",
	Plans:            map[string]string{"free": "Free", "paid": "Paid"},
	Month:            "per month",
	Tokens:           "%d tokens per month",
	Requests:         "%d requests per minute for all your keys together",
	DecimalSeparator: ".",
	GetFree:          "Join with an invite",
	GetPaid:          "Contact the administrator of this server: there is no online checkout yet.",
	Costs:            "What a call costs",
	CostsSays:        "A call that is rejected costs nothing. A call that fails because of us is refunded.",
	Cost:             "Tokens per call",
	Operations:       "Operations",
	OneToken:         "1 token",
	ManyTokens:       "%d tokens",
	Count:            "%d operations",
	Nothing:          "0 tokens",
	NothingSays:      "Everything else: signing up, logging in, your profile, balance and usage, keys, plans and status.",
	TopUp:            "When tokens run out",
	TopUpSays:        "Calls by API key then get status 402, with the balance, the price of the call and the time of the next refill. The pages still work.",
	Refill:           "Once a month, on the day your plan started, the balance is topped up to your plan's tokens. Unused tokens do not accumulate, and a higher balance is not reduced.",
	NoCheckout:       "For more tokens before that, or for the larger plan, contact the administrator of this server.",
	Tiers:            "Rate limits",
	TiersSays:        "A call over the limit gets status 429 and costs nothing. Its Retry-After header says when to try again. The RateLimit header of every response says how many calls are left.",
	BySession:        "Logged in, without a key: %s",
	OfAccount:        "Account, keys and sessions: %s",
	OfAuth:           "Signing up, logging in and links in mails, per client address: %s",
	Windows:          map[string]string{"1s": "%d per second", "1m0s": "%d per minute", "1h0m0s": "%d per hour"},
}

var pricingSpanish = pricingText{
	Says:             "Usar %s en el navegador no cuesta nada. Los programas llaman a la API con una clave de API y pagan con los tokens de su plan.",
	Plan:             "Planes",
	Plans:            map[string]string{"free": "Gratis", "paid": "De pago"},
	Month:            "al mes",
	Tokens:           "%d tokens al mes",
	Requests:         "%d solicitudes por minuto, entre todas tus claves",
	DecimalSeparator: ",",
	GetFree:          "Únete con una invitación",
	GetPaid:          "Contacta con quien administra este servidor: todavía no hay pago en línea.",
	Costs:            "Cuánto cuesta una llamada",
	CostsSays:        "Una llamada que se rechaza no cuesta nada. Si falla por nuestra culpa, se reembolsa.",
	Cost:             "Tokens por llamada",
	Operations:       "Operaciones",
	OneToken:         "1 token",
	ManyTokens:       "%d tokens",
	Count:            "%d operaciones",
	Nothing:          "0 tokens",
	NothingSays:      "Todo lo demás: registrarse, iniciar sesión, tus datos, saldo y uso, claves, planes y estado.",
	TopUp:            "Cuando se acaban los tokens",
	TopUpSays:        "Las llamadas con clave reciben entonces un 402, con el saldo, el precio de la llamada y la fecha de la próxima recarga. Las páginas siguen funcionando.",
	Refill:           "Una vez al mes, el día en que empezó tu plan, el saldo sube hasta lo que da el plan. Lo que sobra no se acumula, y un saldo mayor no se recorta.",
	NoCheckout:       "Si necesitas más tokens antes de esa fecha, o el plan mayor, contacta con quien administra este servidor.",
	Tiers:            "Límites de llamadas",
	TiersSays:        "Una llamada que supera el límite recibe un 429 y no cuesta nada. Su encabezado Retry-After dice cuándo volver a intentarlo. El encabezado RateLimit de cada respuesta dice cuántas llamadas quedan.",
	BySession:        "Con la sesión iniciada, sin clave: %s",
	OfAccount:        "Cuenta, claves y sesiones: %s",
	OfAuth:           "Registro, inicio de sesión y enlaces de correos, por dirección del cliente: %s",
	Windows:          map[string]string{"1s": "%d por segundo", "1m0s": "%d por minuto", "1h0m0s": "%d por hora"},
}
