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
