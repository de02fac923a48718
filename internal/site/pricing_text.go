package site

// pricingText is what the page of prices says.
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
	Windows                              map[string]string // by what contract.Rate says; with a number in them
}

var pricingEnglish = pricingText{
	Says:             "Using Alta in the browser costs nothing. Programs call it with an API key, and pay with the tokens of their plan.",
	Plan:             "Plans",
	Plans:            map[string]string{"free": "Free", "paid": "Paid"},
	Month:            "a month",
	Tokens:           "%d tokens a month",
	Requests:         "%d requests a minute, over all of your keys",
	DecimalSeparator: ".",
	GetFree:          "Join with an invite",
	GetPaid:          "Ask whoever runs this server: there is no checkout yet.",
	Costs:            "What a call costs",
	CostsSays:        "A call that is refused before it starts costs nothing, and one that fails through our fault is paid back.",
	Cost:             "Tokens a call",
	Operations:       "Operations",
	OneToken:         "1 token",
	ManyTokens:       "%d tokens",
	Count:            "%d operations",
	Nothing:          "0 tokens",
	NothingSays:      "Everything else: signing up, logging in, your own record, balance and usage, keys, plans and status.",
	TopUp:            "When tokens run out",
	TopUpSays:        "Calls by key are then answered 402, with the balance, what the call would have cost and when the next refill is. Browsing goes on.",
	Refill:           "Once a month, on the day of the month on which your plan began, the balance is brought up to what your plan gives. What is left over is not added to it, and a balance above it is not cut.",
	NoCheckout:       "More tokens before that, or the larger plan, come from whoever runs this server.",
	Tiers:            "How fast you may call",
	TiersSays:        "A call too many is answered 429, costs nothing, and says in Retry-After when to try again. Answers say in RateLimit how many calls are left.",
	BySession:        "Logged in, without a key: %s",
	OfAccount:        "Looking at your account, its keys and sessions: %s",
	OfAuth:           "Signing up, logging in and links in mails, from one address: %s",
	Windows:          map[string]string{"1s": "%d a second", "1m0s": "%d a minute", "1h0m0s": "%d an hour"},
}

var pricingSpanish = pricingText{
	Says:             "Usar Alta en el navegador no cuesta nada. Los programas la llaman con una clave de API y pagan con los tokens de su plan.",
	Plan:             "Planes",
	Plans:            map[string]string{"free": "Gratis", "paid": "De pago"},
	Month:            "al mes",
	Tokens:           "%d tokens al mes",
	Requests:         "%d solicitudes por minuto, entre todas tus claves",
	DecimalSeparator: ",",
	GetFree:          "Únete con una invitación",
	GetPaid:          "Pídelo a quien administra este servidor: todavía no hay pago en línea.",
	Costs:            "Cuánto cuesta una llamada",
	CostsSays:        "Una llamada que se rechaza antes de empezar no cuesta nada, y la que falla por nuestra culpa se devuelve.",
	Cost:             "Tokens por llamada",
	Operations:       "Operaciones",
	OneToken:         "1 token",
	ManyTokens:       "%d tokens",
	Count:            "%d operaciones",
	Nothing:          "0 tokens",
	NothingSays:      "Todo lo demás: registrarse, iniciar sesión, tus datos, saldo y uso, claves, planes y estado.",
	TopUp:            "Cuando se acaban los tokens",
	TopUpSays:        "Las llamadas con clave reciben un 402, con el saldo, lo que habría costado la llamada y cuándo es la próxima recarga. En el navegador todo sigue igual.",
	Refill:           "Una vez al mes, el día en que empezó tu plan, el saldo sube hasta lo que da el plan. Lo que sobra no se acumula, y un saldo mayor no se recorta.",
	NoCheckout:       "Más tokens antes de esa fecha, o el plan mayor, los da quien administra este servidor.",
	Tiers:            "Qué tan rápido puedes llamar",
	TiersSays:        "Una llamada de más recibe un 429, no cuesta nada y dice en Retry-After cuándo volver a intentarlo. Las respuestas dicen en RateLimit cuántas llamadas quedan.",
	BySession:        "Con la sesión iniciada, sin clave: %s",
	OfAccount:        "Al mirar tu cuenta, sus claves y sesiones: %s",
	OfAuth:           "Al registrarse, iniciar sesión o abrir enlaces de correos, desde una misma dirección: %s",
	Windows:          map[string]string{"1s": "%d por segundo", "1m0s": "%d por minuto", "1h0m0s": "%d por hora"},
}
