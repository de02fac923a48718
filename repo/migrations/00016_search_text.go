package migrations

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/pressly/goose/v3"
	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"example.com/alta/internal/text"
)

// SearchText returns the step that brings the searched form of each description up to
// date: searches ignore accents from here on.
func SearchText() *goose.Migration {
	m := goose.NewGoMigration(16, &goose.GoFunc{RunTx: searchWithoutAccents}, &goose.GoFunc{RunTx: searchWithAccents})
	m.Source = "00016_search_text.go"
	return m
}

func searchWithoutAccents(ctx context.Context, tx *sql.Tx) error {
	return refillSearchText(ctx, tx, text.SearchForm)
}

// searchWithAccents restores what the step before wrote: the form without case alone.
func searchWithAccents(ctx context.Context, tx *sql.Tx) error {
	return refillSearchText(ctx, tx, func(text string) string { return norm.NFC.String(cases.Fold().String(text)) })
}

func refillSearchText(ctx context.Context, tx *sql.Tx, form func(string) string) error {
	for last := ""; ; {
		next, values, err := searchTextsAfter(ctx, tx, last, form)
		if err != nil {
			return err
		}
		if len(values) > 0 {
			_, err = tx.ExecContext(ctx, fmt.Sprintf(`UPDATE transactions SET search_text = v.column2 FROM (VALUES %s) AS v WHERE id = v.column1`,
				pairs(len(values)/2)), values...)
		}
		if err != nil || next == "" {
			return err
		}
		last = next
	}
}

// searchTextsAfter looks at the next maxMarked descriptions after the transaction with
// the id. It returns the ids and the new forms of those that have another one, one
// after the other, and the id of the last one or, if there are no more, "".
func searchTextsAfter(ctx context.Context, tx *sql.Tx, id string, form func(string) string) (last string, values []any, err error) {
	rows, err := tx.QueryContext(ctx, fmt.Sprintf(`
SELECT id, description, search_text FROM transactions WHERE id > $1 AND description IS NOT NULL ORDER BY id LIMIT %d`, maxMarked), id)
	if err != nil {
		return "", nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var description, stored string
		if err := rows.Scan(&last, &description, &stored); err != nil {
			return "", nil, err
		}
		if want := form(description); want != stored {
			values = append(values, last, want)
		}
	}
	return last, values, rows.Err()
}
