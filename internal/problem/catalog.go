package problem

import (
	"fmt"
	"net/http"

	"example.com/alta/gen"
	"example.com/alta/internal/contract"
)

// TextVerificationSent tells of a verification mail, in answers of both kinds.
// The sentence is the seed's.
const TextVerificationSent = "Please verify the email, I have send verification link."

const textForbidden = "Forbidden resource"

// catalog has every problem of this file, for tests.
var catalog []*Problem

func add(p Problem) *Problem {
	catalog = append(catalog, &p)
	return &p
}

// both returns a problem that both doors answer alike.
func both(reason string, code gen.ErrorCode, status int, text string) *Problem {
	answer := Answer{Status: status, Text: text}
	return add(Problem{Code: code, App: answer, API: answer, reason: reason})
}

// app returns a problem of operations of the app door.
func app(reason string, code gen.ErrorCode, status int, text string) *Problem {
	return add(Problem{Code: code, App: Answer{Status: status, Text: text}, reason: reason})
}

// api returns a problem of operations of the API door.
func api(reason string, code gen.ErrorCode, status int, text string) *Problem {
	return add(Problem{Code: code, API: Answer{Status: status, Text: text}, reason: reason})
}

func (p *Problem) app(answer Answer) *Problem {
	p.App = answer
	return p
}

func (p *Problem) final(f Finality) *Problem {
	p.Finality = f
	return p
}

// Problems of any call.
var (
	ErrInternal = api("no answer is known for the error", gen.ErrorCodeInternal, http.StatusInternalServerError,
		"Unexpected server-side failure. Retry with backoff; report if persistent.").
		app(Answer{Status: http.StatusInternalServerError, Text: "Internal server error", Bare: true})
	ErrOverloaded = both("the server is too busy, or without its database", gen.ErrorCodeOverloaded,
		http.StatusServiceUnavailable, "The server is busy. Try again shortly.")
	ErrStopping = both("the server is stopping", gen.ErrorCodeOverloaded,
		http.StatusServiceUnavailable, "The server is busy. Try again shortly.")
	ErrNoRoute = api("no operation is at the path", gen.ErrorCodeNotFound, http.StatusNotFound, "Not found").
			app(Answer{Status: http.StatusNotFound, Text: "Cannot %s %s"})
	ErrMethodNotAllowed = api("the path has no operation with the method", gen.ErrorCodeMethodNotAllowed,
		http.StatusMethodNotAllowed, "Method not allowed").
		app(Answer{Status: http.StatusNotFound, Text: "Cannot %s %s"})
	ErrUnreadable = both("the generated code cannot read the request", gen.ErrorCodeInvalidRequest,
		http.StatusBadRequest, "Invalid query, body, or path parameter.")
	ErrTooLarge = api("the body is too long", gen.ErrorCodeTooLarge, http.StatusRequestEntityTooLarge, "request entity too large").
			app(Answer{Status: http.StatusRequestEntityTooLarge, Text: "request entity too large", Bare: true})
	ErrMediaType = both("the body is not JSON", gen.ErrorCodeUnsupportedMediaType,
		http.StatusUnsupportedMediaType, "Content-Type must be application/json")
	ErrContentCoding = both("the body is compressed", gen.ErrorCodeUnsupportedMediaType,
		http.StatusUnsupportedMediaType, "Content-Encoding is not supported: send the body as it is")
	ErrRateLimited = both("too many calls", gen.ErrorCodeRateLimited,
		http.StatusTooManyRequests, "Rate limit exceeded for your tier (see /pricing for tier limits).")
	ErrIdempotencyConflict = both("a call with this Idempotency-Key is under way", gen.ErrorCodeIdempotencyConflict,
		http.StatusConflict, "A request with this Idempotency-Key is still being processed.")
	ErrIdempotencyMismatch = both("the Idempotency-Key belongs to another request", gen.ErrorCodeIdempotencyMismatch,
		http.StatusUnprocessableEntity, "This Idempotency-Key was used for a different request.")
	ErrInsufficientTokens = both("the balance does not cover the call", gen.ErrorCodeInsufficientTokens,
		http.StatusPaymentRequired, "Insufficient token balance for this call.")
)

// Problems of the caller.
var (
	ErrUnauthorized = api("no credential, or a bad one", gen.ErrorCodeUnauthorized,
		http.StatusUnauthorized, "Missing or invalid Authorization header / api_Token.").
		app(Answer{Status: http.StatusUnauthorized, Text: "Unauthorized", Bare: true})
	ErrCrossOrigin = both("call by cookie from a page of another origin", gen.ErrorCodeForbidden,
		http.StatusForbidden, textForbidden)
	ErrRole = both("the caller does not have the role that the operation asks for", gen.ErrorCodeForbidden,
		http.StatusForbidden, textForbidden)
	ErrKeyRefused    = both("the operation takes no API key", gen.ErrorCodeForbidden, http.StatusForbidden, textForbidden)
	ErrKeyUnverified = both("the owner of the key has not proved the address", gen.ErrorCodeEmailUnverified,
		http.StatusForbidden, "Verify your e-mail to activate this key")
	ErrSuspended = both("the account is suspended", gen.ErrorCodeSuspended, http.StatusForbidden, "Account suspended")
	ErrNotActive = api("the account has no plan", gen.ErrorCodeForbidden,
		http.StatusForbidden, "Redeem an invite to activate API access")
	ErrActive = api("the account has a plan already", gen.ErrorCodeForbidden,
		http.StatusForbidden, "API access is active already")
	ErrActivateUnverified = api("the address has to be proved before the API is activated", gen.ErrorCodeEmailUnverified,
		http.StatusForbidden, TextVerificationSent).final(Passing) // the mail that mends it is on its way
)

// Problems of signing up and logging in.
var (
	ErrEmailTaken = api("the address has a user", gen.ErrorCodeEmailTaken, http.StatusBadRequest, "Email already exists").
			app(Answer{Status: http.StatusConflict, Text: "El email ya está registrado"})
	ErrInviteUnknown = api("no such invite", gen.ErrorCodeInviteUnknown, http.StatusBadRequest, "Invalid invite code")
	ErrInviteToken   = api("bad invite token", gen.ErrorCodeInviteTokenInvalid,
		http.StatusBadRequest, "Invalid or expired invite token")
	ErrInviteUsed = api("the invite is used up", gen.ErrorCodeInviteUsed,
		http.StatusGone, "Invite code is used and cannot be used")
	ErrInviteExpired = api("the invite has expired", gen.ErrorCodeInviteExpired,
		http.StatusGone, "Invite code is expired and cannot be used")
	ErrInviteRevoked = api("the invite is revoked", gen.ErrorCodeInviteRevoked,
		http.StatusGone, "Invite code is revoked and cannot be used")
	ErrMailFailed = api("the account was made and its verification mail not sent", gen.ErrorCodeMailFailed,
		http.StatusInternalServerError, "Account created, but the verification email could not be sent. "+
			"Request a new one at /api/v1/auth/resend-verification.").final(Final) // a retry would find the address taken
	ErrToken = api("unknown, used or expired one-time token", gen.ErrorCodeTokenInvalid,
		http.StatusBadRequest, "Invalid or expired token").
		app(Answer{Status: http.StatusBadRequest, Text: "El enlace no es válido o ha caducado."})
	ErrUnverified = api("the address has not been proved", gen.ErrorCodeEmailUnverified,
		http.StatusBadRequest, TextVerificationSent).
		app(Answer{Status: http.StatusForbidden, Text: "Verifica tu correo electrónico para continuar"})
	ErrCredentials = api("unknown address or wrong password", gen.ErrorCodeInvalidCredentials,
		http.StatusUnauthorized, "Invalid email or password").
		app(Answer{Status: http.StatusUnauthorized, Text: "Credenciales inválidas"})
	ErrLocked = api("locked after too many failed log-ins", gen.ErrorCodeLocked,
		http.StatusTooManyRequests, "Too many failed attempts. Try again later.").
		app(Answer{Status: http.StatusTooManyRequests, Text: "Demasiados intentos. Intenta de nuevo más tarde."})
)

// Problems of users, sessions, keys and invites.
var (
	ErrUserNotFound = api("no such user", gen.ErrorCodeNotFound, http.StatusNotFound, "User not found").
			app(Answer{Status: http.StatusNotFound, Text: "Usuario no encontrado"})
	ErrSessionNotFound = both("the caller has no such session", gen.ErrorCodeNotFound, http.StatusNotFound, "Session not found")
	ErrKeyNotFound     = api("the caller has no such key", gen.ErrorCodeNotFound, http.StatusNotFound, "API key not found")
	ErrTooManyKeys     = api("the account has as many keys as it may", gen.ErrorCodeForbidden,
		http.StatusForbidden, "An account has at most 50 API keys")
	ErrInviteNotFound = api("no such invite", gen.ErrorCodeNotFound, http.StatusNotFound, "Invite not found")
	ErrDeletesSelf    = app("an administrator must not delete the own account so", gen.ErrorCodeSelfDeletion,
		http.StatusBadRequest, "Un administrador no puede eliminar su propio usuario.")
)

// Problems of accounts.
var (
	ErrAccountNotFound = app("the caller has no such account", gen.ErrorCodeAccountNotFound,
		http.StatusNotFound, "Account not found")
	ErrDefaultAccount = app("the default account stays", gen.ErrorCodeDefaultAccount,
		http.StatusBadRequest, "Cannot delete default account")
	ErrCurrencyKept = app("an account with history keeps its currency", gen.ErrorCodeCurrencyLocked,
		http.StatusBadRequest, "No puedes cambiar la moneda de una cuenta con movimientos.")
	ErrFunds = app("the account does not have the funds", gen.ErrorCodeInsufficientFunds,
		http.StatusBadRequest, "Fondos insuficientes. Tu saldo es $%s y intentas gastar $%s")
	ErrBalanceRange = app("the balance would be out of range", gen.ErrorCodeAmountOutOfRange,
		http.StatusBadRequest, "El saldo de la cuenta quedaría fuera del rango permitido.")
	ErrTotalRange = app("the total would be out of range", gen.ErrorCodeAmountOutOfRange,
		http.StatusBadRequest, "El total de los movimientos quedaría fuera del rango permitido.")
)

// Problems of transfers.
var (
	ErrTransferAccounts = app("the caller does not have both accounts", gen.ErrorCodeTransferAccountNotFound,
		http.StatusNotFound, "Source or destination account not found")
	ErrSameAccount = app("a transfer has two accounts", gen.ErrorCodeSameAccount,
		http.StatusBadRequest, "Cannot transfer to the same account")
	ErrTransferCurrencies = app("the accounts have different currencies", gen.ErrorCodeTransferCurrencyMismatch,
		http.StatusBadRequest, "Cannot transfer between accounts with different currencies")
	ErrTransferFunds = app("the source does not have the funds", gen.ErrorCodeInsufficientFunds,
		http.StatusBadRequest, "Insufficient funds in source account")
	ErrTransferFixed = app("a leg of a transfer cannot be changed", gen.ErrorCodeTransferFixed,
		http.StatusBadRequest, "Una transferencia no se puede editar; elimínala y créala de nuevo.")
)

// Problems of transactions.
var (
	ErrTransactionNotFound = app("the caller has no such transaction", gen.ErrorCodeTransactionNotFound,
		http.StatusNotFound, "Transaction not found")
	ErrTransactionAccount = app("the caller has no such account for a transaction", gen.ErrorCodeAccountNotFound,
		http.StatusNotFound, "Cuenta no encontrada o no pertenece al usuario")
	ErrNewAccount = app("the caller has no such account to move the transaction to", gen.ErrorCodeAccountNotFound,
		http.StatusNotFound, "Nueva cuenta no encontrada")
	ErrNoOriginalAccount = app("the transaction that is to be changed has no account", gen.ErrorCodeAccountDeleted,
		http.StatusBadRequest, "La transacción original no tiene cuenta válida.")
	ErrAccountDeleted = app("the account of the transaction is deleted", gen.ErrorCodeAccountDeleted,
		http.StatusBadRequest, "Transacción sin cuenta asociada.")
	ErrCurrency = app("the currency is not the account's", gen.ErrorCodeCurrencyMismatch,
		http.StatusBadRequest, "No puedes crear una transacción en %s en una cuenta configurada en %s.")
	ErrForeignCategory = app("the category is another user's", gen.ErrorCodeCategoryInvalid,
		http.StatusBadRequest, "Categoría inválida")
	ErrCategoryType = app("the category does not take such transactions", gen.ErrorCodeCategoryTypeMismatch,
		http.StatusBadRequest, "No puedes crear una transacción de tipo %s con una categoría de tipo %s")
	ErrIncoherent = app("the category does not take the changed transaction", gen.ErrorCodeCategoryTypeMismatch,
		http.StatusBadRequest, "Incoherencia: Categoría es %s pero transacción es %s")
)

// Problems of categories.
var (
	ErrCategoryNotFound = app("the caller has no such category", gen.ErrorCodeCategoryNotFound,
		http.StatusNotFound, "Category not found")
	ErrCategoryExists = app("the caller has a category of that name", gen.ErrorCodeCategoryExists,
		http.StatusConflict, `Category "%s" already exists`)
	ErrParentNotFound = app("the caller has no such category to be a parent", gen.ErrorCodeParentNotFound,
		http.StatusNotFound, "Parent category not found")
	ErrParentInvalid = app("the parent is not a category of the caller", gen.ErrorCodeParentInvalid,
		http.StatusBadRequest, "Invalid parent category")
	ErrOwnParent = app("a category is not its own parent", gen.ErrorCodeParentInvalid,
		http.StatusBadRequest, "Category cannot be its own parent")
	ErrNesting = app("categories have two levels", gen.ErrorCodeParentInvalid,
		http.StatusBadRequest, "Nesting limit reached. Cannot create a subcategory of a subcategory.")
	ErrParentType = app("the type of a subcategory does not fit its parent's", gen.ErrorCodeParentTypeMismatch,
		http.StatusBadRequest, "El tipo de una subcategoría debe ser el de su categoría padre, salvo que esta sea BOTH.")
	ErrCategoryTypeKept = app("transactions of another type are filed under the category", gen.ErrorCodeCategoryTypeLocked,
		http.StatusBadRequest, "No puedes cambiar el tipo de una categoría con movimientos de otro tipo.")
	ErrSeeded = app("the caller has categories", gen.ErrorCodeCategoriesExist,
		http.StatusBadRequest, "User already has categories")
)

// Problems of budgets.
var (
	ErrBudgetNotFound = app("no such budget", gen.ErrorCodeBudgetNotFound,
		http.StatusNotFound, "Presupuesto no encontrado")
	ErrBudgetOwner = app("the budget is another user's", gen.ErrorCodeForbidden,
		http.StatusForbidden, "No tienes permiso")
	ErrBudgetCategory = app("the caller has no such category", gen.ErrorCodeCategoryNotFound,
		http.StatusNotFound, "Categoría no encontrada")
	ErrBudgetExists = app("the category has a budget in that month", gen.ErrorCodeBudgetExists,
		http.StatusConflict, "Ya existe un presupuesto para esta categoría este mes.")
	ErrBudgetAboveParent = app("the budget does not fit into its parent's", gen.ErrorCodeBudgetAboveParent,
		http.StatusBadRequest, "El presupuesto supera el límite de la categoría padre. Disponible: $%s.")
	ErrBudgetBelowChildren = app("the budget is less than its children's", gen.ErrorCodeBudgetBelowChildren,
		http.StatusBadRequest, "El monto es menor a la suma de las subcategorías ($%s). Ajusta las subcategorías primero.")
)

// invalid is what Invalid makes problems of.
var invalid = both("the request breaks the contract", gen.ErrorCodeInvalidRequest, http.StatusBadRequest, "")

// Rules that the contract's schemas cannot say.
var (
	ErrYearRequired     = Invalid(contract.Violation{Field: "year", Rule: contract.RuleRequired, Message: "year should not be empty"})
	ErrPasswordRequired = Invalid(contract.Violation{Field: "password", Rule: contract.RuleRequired, Message: "password must be a string"})
	ErrTokensZero       = Invalid(contract.Violation{Field: "tokens", Rule: "not", Message: "tokens must not be 0"})
	ErrBalanceBelow     = Invalid(contract.Violation{Field: "tokens", Rule: "minimum", Message: "The balance is lower than that"})
)

// UnexpectedProperty returns the violation of a property that may not be there
// beside the others.
func UnexpectedProperty(name string) contract.Violation {
	return contract.Violation{Field: name, Rule: "additionalProperties", Message: "property " + name + " should not exist"}
}

// MissingUUID returns the violation of a property that has to be a UUID.
func MissingUUID(name string) contract.Violation {
	return contract.Violation{Field: name, Rule: contract.RuleRequired, Message: name + " must be a UUID"}
}

// Requests that cannot be read.
var (
	ErrQuery         = malformed("query", "Malformed query string")
	ErrBodyCutOff    = malformed("body", "Unexpected end of request body")
	ErrBodyNotObject = malformed("body", "The JSON body must be an object")
	ErrJSON          = malformed("body", "Malformed JSON")
	ErrJSONCutOff    = malformed("body", "Unexpected end of JSON input")
	ErrJSONTrailing  = malformed("body", "Unexpected data after the JSON body")
	ErrJSONDuplicate = malformed("body", "Duplicate name in the JSON body")
	ErrJSONNUL       = malformed("body", "JSON strings must not contain NUL characters")
)

// JSONTooDeep returns the problem of JSON that is nested deeper than the levels.
func JSONTooDeep(levels int) *Problem {
	return malformed("body", fmt.Sprintf("JSON must not be nested deeper than %d levels", levels))
}

// MalformedJSON returns the problem of JSON with a fault at the byte.
func MalformedJSON(at int64) *Problem {
	return malformed("body", fmt.Sprintf("Malformed JSON at byte %d", at))
}

func malformed(part, text string) *Problem {
	return Invalid(contract.Violation{Field: part, Message: text}).Alone()
}
