package handlers

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"example.com/alta/internal/contract"
	"example.com/alta/internal/meter"
	"example.com/alta/internal/problem"
	"example.com/alta/repo"
)

const (
	headerTokenCost    = "X-Token-Cost"
	headerTokenBalance = "X-Token-Balance"
)

// charge takes the operation's price from whoever calls by API key. A session
// pays nothing. What the server then fails to do is given back; what the caller
// did wrong is not.
func (s *Server) charge(op *contract.Operation) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		if op.Cost == 0 {
			return next
		}
		return func(c echo.Context) error {
			one := callFrom(c.Request().Context())
			if !one.principal.ByKey() {
				return next(c)
			}
			debit, err := s.debit(c.Request().Context(), one, op)
			if err != nil {
				return err
			}
			refund := func() {
				s.Ledger.Refund(debit)
				s.Metrics.charges.WithLabelValues("refunded").Inc()
				one.header.Set(headerTokenCost, "0")
				one.header.Del(headerTokenBalance)
			}
			returned := false
			defer func() {
				if !returned { // a panic goes by
					refund()
				}
			}()
			err = next(c)
			returned = true
			if !c.Response().Committed && isOurFailure(c.Request(), err) { // else it was answered, and not read
				refund()
			}
			return err
		}
	}
}

// debit takes the price and announces it.
func (s *Server) debit(ctx context.Context, one *call, op *contract.Operation) (meter.Debit, error) {
	d := meter.Debit{
		UserID: one.principal.UserID, Cost: int64(op.Cost), Endpoint: op.Endpoint(), RequestID: one.id,
	}
	if one.resumes != "" { // a call that was cut off, and may have been charged
		d.RequestID, d.MaybeCharged = one.resumes, true
	}
	balance, err := s.Ledger.Charge(d)
	if errors.Is(err, meter.ErrRefunded) {
		d.RequestID, d.MaybeCharged = one.id, false
		// Whoever takes over from this call has to find its debit.
		err = s.Repo.InTx(ctx, func(tx *repo.Tx) error {
			return tx.RenameCall(ctx, one.idempotent.scope, one.idempotent.key, one.id)
		})
		if err == nil {
			balance, err = s.Ledger.Charge(d)
		}
	}
	if err != nil {
		if _, short := errors.AsType[*meter.Insufficient](err); short {
			s.Metrics.charges.WithLabelValues("insufficient").Inc()
		}
		return d, err
	}
	s.Metrics.charges.WithLabelValues("charged").Inc()
	one.balance = balance
	one.header.Set(headerTokenCost, strconv.Itoa(op.Cost))
	one.header.Set(headerTokenBalance, strconv.FormatInt(balance, 10))
	return d, nil
}

// hungUp reports whether nobody listens any more.
func hungUp(r *http.Request) bool { return errors.Is(r.Context().Err(), context.Canceled) }

// isOurFailure reports whether err is one for which the server is to blame. A
// client that hung up has had its call.
func isOurFailure(r *http.Request, err error) bool {
	if err == nil || hungUp(r) {
		return false
	}
	return problem.Of(err).IsServerFault(problem.DoorOf(r.URL.Path))
}
