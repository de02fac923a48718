package handlers

import (
	"encoding/json"
	"time"

	"github.com/oapi-codegen/nullable"

	"example.com/alta/internal/money"
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

// sent returns what the client sent, or nil for nothing or null.
func sent[T any](value nullable.Nullable[T]) *T {
	if v, err := value.Get(); err == nil {
		return &v
	}
	return nil
}

// orKeep returns what the client sent; without it, or for null, what there is.
func orKeep[T any](value nullable.Nullable[T], is T) T {
	if v, err := value.Get(); err == nil {
		return v
	}
	return is
}

// orClear returns what the client sent, nil for null; without it what there is.
func orClear[T any](value nullable.Nullable[T], is *T) *T {
	if value.IsSpecified() {
		return sent(value)
	}
	return is
}

// or returns the text, or for none the one that stands in for it.
func or(text *string, standIn string) string {
	if text == nil {
		return standIn
	}
	return *text
}
