package handlers

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"example.com/alta/gen"
	"example.com/alta/internal/export"
	"example.com/alta/internal/memory"
	"example.com/alta/internal/stage"
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

// The memory that it takes to make a file of export.MaxRows transactions with long
// descriptions, measured, and rounded up. Personal data go through a file.
const (
	csvMemory      = 8 << 20
	workbookMemory = 12 << 20
	pdfMemory      = 20 << 20
	personalMemory = 2 << 20
)

// exportKind is a format of an export.
type exportKind struct {
	write  func(export.Report) ([]byte, error)
	name   string // of the file
	memory int64  // that making it takes, in bytes
}

// ExportWorkbook answers the caller's transactions as an Excel workbook.
func (o *financeOperations) ExportWorkbook(ctx context.Context, r gen.ExportWorkbookRequestObject) (gen.ExportWorkbookResponseObject, error) {
	file, err := o.export(ctx, r.Params.AccountID, exportKind{write: export.Workbook, name: "movimientos.xlsx", memory: workbookMemory})
	if err != nil {
		return nil, err
	}
	return gen.ExportWorkbook200ApplicationVndOpenxmlformatsOfficedocumentSpreadsheetmlSheetResponse{
		Body: bytes.NewReader(file.content), ContentLength: file.length(), Headers: gen.ExportWorkbook200ResponseHeaders(file.headers),
	}, nil
}

// ExportCSV answers the caller's transactions as CSV.
func (o *financeOperations) ExportCSV(ctx context.Context, r gen.ExportCSVRequestObject) (gen.ExportCSVResponseObject, error) {
	file, err := o.export(ctx, r.Params.AccountID, exportKind{write: export.CSV, name: "movimientos.csv", memory: csvMemory})
	if err != nil {
		return nil, err
	}
	return gen.ExportCSV200TextCsvResponse{Body: bytes.NewReader(file.content), ContentLength: file.length(), Headers: file.headers}, nil
}

// ExportTablePDF answers the caller's transactions as a table in a PDF.
func (o *financeOperations) ExportTablePDF(ctx context.Context, r gen.ExportTablePDFRequestObject) (gen.ExportTablePDFResponseObject, error) {
	file, err := o.export(ctx, r.Params.AccountID, exportKind{write: export.TablePDF, name: "movimientos_tabla.pdf", memory: pdfMemory})
	if err != nil {
		return nil, err
	}
	return gen.ExportTablePDF200ApplicationPdfResponse{
		Body: bytes.NewReader(file.content), ContentLength: file.length(), Headers: gen.ExportTablePDF200ResponseHeaders(file.headers),
	}, nil
}

// ExportVisualPDF answers the caller's report with a chart in a PDF.
func (o *financeOperations) ExportVisualPDF(ctx context.Context, r gen.ExportVisualPDFRequestObject) (gen.ExportVisualPDFResponseObject, error) {
	file, err := o.export(ctx, r.Params.AccountID, exportKind{write: export.VisualPDF, name: "reporte_visual.pdf", memory: pdfMemory})
	if err != nil {
		return nil, err
	}
	return gen.ExportVisualPDF200ApplicationPdfResponse{
		Body: bytes.NewReader(file.content), ContentLength: file.length(), Headers: gen.ExportVisualPDF200ResponseHeaders(file.headers),
	}, nil
}

// exportFile is a complete file with its headers.
type exportFile struct {
	content []byte
	headers gen.ExportCSV200ResponseHeaders // the other exports have the same headers
}

func (f exportFile) length() int64 { return int64(len(f.content)) }

// export returns a file of the caller's transactions, of all accounts or of one. The
// file is complete before any of it is sent.
func (o *financeOperations) export(ctx context.Context, account *string, kind exportKind) (file exportFile, err error) {
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
	data, err := o.repo.Export(ctx, call.Principal.UserID, reportAccount(account), export.MaxRows)
	if err != nil {
		return file, callerDeleted(err)
	}
	report, err := exportReport(data, o.now())
	if err != nil {
		return file, err
	}
	if file.content, err = kind.write(report); err != nil {
		return file, fmt.Errorf("write %s: %w", kind.name, err)
	}
	if !call.IsStored() { // the client may be slow
		share.Shrink(file.length())
	}
	disposition := `attachment; filename="` + kind.name + `"`
	file.headers.ContentDisposition, file.headers.XTotalCount = &disposition, &report.Total
	if report.Total > len(report.Rows) {
		file.headers.XTruncated = new("true")
	}
	return file, nil
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
