package repo

import (
	"fmt"
	"strings"
)

// maxChunk is the largest number of rows in one statement.
const maxChunk = 64

// inChunks calls run for consecutive parts of n rows. The parts have one of 22
// sizes, so that every text of a statement stays prepared. Up to maxChunk rows
// need at most two statements, each of which is a round trip on PostgreSQL.
func inChunks(n int, run func(from, to int) error) error {
	for from := 0; from < n; {
		size := chunk(n - from)
		if err := run(from, from+size); err != nil {
			return err
		}
		from += size
	}
	return nil
}

// chunk returns the size of the next part of n rows: n itself up to 16,
// otherwise the next lower multiple of 8, at most maxChunk.
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

// rowsOf returns "($1, $2), ($3, $4), …" for n rows with the given number of
// columns. formats holds a format for each column that needs a cast, and "" for
// the others; columns without one are plain.
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
