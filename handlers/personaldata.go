package handlers

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"

	"github.com/google/uuid"

	"example.com/alta/gen"
	"example.com/alta/internal/fiscal"
	"example.com/alta/internal/product"
	"example.com/alta/internal/stage"
	"example.com/alta/repo"
)

// exportsAtOnce is the largest number of exports that are read from the database at
// the same time. Each occupies a connection until all of its rows are read.
const exportsAtOnce = 2

// ExportMe answers all data about the caller.
func (o *accessOperations) ExportMe(ctx context.Context, _ gen.ExportMeRequestObject) (gen.ExportMeResponseObject, error) {
	call := stage.From(ctx)
	userID := call.Principal.UserID
	share, err := o.answers.Take(ctx, userID.String(), personalMemory)
	if err != nil {
		return nil, err
	}
	call.OnEnd(share.Free)
	select {
	case o.personalExports <- struct{}{}:
		defer func() { <-o.personalExports }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if err := o.signin.Audit(ctx, byCaller(ctx).Event(repo.AuditExport, &userID)); err != nil {
		return nil, err
	}
	document := &responseBuffer{}
	if err := o.writeExport(ctx, document, userID); err != nil {
		return nil, errors.Join(callerDeleted(err), document.Close())
	}
	return exportDownload{document, product.FileName(o.product) + "-export.json"}, nil
}

// exportDownload is an export that is ready to be sent.
type exportDownload struct {
	*responseBuffer
	fileName string
}

// VisitExportMeResponse is part of gen.ExportMeResponseObject.
func (d exportDownload) VisitExportMeResponse(w http.ResponseWriter) error {
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Content-Disposition", `attachment; filename="`+d.fileName+`"`)
	h.Set("Content-Length", strconv.FormatInt(d.size, 10))
	w.WriteHeader(http.StatusOK)
	_, err := d.WriteTo(w)
	return errors.Join(err, d.Close())
}

// writeExport writes the document from one snapshot of the database. It writes row by
// row, so that a long document does not need memory.
func (o *accessOperations) writeExport(ctx context.Context, to *responseBuffer, userID uuid.UUID) error {
	return o.repo.InSnapshot(ctx, func(v *repo.Snapshot) error {
		user, err := v.UserByID(ctx, userID)
		if err != nil {
			return err
		}
		if err := to.reset(); err != nil { // the transaction may be repeated
			return err
		}
		e := &exporter{to: bufio.NewWriter(to), userID: userID}
		e.json = json.NewEncoder(e.to)
		o.exportUser(ctx, e, v, user)
		return errors.Join(e.err, e.to.Flush())
	})
}

func (o *accessOperations) exportUser(ctx context.Context, e *exporter, v *repo.Snapshot, user repo.User) {
	accounts := func(ctx context.Context, id uuid.UUID, use func(repo.Account) error) error {
		list, err := v.Accounts(ctx, id)
		for _, account := range list {
			err = errors.Join(err, use(account))
		}
		return err
	}
	events := func(ctx context.Context, id uuid.UUID, use func(repo.AuditEvent) error) error {
		return v.EachAuditEvent(ctx, id, o.keys.Pseudonyms(user.Email), use)
	}
	calendar, err := fiscal.NewCalendar(user.FiscalStartDay, user.Timezone)
	e.err = err
	transactions := func(t repo.Transaction) gen.ExportedTransaction { return exportedTransaction(t, calendar) }
	e.writeValue(`{"exportedAt":`, wireTime(o.now()))
	e.writeValue(`,"profile":`, exportedProfile(user))
	exportList(ctx, e, "accounts", accounts, wireAccount)
	exportList(ctx, e, "categories", v.EachCategory, wireCategory)
	exportList(ctx, e, "transactions", v.EachTransaction, transactions)
	exportList(ctx, e, "budgets", v.EachBudget, exportedBudget)
	exportList(ctx, e, "sessions", v.EachSession, exportedSession)
	exportList(ctx, e, "apiKeys", v.EachKey, exportedKey)
	e.writeValue(`,"tokens":`, e.tokens(ctx, v, user.ID))
	exportList(ctx, e, "tokenTransactions", v.EachTokenRow, exportedTokenTransaction)
	exportList(ctx, e, "usage", v.EachUsage, exportedUsage)
	exportList(ctx, e, "auditEvents", events, exportedAuditEvent)
	exportList(ctx, e, "mails", v.EachMail, exportedMail)
	e.writeText("}\n")
}

// exporter writes one JSON object in parts. After an error it writes nothing more.
type exporter struct {
	to     *bufio.Writer
	json   *json.Encoder
	userID uuid.UUID // whose rows are written
	err    error
}

func (e *exporter) writeText(text string) {
	if e.err == nil {
		_, e.err = e.to.WriteString(text)
	}
}

// writeValue writes the text and then the value.
func (e *exporter) writeValue(before string, value any) {
	e.writeText(before)
	if e.err == nil {
		e.err = e.json.Encode(value)
	}
}

// exportList writes a property whose value is the list of the user's rows, each
// converted by wire.
func exportList[Row, Wire any](
	ctx context.Context, e *exporter, name string,
	rows func(context.Context, uuid.UUID, func(Row) error) error, wire func(Row) Wire,
) {
	if e.err != nil {
		return
	}
	before := `,"` + name + `":[`
	err := rows(ctx, e.userID, func(row Row) error {
		e.writeValue(before, wire(row))
		before = ","
		return e.err
	})
	if before != "," {
		e.writeText(before)
	}
	e.writeText("]")
	e.err = errors.Join(e.err, err)
}

// tokens returns the user's ledger, or null without a plan.
func (e *exporter) tokens(ctx context.Context, v *repo.Snapshot, userID uuid.UUID) *gen.ExportedTokens {
	ledger, err := v.Ledger(ctx, userID)
	if errors.Is(err, repo.ErrNotFound) {
		return nil
	}
	e.err = errors.Join(e.err, err)
	return &gen.ExportedTokens{
		Balance: ledger.Balance, PlanStartedAt: wireTime(ledger.PlanStartedAt), RefillAt: timeOrNull(ledger.RefillAt),
	}
}
