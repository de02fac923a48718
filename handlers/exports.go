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
	"example.com/alta/internal/stage"
)

// exportWait is how long an export may wait for others to finish.
const exportWait = 5 * time.Second

// ExportWorkbook answers the caller's transactions as an Excel workbook.
func (o *financeOperations) ExportWorkbook(ctx context.Context, r gen.ExportWorkbookRequestObject) (gen.ExportWorkbookResponseObject, error) {
	file, err := o.export(ctx, r.Params.AccountID, export.Workbook, "movimientos.xlsx")
	if err != nil {
		return nil, err
	}
	return gen.ExportWorkbook200ApplicationVndOpenxmlformatsOfficedocumentSpreadsheetmlSheetResponse{
		Body: bytes.NewReader(file.content), ContentLength: file.length(), Headers: gen.ExportWorkbook200ResponseHeaders(file.headers),
	}, nil
}

// ExportCSV answers the caller's transactions as CSV.
func (o *financeOperations) ExportCSV(ctx context.Context, r gen.ExportCSVRequestObject) (gen.ExportCSVResponseObject, error) {
	file, err := o.export(ctx, r.Params.AccountID, export.CSV, "movimientos.csv")
	if err != nil {
		return nil, err
	}
	return gen.ExportCSV200TextCsvResponse{Body: bytes.NewReader(file.content), ContentLength: file.length(), Headers: file.headers}, nil
}

// ExportTablePDF answers the caller's transactions as a table in a PDF.
func (o *financeOperations) ExportTablePDF(ctx context.Context, r gen.ExportTablePDFRequestObject) (gen.ExportTablePDFResponseObject, error) {
	file, err := o.export(ctx, r.Params.AccountID, export.TablePDF, "movimientos_tabla.pdf")
	if err != nil {
		return nil, err
	}
	return gen.ExportTablePDF200ApplicationPdfResponse{
		Body: bytes.NewReader(file.content), ContentLength: file.length(), Headers: gen.ExportTablePDF200ResponseHeaders(file.headers),
	}, nil
}

// ExportVisualPDF answers the caller's report with a chart in a PDF.
func (o *financeOperations) ExportVisualPDF(ctx context.Context, r gen.ExportVisualPDFRequestObject) (gen.ExportVisualPDFResponseObject, error) {
	file, err := o.export(ctx, r.Params.AccountID, export.VisualPDF, "reporte_visual.pdf")
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
func (o *financeOperations) export(ctx context.Context, account *string, write func(export.Report) ([]byte, error), name string) (file exportFile, err error) {
	leave, err := o.exportGate.Enter(ctx)
	if err != nil {
		return file, err
	}
	defer leave()
	data, err := o.repo.Export(ctx, stage.From(ctx).Principal.UserID, reportAccount(account), export.MaxRows)
	if err != nil {
		return file, callerDeleted(err)
	}
	report, err := exportReport(data, o.now())
	if err != nil {
		return file, err
	}
	if file.content, err = write(report); err != nil {
		return file, fmt.Errorf("write %s: %w", name, err)
	}
	disposition := `attachment; filename="` + name + `"`
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
