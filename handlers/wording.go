package handlers

import "example.com/alta/internal/locale"

// wording has the descriptions of deposits and of the legs of transfers, unless the
// caller sends one.
type wording struct{ deposit, opening, transferTo, transferFrom, received string }

var (
	spanishWording = wording{
		deposit: "Depósito manual", opening: "Saldo inicial", transferTo: "Transferencia a: ", transferFrom: "Desde: ", received: "Recibido: ",
	}
	englishWording = wording{
		deposit: "Manual deposit", opening: "Opening balance", transferTo: "Transfer to: ", transferFrom: "From: ", received: "Received: ",
	}
)

// wordingIn returns the words in the user's language. The documented ones are
// Spanish.
func wordingIn(language string) wording {
	if language == locale.English {
		return englishWording
	}
	return spanishWording
}
