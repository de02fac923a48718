package handlers

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/oapi-codegen/nullable"

	"example.com/alta/gen"
	"example.com/alta/internal/money"
	"example.com/alta/internal/text"
	"example.com/alta/repo"
)

// wireTime returns the time in the form of all responses: UTC, with milliseconds.
func wireTime(t time.Time) string { return text.Time(t) }

// timeOrNull returns the time in the form of responses, and nil for nil.
func timeOrNull(t *time.Time) *string {
	if t == nil {
		return nil
	}
	return new(wireTime(*t))
}

// moneyOrNull returns the amount of the currency in the form of responses, and nil for
// nil.
func moneyOrNull(minor *int64, currency string) *json.Number {
	if minor == nil {
		return nil
	}
	return new(money.Number(*minor, currency))
}

// valueOrNil returns the sent value, or nil if it is absent or null.
func valueOrNil[T any](value nullable.Nullable[T]) *T {
	if v, err := value.Get(); err == nil {
		return &v
	}
	return nil
}

// valueOr returns the sent value, or current if it is absent or null.
func valueOr[T any](value nullable.Nullable[T], current T) T {
	if v, err := value.Get(); err == nil {
		return v
	}
	return current
}

// patchPtr returns the sent value, nil if it is null, or current if it is absent.
func patchPtr[T any](value nullable.Nullable[T], current *T) *T {
	if value.IsSpecified() {
		return valueOrNil(value)
	}
	return current
}

// deref returns what p points to, or fallback if p is nil.
func deref[T any](p *T, fallback T) T {
	if p == nil {
		return fallback
	}
	return *p
}

// notBlank returns the text, or nil if it is nil or has only blanks.
func notBlank(text *string) *string {
	if text == nil || strings.TrimSpace(*text) == "" {
		return nil
	}
	return text
}

// mapAll returns the list of the rows, each converted by wire. It is never nil, so that
// it is not null in JSON.
func mapAll[Row, Wire any](rows []Row, wire func(Row) Wire) []Wire {
	list := make([]Wire, len(rows))
	for i, row := range rows {
		list[i] = wire(row)
	}
	return list
}

// paging is the requested page of a list. The first page has the number 1.
type paging struct{ number, size int }

// pageOf reads the two parameters, for which the contract has defaults.
func pageOf(number, size *int32) paging {
	return paging{number: int(*number), size: int(*size)}
}

func (p paging) toRepo() repo.Page { return repo.Page{Offset: (p.number - 1) * p.size, Limit: p.size} }

// wireMeta describes the page of a list with the given total of elements.
func (p paging) wireMeta(total int) gen.PageMeta {
	pages := (total + p.size - 1) / p.size
	return gen.PageMeta{
		Page: p.number, Limit: p.size, Total: total, TotalPages: pages,
		HasNextPage: p.number < pages, HasPreviousPage: p.number > 1,
	}
}
