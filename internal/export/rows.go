package export

import (
	"strconv"
	"strings"

	"example.com/alta/internal/money"
)

const (
	dayFormat  = "02/01/2006"
	timeFormat = "02/01/2006 15:04"
)

// typeNames are what PDFs call the types.
var typeNames = map[string]string{income: "Ingreso", expense: "Gasto", transfer: "Transferencia"}

func typeName(row Row) string     { return typeNames[row.Type] }
func categoryName(row Row) string { return orNone(row.Category) }
func accountName(row Row) string  { return orNone(row.Account) }
func description(row Row) string  { return row.Description }
func currency(row Row) string     { return row.Currency }
func fixed(row Row) string        { return money.Fixed(row.Amount) }
func (r Report) dayText(row Row) string {
	return r.day(row).Format(dayFormat)
}

// amountColor is green for what came in, red for what went out.
func amountColor(row Row) color {
	if row.Type == income {
		return green
	}
	return red
}

// signed is the amount as the visual report has it, with its direction.
func signed(row Row) string {
	sign := "−"
	if row.Type == income {
		sign = "+"
	}
	return sign + spanish(row.Amount)
}

// spanish writes an amount as Spanish does: 1.234.567,89.
func spanish(minor int64) string {
	whole, cents, _ := strings.Cut(money.Fixed(minor), ".")
	sign := ""
	if strings.HasPrefix(whole, "-") {
		sign, whole = "−", whole[1:]
	}
	return sign + grouped(whole) + "," + cents
}

// grouped puts a point before each group of three digits.
func grouped(digits string) string {
	var out strings.Builder
	for i, digit := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			out.WriteByte('.')
		}
		out.WriteRune(digit)
	}
	return out.String()
}

// cutText says that the list is not all there is.
func (r Report) cutText() string {
	return "Se muestran los " + grouped(strconv.Itoa(len(r.Rows))) + " movimientos más recientes de " + grouped(strconv.Itoa(r.Total)) + "."
}

func (r Report) accountText() string {
	if r.Account == "" {
		return "Todas las cuentas"
	}
	return printable(r.Account)
}
