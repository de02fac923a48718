package handlers

import (
	"context"
	"errors"
	"io"
	"math"
	"strings"
	"time"

	"github.com/google/uuid"

	"example.com/alta/gen"
	"example.com/alta/internal/export"
	"example.com/alta/internal/locale"
	"example.com/alta/internal/memory"
	"example.com/alta/internal/stage"
	"example.com/alta/repo"
)

// defaultAnswers is the memory for exports if the server does not know its own.
const defaultAnswers = 256 << 20

// NewAnswerBudget returns the budget of that many bytes for exports. One user may have
// a quarter of it.
func NewAnswerBudget(bytes int64) *memory.Budget {
	return memory.NewBudget(bytes, bytes/4, exportWait)
}

// exportWait is how long an export may wait for others to finish.
const exportWait = 5 * time.Second

// The memory that it takes to make a file, measured, and rounded up: a PDF of
// export.MaxRows transactions with long descriptions, or a CSV file or workbook of any
// number, which go through a file, as personal data do.
const (
	csvMemory      = 8 << 20
	workbookMemory = 24 << 20 // the library keeps 16 MiB of a sheet
	pdfMemory      = 20 << 20
	personalMemory = 2 << 20
)

// ExportWorkbook answers the caller's transactions as an Excel workbook.
func (o *financeOperations) ExportWorkbook(ctx context.Context, r gen.ExportWorkbookRequestObject) (gen.ExportWorkbookResponseObject, error) {
	file, err := o.export(ctx, workbookFile, choiceOf(gen.ExportCSVParams(r.Params)))
	if err != nil {
		return nil, err
	}
	return gen.ExportWorkbook200ApplicationVndOpenxmlformatsOfficedocumentSpreadsheetmlSheetResponse{
		Body: file.content, ContentLength: file.content.size, Headers: gen.ExportWorkbook200ResponseHeaders(file.headers),
	}, nil
}

// ExportCSV answers the caller's transactions as CSV.
func (o *financeOperations) ExportCSV(ctx context.Context, r gen.ExportCSVRequestObject) (gen.ExportCSVResponseObject, error) {
	file, err := o.export(ctx, csvFile, choiceOf(r.Params))
	if err != nil {
		return nil, err
	}
	return gen.ExportCSV200TextCsvResponse{Body: file.content, ContentLength: file.content.size, Headers: file.headers}, nil
}

// ExportTablePDF answers the caller's transactions as a table in a PDF.
func (o *financeOperations) ExportTablePDF(ctx context.Context, r gen.ExportTablePDFRequestObject) (gen.ExportTablePDFResponseObject, error) {
	file, err := o.export(ctx, tableFile, cutChoiceOf(r.Params))
	if err != nil {
		return nil, err
	}
	return gen.ExportTablePDF200ApplicationPdfResponse{
		Body: file.content, ContentLength: file.content.size, Headers: gen.ExportTablePDF200ResponseHeaders(file.headers),
	}, nil
}

// ExportVisualPDF answers the caller's report with a chart in a PDF.
func (o *financeOperations) ExportVisualPDF(ctx context.Context, r gen.ExportVisualPDFRequestObject) (gen.ExportVisualPDFResponseObject, error) {
	file, err := o.export(ctx, visualFile, cutChoiceOf(gen.ExportTablePDFParams(r.Params)))
	if err != nil {
		return nil, err
	}
	return gen.ExportVisualPDF200ApplicationPdfResponse{
		Body: file.content, ContentLength: file.content.size, Headers: gen.ExportVisualPDF200ResponseHeaders(file.headers),
	}, nil
}

// exportKind is a kind of file.
type exportKind struct {
	write            func(io.Writer, export.Report, export.Rows) error
	spanish, english string // names of the file
	memory           int64  // that making it takes, in bytes
	room             int    // how many transactions it has room for, if all are asked for
}

var (
	workbookFile = exportKind{write: export.Workbook, spanish: "movimientos.xlsx", english: "transactions.xlsx", memory: workbookMemory, room: export.MaxSheetRows}
	csvFile      = exportKind{write: export.CSV, spanish: "movimientos.csv", english: "transactions.csv", memory: csvMemory, room: math.MaxInt32}
	tableFile    = exportKind{write: inMemory(export.TablePDF), spanish: "movimientos_tabla.pdf", english: "transactions_table.pdf", memory: pdfMemory}
	visualFile   = exportKind{write: inMemory(export.VisualPDF), spanish: "reporte_visual.pdf", english: "visual_report.pdf", memory: pdfMemory}
)

// inMemory adapts a function that returns the whole file.
func inMemory(write func(export.Report, export.Rows) ([]byte, error)) func(io.Writer, export.Report, export.Rows) error {
	return func(w io.Writer, r export.Report, rows export.Rows) error {
		content, err := write(r, rows)
		if err == nil {
			_, err = w.Write(content)
		}
		return err
	}
}

// exportChoice is what the caller wants in the file.
type exportChoice struct {
	filter gen.FindTransactionsParams // without a page
	all    bool                       // however many transactions there are
}

// choiceOf reads the parameters of a file that may have all transactions.
func choiceOf(p gen.ExportCSVParams) exportChoice {
	choice := cutChoiceOf(gen.ExportTablePDFParams{
		AccountID: p.AccountID, Search: p.Search, Type: p.Type, CategoryID: p.CategoryID, Currency: p.Currency,
		StartDate: p.StartDate, EndDate: p.EndDate, Month: p.Month, Year: p.Year, Date: p.Date, Transfers: p.Transfers,
	})
	choice.all = deref(p.All, false)
	return choice
}

// cutChoiceOf reads the parameters of a file with the newest transactions.
func cutChoiceOf(p gen.ExportTablePDFParams) exportChoice {
	return exportChoice{filter: gen.FindTransactionsParams{
		AccountID: reportAccount(p.AccountID), Search: p.Search, Type: p.Type, CategoryID: p.CategoryID, Currency: p.Currency,
		StartDate: p.StartDate, EndDate: p.EndDate, Month: p.Month, Year: p.Year, Date: p.Date,
		Transfers: (*gen.FindTransactionsParamsTransfers)(p.Transfers),
	}}
}

// exportFile is a complete file with its headers.
type exportFile struct {
	content *responseBuffer
	headers gen.ExportCSV200ResponseHeaders // the other exports have the same headers
}

// export returns a file of the caller's transactions, of all accounts or of one, when
// there is memory and a processor for it. The file is complete before any of it is sent.
func (o *financeOperations) export(ctx context.Context, kind exportKind, choice exportChoice) (file exportFile, err error) {
	limit := export.MaxRows
	if choice.all {
		limit = kind.room
	}
	call := stage.From(ctx)
	share, err := o.answers.Take(ctx, call.Principal.UserID.String(), kind.memory)
	if err != nil {
		return file, err
	}
	call.OnEnd(share.Free)
	leave, err := o.exportGate.Enter(ctx)
	if err != nil {
		return file, err
	}
	defer leave()
	file.content = &responseBuffer{}
	report, err := o.writeFile(ctx, file.content, kind, choice.filter, limit)
	if err != nil {
		return file, errors.Join(err, file.content.Close())
	}
	if !call.IsStored() { // the client may be slow
		share.Shrink(min(file.content.size, bufferMemory))
	}
	name := kind.spanish
	if report.Language == locale.English {
		name = kind.english
	}
	disposition := `attachment; filename="` + name + `"`
	file.headers.ContentDisposition, file.headers.XTotalCount = &disposition, &report.Total
	if report.Total > report.Shown {
		file.headers.XTruncated = new("true")
	}
	return file, nil
}

// writeFile writes a file of at most limit transactions, from one snapshot of the
// database, and returns what is in it.
func (o *financeOperations) writeFile(
	ctx context.Context, to *responseBuffer, kind exportKind, filter gen.FindTransactionsParams, limit int,
) (report export.Report, err error) {
	err = o.repo.InSnapshot(ctx, func(s *repo.Snapshot) error {
		data, err := exportData(ctx, s, filter)
		if err != nil {
			return err
		}
		if report, err = exportReport(data, o.now(), limit); err != nil {
			return err
		}
		report.Product = o.product
		if err := to.reset(); err != nil {
			return err
		}
		calendar, err := data.Workspace.Calendar()
		if err != nil {
			return err
		}
		return kind.write(to, report, func(use func(export.Row) error) error {
			return s.ExportTransactions(ctx, data, limit, func(t repo.ExportTransaction) error { return use(exportRow(calendar, t)) })
		})
	})
	return report, err
}

// exportData reads what matches the filter, in the caller's calendar.
func exportData(ctx context.Context, s *repo.Snapshot, p gen.FindTransactionsParams) (data repo.Export, err error) {
	userID := stage.From(ctx).Principal.UserID
	w, err := s.Workspace(ctx, userID)
	if err != nil {
		return data, callerDeleted(err)
	}
	filter, err := filterOf(w, p)
	if err != nil {
		return data, err
	}
	data, err = s.Export(ctx, userID, filter)
	return data, callerDeleted(err)
}

// reportAccount reads the accountId of a report, which has been validated. An absent
// or blank text, and "null", mean all accounts.
func reportAccount(text *string) *uuid.UUID {
	if text == nil || strings.TrimSpace(*text) == "" || *text == "null" {
		return nil
	}
	id := uuid.MustParse(*text)
	return &id
}
