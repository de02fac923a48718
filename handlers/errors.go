package handlers

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"example.com/alta/gen"
	"example.com/alta/internal/export"
	"example.com/alta/internal/identity"
	"example.com/alta/internal/meter"
	"example.com/alta/internal/report"
	"example.com/alta/repo"
)

// failure is how the two doors answer one kind of error. This file is the
// only one that knows statuses and texts of failures, but for requests that are
// malformed or lead nowhere: those are in refuse.go, with the two shapes.
type failure struct {
	err  error
	code gen.ErrorCode
	app  answer
	api  answer
}

type answer struct {
	status  int
	message string
	bare    bool // the app door leaves `error` out, as its framework does
}

const (
	textRateLimited = "Rate limit exceeded for your tier (see /pricing for tier limits)."
	textOverloaded  = "The server is busy. Try again shortly."
	textForbidden   = "Forbidden resource"
)

// failures are tried in order. An error without a row is internal, and so is one
// whose row has no answer for the door.
var failures = []failure{
	{repo.ErrEmailTaken, gen.ErrorCodeEmailTaken,
		answer{http.StatusConflict, "El email ya está registrado", false},
		answer{http.StatusBadRequest, "Email already exists", false}},
	{errInviteUnknown, gen.ErrorCodeInviteUnknown, answer{},
		answer{http.StatusBadRequest, "Invalid invite code", false}},
	{errInviteToken, gen.ErrorCodeInviteTokenInvalid, answer{},
		answer{http.StatusBadRequest, "Invalid or expired invite token", false}},
	{repo.ErrInviteUsed, gen.ErrorCodeInviteUsed, answer{},
		answer{http.StatusGone, "Invite code is used and cannot be used", false}},
	{repo.ErrInviteExpired, gen.ErrorCodeInviteExpired, answer{},
		answer{http.StatusGone, "Invite code is expired and cannot be used", false}},
	{repo.ErrInviteRevoked, gen.ErrorCodeInviteRevoked, answer{},
		answer{http.StatusGone, "Invite code is revoked and cannot be used", false}},
	{errMailFailed, gen.ErrorCodeMailFailed, answer{},
		answer{http.StatusInternalServerError, "Account created, but the verification email could not be sent. " +
			"Request a new one at /api/v1/auth/resend-verification.", false}},
	{errToken, gen.ErrorCodeTokenInvalid,
		answer{http.StatusBadRequest, "El enlace no es válido o ha caducado.", false},
		answer{http.StatusBadRequest, "Invalid or expired token", false}},
	{errUnverified, gen.ErrorCodeEmailUnverified,
		answer{http.StatusForbidden, "Verifica tu correo electrónico para continuar", false},
		answer{http.StatusBadRequest, "Please verify the email, I have send verification link.", false}},
	{errCredentials, gen.ErrorCodeInvalidCredentials,
		answer{http.StatusUnauthorized, "Credenciales inválidas", false},
		answer{http.StatusUnauthorized, "Invalid email or password", false}},
	{errLocked, gen.ErrorCodeLocked,
		answer{http.StatusTooManyRequests, "Demasiados intentos. Intenta de nuevo más tarde.", false},
		answer{http.StatusTooManyRequests, "Too many failed attempts. Try again later.", false}},
	{errSuspended, gen.ErrorCodeSuspended,
		answer{http.StatusForbidden, "Account suspended", false},
		answer{http.StatusForbidden, "Account suspended", false}},
	{errKeyUnverified, gen.ErrorCodeEmailUnverified,
		answer{http.StatusForbidden, "Verify your e-mail to activate this key", false},
		answer{http.StatusForbidden, "Verify your e-mail to activate this key", false}},
	{errKeyRefused, gen.ErrorCodeForbidden,
		answer{http.StatusForbidden, textForbidden, false},
		answer{http.StatusForbidden, textForbidden, false}},
	{errInsufficient, gen.ErrorCodeInsufficientTokens,
		answer{http.StatusPaymentRequired, "Insufficient token balance for this call.", false},
		answer{http.StatusPaymentRequired, "Insufficient token balance for this call.", false}},
	{errInProgress, gen.ErrorCodeIdempotencyConflict,
		answer{http.StatusConflict, "A request with this Idempotency-Key is still being processed.", false},
		answer{http.StatusConflict, "A request with this Idempotency-Key is still being processed.", false}},
	{errKeyReused, gen.ErrorCodeIdempotencyMismatch,
		answer{http.StatusUnprocessableEntity, "This Idempotency-Key was used for a different request.", false},
		answer{http.StatusUnprocessableEntity, "This Idempotency-Key was used for a different request.", false}},
	{errNotActive, gen.ErrorCodeForbidden, answer{},
		answer{http.StatusForbidden, "Redeem an invite to activate API access", false}},
	{errActive, gen.ErrorCodeForbidden, answer{},
		answer{http.StatusForbidden, "API access is active already", false}},
	{errTooManyKeys, gen.ErrorCodeForbidden, answer{},
		answer{http.StatusForbidden, "An account has at most 50 API keys", false}},
	{errActivateUnverified, gen.ErrorCodeEmailUnverified, answer{},
		answer{http.StatusForbidden, textVerify, false}},
	{errKeyNotFound, gen.ErrorCodeNotFound, answer{},
		answer{http.StatusNotFound, "API key not found", false}},
	{errUserNotFound, gen.ErrorCodeNotFound,
		answer{http.StatusNotFound, "Usuario no encontrado", false},
		answer{http.StatusNotFound, "User not found", false}},
	{errUnauthorized, gen.ErrorCodeUnauthorized,
		answer{http.StatusUnauthorized, "Unauthorized", true},
		answer{http.StatusUnauthorized, "Missing or invalid Authorization header / api_Token.", false}},
	{errCrossOrigin, gen.ErrorCodeForbidden,
		answer{http.StatusForbidden, textForbidden, false},
		answer{http.StatusForbidden, textForbidden, false}},
	{errRole, gen.ErrorCodeForbidden,
		answer{http.StatusForbidden, textForbidden, false},
		answer{http.StatusForbidden, textForbidden, false}},
	{errDeletesSelf, gen.ErrorCodeInvalidRequest,
		answer{http.StatusBadRequest, "Un administrador no puede eliminar su propio usuario.", false}, answer{}},
	{errInviteNotFound, gen.ErrorCodeNotFound, answer{},
		answer{http.StatusNotFound, "Invite not found", false}},
	{repo.ErrAccountNotFound, gen.ErrorCodeNotFound,
		answer{http.StatusNotFound, "Account not found", false}, answer{}},
	{errSessionNotFound, gen.ErrorCodeNotFound,
		answer{http.StatusNotFound, "Session not found", false},
		answer{http.StatusNotFound, "Session not found", false}},
	{errTransferAccounts, gen.ErrorCodeNotFound,
		answer{http.StatusNotFound, "Source or destination account not found", false}, answer{}},
	{errSameAccount, gen.ErrorCodeInvalidRequest,
		answer{http.StatusBadRequest, "Cannot transfer to the same account", false}, answer{}},
	{errTransferCurrencies, gen.ErrorCodeInvalidRequest,
		answer{http.StatusBadRequest, "Cannot transfer between accounts with different currencies", false}, answer{}},
	{errTransferFunds, gen.ErrorCodeInvalidRequest,
		answer{http.StatusBadRequest, "Insufficient funds in source account", false}, answer{}},
	{errTransactionNotFound, gen.ErrorCodeNotFound,
		answer{http.StatusNotFound, "Transaction not found", false}, answer{}},
	{errTransactionAccount, gen.ErrorCodeNotFound,
		answer{http.StatusNotFound, "Cuenta no encontrada o no pertenece al usuario", false}, answer{}},
	{errNewAccount, gen.ErrorCodeNotFound,
		answer{http.StatusNotFound, "Nueva cuenta no encontrada", false}, answer{}},
	{errNoOriginalAccount, gen.ErrorCodeInvalidRequest,
		answer{http.StatusBadRequest, "La transacción original no tiene cuenta válida.", false}, answer{}},
	{errAccountGone, gen.ErrorCodeInvalidRequest,
		answer{http.StatusBadRequest, "Transacción sin cuenta asociada.", false}, answer{}},
	{errTransferFixed, gen.ErrorCodeInvalidRequest,
		answer{http.StatusBadRequest, "Una transferencia no se puede editar; elimínala y créala de nuevo.", false}, answer{}},
	{errFunds, gen.ErrorCodeInvalidRequest,
		answer{http.StatusBadRequest, "Fondos insuficientes. Tu saldo es $%s y intentas gastar $%s", false}, answer{}},
	{errCurrency, gen.ErrorCodeInvalidRequest,
		answer{http.StatusBadRequest, "No puedes crear una transacción en %s en una cuenta configurada en %s.", false}, answer{}},
	{errForeignCategory, gen.ErrorCodeInvalidRequest,
		answer{http.StatusBadRequest, "Categoría inválida", false}, answer{}},
	{errCategoryType, gen.ErrorCodeInvalidRequest,
		answer{http.StatusBadRequest, "No puedes crear una transacción de tipo %s con una categoría de tipo %s", false}, answer{}},
	{errIncoherent, gen.ErrorCodeInvalidRequest,
		answer{http.StatusBadRequest, "Incoherencia: Categoría es %s pero transacción es %s", false}, answer{}},
	{errBalanceRange, gen.ErrorCodeInvalidRequest,
		answer{http.StatusBadRequest, "El saldo de la cuenta quedaría fuera del rango permitido.", false}, answer{}},
	{repo.ErrTotalRange, gen.ErrorCodeInvalidRequest,
		answer{http.StatusBadRequest, "El total de los movimientos quedaría fuera del rango permitido.", false}, answer{}},
	{errDefaultAccount, gen.ErrorCodeInvalidRequest,
		answer{http.StatusBadRequest, "Cannot delete default account", false}, answer{}},
	{errCurrencyKept, gen.ErrorCodeInvalidRequest,
		answer{http.StatusBadRequest, "No puedes cambiar la moneda de una cuenta con movimientos.", false}, answer{}},
	{errCategoryNotFound, gen.ErrorCodeNotFound,
		answer{http.StatusNotFound, "Category not found", false}, answer{}},
	{errParentNotFound, gen.ErrorCodeNotFound,
		answer{http.StatusNotFound, "Parent category not found", false}, answer{}},
	{errParentInvalid, gen.ErrorCodeInvalidRequest,
		answer{http.StatusBadRequest, "Invalid parent category", false}, answer{}},
	{errOwnParent, gen.ErrorCodeInvalidRequest,
		answer{http.StatusBadRequest, "Category cannot be its own parent", false}, answer{}},
	{errNesting, gen.ErrorCodeInvalidRequest,
		answer{http.StatusBadRequest, "Nesting limit reached. Cannot create a subcategory of a subcategory.", false}, answer{}},
	{errTypeOfParent, gen.ErrorCodeInvalidRequest,
		answer{http.StatusBadRequest, "El tipo de una subcategoría debe ser el de su categoría padre, salvo que esta sea BOTH.", false}, answer{}},
	{errTypeKept, gen.ErrorCodeInvalidRequest,
		answer{http.StatusBadRequest, "No puedes cambiar el tipo de una categoría con movimientos de otro tipo.", false}, answer{}},
	{errSeeded, gen.ErrorCodeInvalidRequest,
		answer{http.StatusBadRequest, "User already has categories", false}, answer{}},
	{repo.ErrCategoryExists, gen.ErrorCodeInvalidRequest,
		answer{http.StatusConflict, `Category "%s" already exists`, false}, answer{}},
	{report.ErrNoCategory, gen.ErrorCodeNotFound,
		answer{http.StatusNotFound, "Categoría no encontrada", false}, answer{}},
	{report.ErrTaken, gen.ErrorCodeInvalidRequest,
		answer{http.StatusConflict, "Ya existe un presupuesto para esta categoría este mes.", false}, answer{}},
	{report.ErrAboveParent, gen.ErrorCodeInvalidRequest,
		answer{http.StatusBadRequest, "El presupuesto supera el límite de la categoría padre. Disponible: $%s.", false}, answer{}},
	{report.ErrBelowChildren, gen.ErrorCodeInvalidRequest,
		answer{http.StatusBadRequest, "El monto es menor a la suma de las subcategorías ($%s). Ajusta las subcategorías primero.", false}, answer{}},
	{errBudgetNotFound, gen.ErrorCodeNotFound,
		answer{http.StatusNotFound, "Presupuesto no encontrado", false}, answer{}},
	{errBudgetOwner, gen.ErrorCodeForbidden,
		answer{http.StatusForbidden, "No tienes permiso", false}, answer{}},
	{errTooLarge, gen.ErrorCodeTooLarge,
		answer{http.StatusRequestEntityTooLarge, "request entity too large", true},
		answer{http.StatusRequestEntityTooLarge, "request entity too large", false}},
	{errMediaType, gen.ErrorCodeUnsupportedMediaType,
		answer{http.StatusUnsupportedMediaType, "Content-Type must be application/json", false},
		answer{http.StatusUnsupportedMediaType, "Content-Type must be application/json", false}},
	{errRateLimited, gen.ErrorCodeRateLimited,
		answer{http.StatusTooManyRequests, textRateLimited, false},
		answer{http.StatusTooManyRequests, textRateLimited, false}},
	{identity.ErrBusy, gen.ErrorCodeOverloaded, overloaded, overloaded},
	{export.ErrBusy, gen.ErrorCodeOverloaded, overloaded, overloaded},
	{repo.ErrUnavailable, gen.ErrorCodeOverloaded, overloaded, overloaded},
	{errStopping, gen.ErrorCodeOverloaded, overloaded, overloaded},
	{context.DeadlineExceeded, gen.ErrorCodeOverloaded, overloaded, overloaded},
	{context.Canceled, gen.ErrorCodeOverloaded, overloaded, overloaded}, // nobody is there to read it
}

var overloaded = answer{http.StatusServiceUnavailable, textOverloaded, false}

var internal = failure{nil, gen.ErrorCodeInternal,
	answer{http.StatusInternalServerError, "Internal server error", true},
	answer{http.StatusInternalServerError, "Unexpected server-side failure. Retry with backoff; report if persistent.", false}}

// documented is an error whose text takes the place of its row's, since it
// carries values.
type documented struct {
	base error
	text string
}

func (d documented) Error() string { return d.text }
func (d documented) Unwrap() error { return d.base }

// withValues returns err with the text of its row, which is a format, for the
// values.
func withValues(err error, values ...any) error {
	return documented{err, fmt.Sprintf(failureOf(err).app.message, values...)}
}

// busyPause is what a client is told to wait when the server cannot know
// better.
const busyPause = 5 * time.Second

// failureOf returns how err is answered. What err says stays in the log.
func failureOf(err error) failure {
	if _, short := errors.AsType[*meter.Insufficient](err); short {
		err = errInsufficient
	}
	for _, f := range failures {
		if errors.Is(err, f.err) {
			if f.app == (answer{}) {
				f.app = internal.app
			}
			if f.api == (answer{}) {
				f.api, f.code = internal.api, internal.code
			}
			if said, ok := errors.AsType[documented](err); ok {
				f.app.message, f.api.message = said.text, said.text
			}
			return f
		}
	}
	return internal
}

// statusOf returns the status that err is answered with.
func statusOf(r *http.Request, err error) int {
	if _, bad := errors.AsType[*invalid](err); bad {
		return http.StatusBadRequest
	}
	if routing, ok := errors.AsType[*echo.HTTPError](err); ok {
		return routing.Code
	}
	if isAPIDoor(r.URL.Path) {
		return failureOf(err).api.status
	}
	return failureOf(err).app.status
}

// instead returns meant where err says that there is no such row.
func instead(err, meant error) error {
	if errors.Is(err, repo.ErrNotFound) {
		return meant
	}
	return err
}
