package problem

import (
	"fmt"
	"net/http"
	"strconv"

	"golang.org/x/text/language"
	"golang.org/x/text/message"

	"example.com/alta/gen"
	"example.com/alta/internal/bounds"
	"example.com/alta/internal/contract"
)

// TextVerificationSent says that a verification mail was sent, in failures and in
// the response of Register. The original system has this sentence.
const TextVerificationSent = "Please verify the email, I have send verification link."

// Texts of more than one answer.
const (
	textForbidden  = "Forbidden resource"
	textOverloaded = "The server is busy. Try again shortly."
	textStorage    = "The storage cannot take writes at the moment. Try again shortly."
	textTooLarge   = "request entity too large"
)

// catalog has all problems of this file, for tests.
var catalog []*Problem

// register adds the problem to the catalog.
func register(p Problem) *Problem {
	catalog = append(catalog, &p)
	return &p
}

// forBoth returns a problem with the same answer at both doors.
func forBoth(reason string, code gen.ErrorCode, status int, text string) *Problem {
	answer := Answer{Status: status, Text: text}
	return register(Problem{Code: code, App: answer, API: answer, reason: reason})
}

// forApp returns a problem of operations at the app door.
func forApp(reason string, code gen.ErrorCode, status int, text string) *Problem {
	return register(Problem{Code: code, App: Answer{Status: status, Text: text}, reason: reason})
}

// forAPI returns a problem of operations at the API door.
func forAPI(reason string, code gen.ErrorCode, status int, text string) *Problem {
	return register(Problem{Code: code, API: Answer{Status: status, Text: text}, reason: reason})
}

// withApp adds the answer of the app door.
func (p *Problem) withApp(answer Answer) *Problem {
	p.App = answer
	return p
}

// withFinality sets the finality.
func (p *Problem) withFinality(f Finality) *Problem {
	p.Finality = f
	return p
}

// Problems of any call.
var (
	ErrInternal = forAPI("the error has no answer", gen.ErrorCodeInternal, http.StatusInternalServerError,
		"Unexpected server-side failure. Retry with backoff; report if persistent.").
		withApp(Answer{Status: http.StatusInternalServerError, Text: "Internal server error", Bare: true})
	ErrOverloaded = forBoth("the server is overloaded, or its database is away", gen.ErrorCodeOverloaded,
		http.StatusServiceUnavailable, textOverloaded)
	ErrStorage = forBoth("the storage takes no writes", gen.ErrorCodeOverloaded,
		http.StatusServiceUnavailable, textStorage)
	ErrStopping = forBoth("the server is stopping", gen.ErrorCodeOverloaded,
		http.StatusServiceUnavailable, textOverloaded)
	ErrNoRoute = forAPI("the path has no operation", gen.ErrorCodeNotFound, http.StatusNotFound, "Not found").
			withApp(Answer{Status: http.StatusNotFound, Text: "Cannot %s %s"})
	ErrMethodNotAllowed = forAPI("the path has no operation with the method", gen.ErrorCodeMethodNotAllowed,
		http.StatusMethodNotAllowed, "Method not allowed").
		withApp(Answer{Status: http.StatusNotFound, Text: "Cannot %s %s"})
	ErrUnreadable = forBoth("the generated code cannot read the request", gen.ErrorCodeInvalidRequest,
		http.StatusBadRequest, "Invalid query, body, or path parameter.")
	ErrTooLarge = forAPI("the body is too long", gen.ErrorCodeTooLarge, http.StatusRequestEntityTooLarge, textTooLarge).
			withApp(Answer{Status: http.StatusRequestEntityTooLarge, Text: textTooLarge, Bare: true})
	ErrMediaType = forBoth("the body is not JSON", gen.ErrorCodeUnsupportedMediaType,
		http.StatusUnsupportedMediaType, "Content-Type must be application/json")
	ErrContentCoding = forBoth("the body is compressed", gen.ErrorCodeUnsupportedMediaType,
		http.StatusUnsupportedMediaType, "Content-Encoding is not supported: send the body as it is")
	ErrRateLimited = forBoth("too many calls", gen.ErrorCodeRateLimited,
		http.StatusTooManyRequests, "Rate limit exceeded for your tier (see /pricing for tier limits).")
	ErrIdempotencyConflict = forBoth("a call with this Idempotency-Key is under way", gen.ErrorCodeIdempotencyConflict,
		http.StatusConflict, "A request with this Idempotency-Key is still being processed.")
	ErrIdempotencyMismatch = forBoth("the Idempotency-Key belongs to another request", gen.ErrorCodeIdempotencyMismatch,
		http.StatusUnprocessableEntity, "This Idempotency-Key was used for a different request.")
	ErrPreconditionFailed = forAPI("the resource has none of the entity tags in If-Match", gen.ErrorCodePreconditionFailed,
		http.StatusPreconditionFailed, "The resource has changed since it was read. Read it again, and retry.").
		withApp(Answer{Status: http.StatusPreconditionFailed, Text: "El recurso ha cambiado desde que lo leíste. Vuelve a leerlo e inténtalo de nuevo."})
	ErrInsufficientTokens = forBoth("the balance does not cover the call", gen.ErrorCodeInsufficientTokens,
		http.StatusPaymentRequired, "Insufficient token balance for this call.")
)

// Problems of the caller.
var (
	ErrUnauthorized = forAPI("no credential, or a bad one", gen.ErrorCodeUnauthorized,
		http.StatusUnauthorized, "Missing or invalid Authorization header / api_Token.").
		withApp(Answer{Status: http.StatusUnauthorized, Text: "Unauthorized", Bare: true})
	ErrCrossOrigin = forBoth("call by cookie from a page of another origin", gen.ErrorCodeForbidden,
		http.StatusForbidden, textForbidden)
	ErrRole = forBoth("the caller does not have the role that the operation asks for", gen.ErrorCodeForbidden,
		http.StatusForbidden, textForbidden)
	ErrKeyRefused    = forBoth("the operation does not accept API keys", gen.ErrorCodeForbidden, http.StatusForbidden, textForbidden)
	ErrKeyUnverified = forBoth("the address of the key's owner is not verified", gen.ErrorCodeEmailUnverified,
		http.StatusForbidden, "Verify your e-mail to activate this key")
	ErrSuspended         = forBoth("the account is suspended", gen.ErrorCodeSuspended, http.StatusForbidden, "Account suspended")
	ErrLastAdministrator = forAPI("the caller would leave no administrator", gen.ErrorCodeForbidden,
		http.StatusForbidden, "You are the last administrator. Make another user an administrator first.")
	ErrNotActive = forAPI("the account has no plan", gen.ErrorCodeForbidden,
		http.StatusForbidden, "Redeem an invite to activate API access")
	ErrActive = forAPI("the account has a plan already", gen.ErrorCodeForbidden,
		http.StatusForbidden, "API access is active already")
	ErrActivateUnverified = forAPI("the address must be verified before API access is activated", gen.ErrorCodeEmailUnverified,
		http.StatusForbidden, TextVerificationSent).withFinality(Passing) // a verification mail is being sent, after which a retry may succeed
)

// Problems of signing up and logging in.
var (
	ErrEmailTaken = forAPI("the address has a user", gen.ErrorCodeEmailTaken, http.StatusBadRequest, "Email already exists").
			withApp(Answer{Status: http.StatusConflict, Text: "El email ya está registrado"})
	ErrInviteUnknown = forAPI("no such invite", gen.ErrorCodeInviteUnknown, http.StatusBadRequest, "Invalid invite code")
	ErrInviteToken   = forAPI("bad invite token", gen.ErrorCodeInviteTokenInvalid,
		http.StatusBadRequest, "Invalid or expired invite token")
	ErrInviteUsed = forAPI("the invite is used up", gen.ErrorCodeInviteUsed,
		http.StatusGone, "Invite code is used and cannot be used")
	ErrInviteExpired = forAPI("the invite has expired", gen.ErrorCodeInviteExpired,
		http.StatusGone, "Invite code is expired and cannot be used")
	ErrInviteRevoked = forAPI("the invite is revoked", gen.ErrorCodeInviteRevoked,
		http.StatusGone, "Invite code is revoked and cannot be used")
	ErrMailFailed = forAPI("the account was created, but its verification mail was not sent", gen.ErrorCodeMailFailed,
		http.StatusInternalServerError, "Account created, but the verification email could not be sent. "+
			"Request a new one at /api/v1/auth/resend-verification.").withFinality(Final) // a retry would find the address taken
	ErrToken = forAPI("unknown, used or expired one-time token", gen.ErrorCodeTokenInvalid,
		http.StatusBadRequest, "Invalid or expired token").
		withApp(Answer{Status: http.StatusBadRequest, Text: "El enlace no es válido o ha caducado."})
	ErrUnverified = forAPI("the address has not been proved", gen.ErrorCodeEmailUnverified,
		http.StatusBadRequest, TextVerificationSent).
		withApp(Answer{Status: http.StatusForbidden, Text: "Verifica tu correo electrónico para continuar"})
	ErrCredentials = forAPI("unknown address or wrong password", gen.ErrorCodeInvalidCredentials,
		http.StatusUnauthorized, "Invalid email or password").
		withApp(Answer{Status: http.StatusUnauthorized, Text: "Credenciales inválidas"})
	ErrLocked = forAPI("locked after too many failed log-ins", gen.ErrorCodeLocked,
		http.StatusTooManyRequests, "Too many failed attempts. Try again later.").
		withApp(Answer{Status: http.StatusTooManyRequests, Text: "Demasiados intentos. Intenta de nuevo más tarde."})
	ErrMailLimited = forApp("the mailbox has got as many mails as the caps allow", gen.ErrorCodeMailLimited,
		http.StatusTooManyRequests, "Esta dirección recibió demasiados correos. Intenta de nuevo más tarde.")
)

// Problems of users, sessions, keys and invites.
var (
	ErrUserNotFound = forAPI("no such user", gen.ErrorCodeNotFound, http.StatusNotFound, "User not found").
			withApp(Answer{Status: http.StatusNotFound, Text: "Usuario no encontrado"})
	ErrSessionNotFound = forBoth("the caller has no such session", gen.ErrorCodeNotFound, http.StatusNotFound, "Session not found")
	ErrKeyNotFound     = forAPI("the caller has no such key", gen.ErrorCodeNotFound, http.StatusNotFound, "API key not found")
	ErrTooManyKeys     = forAPI("the account has the maximum number of keys", gen.ErrorCodeForbidden,
		http.StatusForbidden, "An account has at most "+strconv.Itoa(bounds.Keys)+" API keys")
	ErrInviteNotFound = forAPI("no such invite", gen.ErrorCodeNotFound, http.StatusNotFound, "Invite not found")
	ErrDeletesSelf    = forApp("administrators cannot delete their own account here", gen.ErrorCodeSelfDeletion,
		http.StatusBadRequest, "Un administrador no puede eliminar su propio usuario.")
)

// Problems of accounts.
var (
	ErrAccountNotFound = forApp("the caller has no such account", gen.ErrorCodeAccountNotFound,
		http.StatusNotFound, "Account not found")
	ErrDefaultAccount = forApp("the default account cannot be deleted", gen.ErrorCodeDefaultAccount,
		http.StatusBadRequest, "Cannot delete default account")
	ErrCurrencyKept = forApp("the currency of an account with transactions cannot be changed", gen.ErrorCodeCurrencyLocked,
		http.StatusBadRequest, "No puedes cambiar la moneda de una cuenta con movimientos.")
	ErrNegativeBalance = forApp("the type of account does not allow the negative balance", gen.ErrorCodeNegativeBalance,
		http.StatusBadRequest, "El saldo de la cuenta es $%s, y ese tipo de cuenta no admite un saldo negativo.")
	ErrAccountNotEmpty = forApp("the account has a balance, and takes no opening one", gen.ErrorCodeAccountNotEmpty,
		http.StatusBadRequest, "La cuenta ya tiene saldo: no admite un saldo inicial.")
	ErrFunds = forApp("the account does not have the funds", gen.ErrorCodeInsufficientFunds,
		http.StatusBadRequest, "Fondos insuficientes. Tu saldo es $%s y intentas gastar $%s")
	ErrBalanceRange = forApp("the balance would be out of range", gen.ErrorCodeAmountOutOfRange,
		http.StatusBadRequest, "El saldo de la cuenta quedaría fuera del rango permitido.")
	ErrTotalRange = forApp("the total would be out of range", gen.ErrorCodeAmountOutOfRange,
		http.StatusBadRequest, "El total de los movimientos quedaría fuera del rango permitido.")
)

// Problems of transfers.
var (
	ErrTransferAccounts = forApp("the caller does not have both accounts", gen.ErrorCodeTransferAccountNotFound,
		http.StatusNotFound, "Source or destination account not found")
	ErrSameAccount = forApp("the two accounts of a transfer must differ", gen.ErrorCodeSameAccount,
		http.StatusBadRequest, "Cannot transfer to the same account")
	ErrTransferCurrencies = forApp("the accounts have different currencies", gen.ErrorCodeTransferCurrencyMismatch,
		http.StatusBadRequest, "Cannot transfer between accounts with different currencies")
	ErrTransferFunds = forApp("the source does not have the funds", gen.ErrorCodeInsufficientFunds,
		http.StatusBadRequest, "Insufficient funds in source account")
	ErrTransferFixed = forApp("a leg of a transfer cannot be changed", gen.ErrorCodeTransferFixed,
		http.StatusBadRequest, "Una transferencia no se puede editar; elimínala y créala de nuevo.")
)

// Problems of transactions.
var (
	ErrTransactionNotFound = forApp("the caller has no such transaction", gen.ErrorCodeTransactionNotFound,
		http.StatusNotFound, "Transaction not found")
	ErrTransactionAccount = forApp("the caller has no such account for a transaction", gen.ErrorCodeAccountNotFound,
		http.StatusNotFound, "Cuenta no encontrada o no pertenece al usuario")
	ErrNewAccount = forApp("the caller has no such account to move the transaction to", gen.ErrorCodeAccountNotFound,
		http.StatusNotFound, "Nueva cuenta no encontrada")
	ErrNoOriginalAccount = forApp("the transaction to be changed has no account", gen.ErrorCodeAccountDeleted,
		http.StatusBadRequest, "La transacción original no tiene cuenta válida.")
	ErrAccountDeleted = forApp("the account of the transaction is deleted", gen.ErrorCodeAccountDeleted,
		http.StatusBadRequest, "Transacción sin cuenta asociada.")
	ErrCurrency = forApp("the currency is not the account's", gen.ErrorCodeCurrencyMismatch,
		http.StatusBadRequest, "No puedes crear una transacción en %s en una cuenta configurada en %s.")
	ErrForeignCategory = forApp("the category is another user's", gen.ErrorCodeCategoryInvalid,
		http.StatusBadRequest, "Categoría inválida")
	ErrCategoryType = forApp("the category does not accept transactions of the type", gen.ErrorCodeCategoryTypeMismatch,
		http.StatusBadRequest, "No puedes crear una transacción de tipo %s con una categoría de tipo %s")
	ErrIncoherent = forApp("the category does not accept the changed transaction", gen.ErrorCodeCategoryTypeMismatch,
		http.StatusBadRequest, "Incoherencia: Categoría es %s pero transacción es %s")
)

// most returns a bound as texts in Spanish write it.
func most(bound int) string { return message.NewPrinter(language.MustParse("es-AR")).Sprint(bound) }

// Problems of users who have as many of something as the contract allows.
var (
	ErrTooManyAccounts = forApp("the caller has the largest number of accounts", gen.ErrorCodeTooManyAccounts,
		http.StatusBadRequest, "No puedes tener más de "+most(bounds.Accounts)+" cuentas. Elimina una para crear otra.")
	ErrTooManyCategories = forApp("the caller has the largest number of categories", gen.ErrorCodeTooManyCategories,
		http.StatusBadRequest, "No puedes tener más de "+most(bounds.Categories)+" categorías. Elimina una para crear otra.")
	ErrTooManyDeletedCategories = forApp("the caller has the largest number of deleted categories that are referred to",
		gen.ErrorCodeTooManyDeletedCategories, http.StatusBadRequest, "No puedes tener más de "+most(bounds.DeletedCategories)+
			" categorías eliminadas con movimientos o presupuestos. Elimina algunos o cámbialos de categoría.")
	ErrTooManyBudgets = forApp("the caller has the largest number of budgets", gen.ErrorCodeTooManyBudgets,
		http.StatusBadRequest, "No puedes tener más de "+most(bounds.Budgets)+" presupuestos. Elimina uno para crear otro.")
	ErrTooManyTransactions = forApp("the caller has the largest number of transactions", gen.ErrorCodeTooManyTransactions,
		http.StatusBadRequest, "No puedes tener más de "+most(bounds.Transactions)+" de movimientos. Elimina uno para registrar otro.")
)

// Problems of categories.
var (
	ErrCategoryNotFound = forApp("the caller has no such category", gen.ErrorCodeCategoryNotFound,
		http.StatusNotFound, "Category not found")
	ErrCategoryExists = forApp("the caller has a category of that name", gen.ErrorCodeCategoryExists,
		http.StatusConflict, `Category "%s" already exists`)
	ErrParentNotFound = forApp("the caller has no category with the id of the parent", gen.ErrorCodeParentNotFound,
		http.StatusNotFound, "Parent category not found")
	ErrParentInvalid = forApp("the parent is not a category of the caller", gen.ErrorCodeParentInvalid,
		http.StatusBadRequest, "Invalid parent category")
	ErrOwnParent = forApp("a category cannot be its own parent", gen.ErrorCodeParentInvalid,
		http.StatusBadRequest, "Category cannot be its own parent")
	ErrNesting = forApp("categories have two levels", gen.ErrorCodeParentInvalid,
		http.StatusBadRequest, "Nesting limit reached. Cannot create a subcategory of a subcategory.")
	ErrParentType = forApp("the type of a subcategory does not fit its parent's", gen.ErrorCodeParentTypeMismatch,
		http.StatusBadRequest, "El tipo de una subcategoría debe ser el de su categoría padre, salvo que esta sea BOTH.")
	ErrCategoryTypeKept = forApp("the category has transactions of another type", gen.ErrorCodeCategoryTypeLocked,
		http.StatusBadRequest, "No puedes cambiar el tipo de una categoría con movimientos de otro tipo.")
	ErrSeeded = forApp("the caller already has categories", gen.ErrorCodeCategoriesExist,
		http.StatusBadRequest, "User already has categories")
)

// Problems of budgets.
var (
	ErrBudgetNotFound = forApp("no such budget", gen.ErrorCodeBudgetNotFound,
		http.StatusNotFound, "Presupuesto no encontrado")
	ErrBudgetOwner = forApp("the budget is another user's", gen.ErrorCodeForbidden,
		http.StatusForbidden, "No tienes permiso")
	ErrBudgetCategory = forApp("the caller has no such category", gen.ErrorCodeCategoryNotFound,
		http.StatusNotFound, "Categoría no encontrada")
	ErrBudgetExists = forApp("the category has a budget in that month", gen.ErrorCodeBudgetExists,
		http.StatusConflict, "Ya existe un presupuesto para esta categoría este mes.")
	ErrBudgetAboveParent = forApp("the budget does not fit into its parent's", gen.ErrorCodeBudgetAboveParent,
		http.StatusBadRequest, "El presupuesto supera el límite de la categoría padre. Disponible: $%s.")
	ErrBudgetBelowChildren = forApp("the budget is less than its children's", gen.ErrorCodeBudgetBelowChildren,
		http.StatusBadRequest, "El monto es menor a la suma de las subcategorías ($%s). Ajusta las subcategorías primero.")
)

// errInvalid is the base of the problems that Invalid returns.
var errInvalid = forBoth("the request violates the contract", gen.ErrorCodeInvalidRequest, http.StatusBadRequest, "")

// Rules that the contract's schemas cannot express.
var (
	ErrYearRequired     = Invalid(contract.Violation{Field: "year", Rule: contract.RuleRequired, Message: "year should not be empty"})
	ErrPasswordRequired = Invalid(contract.Violation{Field: "password", Rule: contract.RuleRequired, Message: "password must be a string"})
	ErrTokensZero       = Invalid(contract.Violation{Field: "tokens", Rule: "not", Message: "tokens must not be 0"})
	ErrBalanceBelow     = Invalid(contract.Violation{Field: "tokens", Rule: "minimum", Message: "The balance is lower than that"})
)

// UnexpectedProperty returns the violation of a property that is not allowed beside
// the others.
func UnexpectedProperty(name string) contract.Violation {
	return contract.Violation{Field: name, Rule: "additionalProperties", Message: "property " + name + " should not exist"}
}

// MissingUUID returns the violation of a missing property that must be a UUID.
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

// JSONTooDeep returns the problem of JSON that is nested deeper than the given number
// of levels.
func JSONTooDeep(levels int) *Problem {
	return malformed("body", fmt.Sprintf("JSON must not be nested deeper than %d levels", levels))
}

// MalformedJSON returns the problem of JSON with a syntax error at the given byte.
func MalformedJSON(at int64) *Problem {
	return malformed("body", fmt.Sprintf("Malformed JSON at byte %d", at))
}

func malformed(part, text string) *Problem {
	return Invalid(contract.Violation{Field: part, Message: text}).Alone()
}
