package repo

import (
	"database/sql"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"time"

	"github.com/jmoiron/sqlx/reflectx"
)

// columns finds the fields of structs by their tag db, as sqlx does.
var columns = reflectx.NewMapperFunc("db", strings.ToLower)

// targets says where the columns of a query go: to the fields of a struct, or to the
// value itself. sqlx works that out at each run, although it depends on the text alone.
type targets struct {
	fields [][]int // nil: the value itself
}

// targetsByQuery has the targets of each text that has run, for a type.
var targetsByQuery sync.Map // queryTarget -> targets

type queryTarget struct {
	query string
	row   reflect.Type
}

// targetsOf returns where the columns of the query's rows go in a value of the type.
func targetsOf(query string, row reflect.Type, rows *sql.Rows) (targets, error) {
	key := queryTarget{query, row}
	if known, ok := targetsByQuery.Load(key); ok {
		return known.(targets), nil
	}
	names, err := rows.Columns()
	if err != nil {
		return targets{}, err
	}
	var found targets
	if isOneValue(row) {
		if len(names) != 1 {
			return targets{}, fmt.Errorf("%d columns for one %s", len(names), row)
		}
	} else {
		found.fields = columns.TraversalsByName(row, names)
		for i, path := range found.fields {
			if len(path) == 0 {
				return targets{}, fmt.Errorf("%s has no field for the column %s", row, names[i])
			}
		}
	}
	targetsByQuery.Store(key, found)
	return found, nil
}

// isOneValue reports whether a value of the type is one column.
func isOneValue(row reflect.Type) bool {
	return row.Kind() != reflect.Struct || row == reflect.TypeFor[time.Time]() ||
		reflect.PointerTo(row).Implements(reflect.TypeFor[sql.Scanner]())
}

// in appends the pointers for Scan to the value's parts.
func (t targets) in(value reflect.Value, pointers []any) []any {
	if t.fields == nil {
		return append(pointers, value.Addr().Interface())
	}
	for _, path := range t.fields {
		pointers = append(pointers, value.FieldByIndex(path).Addr().Interface())
	}
	return pointers
}

// scanOne reads the only row into target, a pointer. Without a row its error is
// sql.ErrNoRows.
func scanOne(query string, rows *sql.Rows, target any) error {
	defer rows.Close()
	if !rows.Next() {
		if err := rows.Err(); err != nil {
			return err
		}
		return sql.ErrNoRows
	}
	value := reflect.ValueOf(target).Elem()
	to, err := targetsOf(query, value.Type(), rows)
	if err != nil {
		return err
	}
	if err := rows.Scan(to.in(value, nil)...); err != nil {
		return err
	}
	return rows.Close()
}

// scanAll appends all rows to target, a pointer to a slice.
func scanAll(query string, rows *sql.Rows, target any) error {
	defer rows.Close()
	list := reflect.ValueOf(target).Elem()
	row := list.Type().Elem()
	var to targets
	var pointers []any
	for first := true; rows.Next(); first = false {
		if first {
			var err error
			if to, err = targetsOf(query, row, rows); err != nil {
				return err
			}
		}
		list.Set(reflect.Append(list, reflect.Zero(row)))
		pointers = to.in(list.Index(list.Len()-1), pointers[:0])
		if err := rows.Scan(pointers...); err != nil {
			return err
		}
	}
	return rows.Err()
}
