package stage

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"example.com/alta/internal/contract"
	"example.com/alta/internal/meter"
	"example.com/alta/internal/metrics"
	"example.com/alta/internal/problem"
	"example.com/alta/repo"
)

const (
	headerTokenCost    = "X-Token-Cost"
	headerTokenBalance = "X-Token-Balance"
)

// charge charges the operation's price for calls by API key; calls by session are
// free. If the server then fails, the price is refunded. An error of the caller is
// not refunded.
//
// A call that was charged runs to its end even if the client has hung up: a client
// that only closes its own side of the connection, as RFC 9112 (section 9.6) allows,
// looks the same and waits for the response that it has paid.
func (s *Stages) charge(op *contract.Operation) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		if op.Cost == 0 {
			return next
		}
		return func(c echo.Context) error {
			call := From(c.Request().Context())
			if !call.Principal.ByKey() {
				return next(c)
			}
			if call.paid != nil { // by the first of the calls with this Idempotency-Key
				maps.Copy(call.Header, call.paid)
				call.Balance, _ = strconv.ParseInt(call.paid.Get(headerTokenBalance), 10, 64)
				return s.runOn(c, next)
			}
			debit, err := s.debit(c.Request().Context(), call, op)
			if err != nil {
				return err
			}
			refund := func() {
				s.ledger.Refund(debit)
				s.metrics.Charged(metrics.Refunded)
				call.Header.Set(headerTokenCost, "0")
				call.Header.Del(headerTokenBalance)
			}
			returned := false
			defer func() {
				if !returned { // next panicked
					refund()
				}
			}()
			err = s.runOn(c, next)
			returned = true
			if !c.Response().Committed && isServerFault(c.Request(), err) { // a committed response counts as delivered
				refund()
			}
			return err
		}
	}
}

// debit charges the price and sets the headers about it.
func (s *Stages) debit(ctx context.Context, call *Call, op *contract.Operation) (meter.Debit, error) {
	d := meter.Debit{
		UserID: call.Principal.UserID, Cost: int64(op.Cost), Endpoint: op.Endpoint(), RequestID: call.ID,
	}
	if call.resumedID != "" { // the interrupted call may have been charged
		d.RequestID, d.MaybeCharged = call.resumedID, true
	}
	balance, err := s.ledger.Charge(ctx, d)
	if errors.Is(err, meter.ErrRefunded) {
		d.RequestID, d.MaybeCharged = call.ID, false
		// A call that resumes this one must find its debit.
		err = s.repo.InTx(ctx, func(tx *repo.Tx) error {
			return tx.RenameCall(ctx, call.idempotent.scope, call.idempotent.key, call.ID)
		})
		if err == nil {
			balance, err = s.ledger.Charge(ctx, d)
		}
	}
	if err != nil {
		if _, short := errors.AsType[*meter.Insufficient](err); short {
			s.metrics.Charged(metrics.Insufficient)
		}
		return d, err
	}
	s.metrics.Charged(metrics.Charged)
	call.Balance = balance
	call.Header.Set(headerTokenCost, strconv.Itoa(op.Cost))
	call.Header.Set(headerTokenBalance, strconv.FormatInt(balance, 10))
	return d, nil
}

// runOn runs next until the call's deadline, whether the client hangs up or not.
func (s *Stages) runOn(c echo.Context, next echo.HandlerFunc) error {
	r := c.Request()
	ctx := context.WithoutCancel(r.Context())
	if deadline, ok := r.Context().Deadline(); ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadline(ctx, deadline)
		defer cancel()
	}
	c.SetRequest(r.WithContext(ctx))
	defer c.SetRequest(r)
	return next(c)
}

// isServerFault reports whether err is a fault of the server.
func isServerFault(r *http.Request, err error) bool {
	return err != nil && problem.Of(err).IsServerFault(problem.DoorOf(r.URL.Path))
}
