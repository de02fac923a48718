package repo

import (
	"fmt"
	"strings"
)

// maxChunk is how many rows one statement takes.
const maxChunk = 64

// inChunks calls run for parts of n rows. Their lengths are few, so that all of
// the texts of a statement that come about stay prepared, and so chosen that up
// to maxChunk rows take two statements at the most: on PostgreSQL each is a
// round trip.
func (t *Tx) inChunks(n int, run func(from, to int) error) error {
	for from := 0; from < n; {
		size := chunk(n - from)
		if err := run(from, from+size); err != nil {
			return err
		}
		from += size
	}
	return nil
}

// chunk returns the length of the next part of n rows: n itself up to 16, and
// else the next multiple of 8 below.
func chunk(n int) int {
	if n <= 16 {
		return n
	}
	return min(n&^7, maxChunk)
}

// placeholders returns "$1, $2, …" for n values.
func placeholders(n int) string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf("$%d", i+1)
	}
	return strings.Join(list, ", ")
}

// rowsOf returns "($1, $2), ($3, $4), …" for n rows of so many columns. A
// format stands for a column that has to be cast; without any, none has.
func rowsOf(n, columns int, formats ...string) string {
	var b strings.Builder
	for row := range n {
		if row > 0 {
			b.WriteString(", ")
		}
		b.WriteByte('(')
		for column := range columns {
			if column > 0 {
				b.WriteString(", ")
			}
			value := fmt.Sprintf("$%d", row*columns+column+1)
			if column < len(formats) && formats[column] != "" {
				value = fmt.Sprintf(formats[column], value)
			}
			b.WriteString(value)
		}
		b.WriteByte(')')
	}
	return b.String()
}
