package repo

import (
	"reflect"
	"strings"
	"time"
	"unicode/utf8"
)

// storable converts the arguments of a statement to what both engines store, in
// place. Every statement passes here, so a value that no contract has checked
// (a header, the answer of another server, an argument of a command) cannot
// make it fail.
//
//   - Times are in UTC, to the microsecond: PostgreSQL's TIMESTAMP silently drops
//     the zone and rounds.
//   - Texts are valid UTF-8 without NUL, because PostgreSQL refuses all others.
func storable(args []any) []any {
	for i, arg := range args {
		switch value := arg.(type) {
		case time.Time:
			args[i] = Truncate(value)
		case *time.Time:
			if value != nil {
				args[i] = Truncate(*value)
			}
		case string:
			if !isText(value) {
				args[i] = cleanText(value)
			}
		case *string:
			if value != nil && !isText(*value) {
				args[i] = cleanText(*value)
			}
		case nil, int, int32, int64, bool, []byte:
		default:
			args[i] = storableKind(arg)
		}
	}
	return args
}

// storableKind converts a value of a type whose kind is string, such as Door, or
// a pointer to one.
func storableKind(arg any) any {
	value := reflect.ValueOf(arg)
	if value.Kind() == reflect.Pointer {
		value = value.Elem()
	}
	if value.Kind() == reflect.String && !isText(value.String()) {
		return cleanText(value.String())
	}
	return arg
}

// isText reports whether both engines store the text as it is.
func isText(text string) bool { return utf8.ValidString(text) && strings.IndexByte(text, 0) < 0 }

// cleanText returns text as the database will return it: in valid UTF-8, with U+FFFD in
// place of NUL and of each series of invalid bytes. They are not dropped, so
// the result is never a text that only lacks them, such as another user's address.
func cleanText(text string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "\uFFFD")
}
