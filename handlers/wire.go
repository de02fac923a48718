package handlers

import (
	"encoding/json"
	"time"

	"github.com/oapi-codegen/nullable"

	"example.com/alta/gen"
	"example.com/alta/internal/money"
	"example.com/alta/repo"
)

// wireTime is how both documents write a time: UTC, with milliseconds.
func wireTime(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

// timeOrNull returns t as responses have it, nil for null.
func timeOrNull(t *time.Time) *string {
	if t == nil {
		return nil
	}
	return new(wireTime(*t))
}

// moneyOrNull returns an amount as responses have it, nil for null.
func moneyOrNull(minor *int64) *json.Number {
	if minor == nil {
		return nil
	}
	return new(money.Number(*minor))
}

// valueOrNil returns what the client sent, or nil for nothing or null.
func valueOrNil[T any](value nullable.Nullable[T]) *T {
	if v, err := value.Get(); err == nil {
		return &v
	}
	return nil
}

// valueOr returns what the client sent, and is for nothing or null.
func valueOr[T any](value nullable.Nullable[T], is T) T {
	if v, err := value.Get(); err == nil {
		return v
	}
	return is
}

// patchPtr returns what the client sent: nil for null, and is for nothing.
func patchPtr[T any](value nullable.Nullable[T], is *T) *T {
	if value.IsSpecified() {
		return valueOrNil(value)
	}
	return is
}

// deref returns the text, and standIn for none.
func deref(text *string, standIn string) string {
	if text == nil {
		return standIn
	}
	return *text
}

// mapAll returns what wire makes of each element; an empty list, not null, of
// none.
func mapAll[Row, Wire any](rows []Row, wire func(Row) Wire) []Wire {
	list := make([]Wire, len(rows))
	for i, row := range rows {
		list[i] = wire(row)
	}
	return list
}

// paging is which page of a list a caller wants. Pages are counted from 1.
type paging struct{ number, size int }

// pageOf reads the two parameters, for which the contract has defaults.
func pageOf(number, size *int32) paging {
	return paging{number: int(*number), size: int(*size)}
}

func (p paging) rows() repo.Page { return repo.Page{Offset: (p.number - 1) * p.size, Limit: p.size} }

// meta describes the page of a list with so many elements in total.
func (p paging) meta(total int) gen.PageMeta {
	pages := (total + p.size - 1) / p.size
	return gen.PageMeta{
		Page: p.number, Limit: p.size, Total: total, TotalPages: pages,
		HasNextPage: p.number < pages, HasPreviousPage: p.number > 1,
	}
}
