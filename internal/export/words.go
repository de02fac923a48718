package export

import (
	"strconv"
	"strings"

	"example.com/alta/internal/locale"
)

// words are the texts of files in one language. Those with a %s take a text, and
// those with two take two.
type words struct {
	columns       []string // of the workbook and the CSV
	sheet         string
	types         map[string]string // names of the types in PDFs
	day, moment   string            // layouts
	point, comma  string            // of groups and of decimals
	percent       string            // after the number
	cut           string            // how many rows are shown, and of how many
	noRows        string
	page          string // its number, and how many there are
	allAccounts   string
	account       string
	noCategory    string
	tableTitle    string
	made, found   string
	shortCurrency string
	visual        visualWords
}

// visualWords are the texts of the report with a chart.
type visualWords struct {
	title, user, made, total, account string
	income, expense, net              string
	noTransfers                       string
	also                              string // a currency, and its three sums
	chart                             string // a currency
	noExpenses                        string
	others                            string // how many
	details                           string
}

var spanish = words{
	columns: []string{"Fecha", "Tipo", "Categoría", "Cuenta", "Descripción", "Monto", "Moneda"},
	sheet:   "Movimientos",
	types:   map[string]string{income: "Ingreso", expense: "Gasto", transfer: "Transferencia"},
	day:     "02/01/2006", moment: "02/01/2006 15:04",
	point: ".", comma: ",", percent: " %",
	cut:         "Se muestran los %s movimientos más recientes de %s.",
	noRows:      "No hay movimientos.",
	page:        "Página %d de %d",
	allAccounts: "Todas las cuentas", account: "Cuenta: ",
	noCategory: "Sin categoría",
	tableTitle: "Reporte de Movimientos", made: "Generado el: ", found: "Registros encontrados: %d", shortCurrency: "Mon",
	visual: visualWords{
		title: "Reporte Financiero Oficial", user: "Usuario:", made: "Fecha Generación:", total: "Total Registros:", account: "Cuenta:",
		income: "Ingresos Totales", expense: "Gastos Totales", net: "Balance Neto",
		noTransfers: "Las transferencias entre cuentas propias no se suman.",
		also:        "Además, en %s: ingresos %s, gastos %s, balance %s.",
		chart:       "Gastos por Categoría (%s)", noExpenses: "No hay gastos.", others: "Otras %d categorías",
		details: "Detalle de Movimientos",
	},
}

var english = words{
	columns: []string{"Date", "Type", "Category", "Account", "Description", "Amount", "Currency"},
	sheet:   "Transactions",
	types:   map[string]string{income: "Income", expense: "Expense", transfer: "Transfer"},
	day:     "2006-01-02", moment: "2006-01-02 15:04",
	point: ",", comma: ".", percent: "%",
	cut:         "These are the latest %s of %s transactions.",
	noRows:      "There are no transactions.",
	page:        "Page %d of %d",
	allAccounts: "All accounts", account: "Account: ",
	noCategory: "No category",
	tableTitle: "Transactions", made: "Made on: ", found: "Transactions found: %d", shortCurrency: "Cur",
	visual: visualWords{
		title: "Financial Report", user: "User:", made: "Made on:", total: "Transactions:", account: "Account:",
		income: "Total Income", expense: "Total Expenses", net: "Net Balance",
		noTransfers: "Transfers between your own accounts are not added up.",
		also:        "Also, in %s: income %s, expenses %s, balance %s.",
		chart:       "Expenses by Category (%s)", noExpenses: "There are no expenses.", others: "%d other categories",
		details: "Transactions",
	},
}

// wordsIn returns the texts in the language; any other than English is Spanish, the
// documented one.
func wordsIn(language string) *words {
	if language == locale.English {
		return &english
	}
	return &spanish
}

// groupDigits separates each group of three digits.
func (w *words) groupDigits(digits string) string {
	var out strings.Builder
	for i, digit := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			out.WriteString(w.point)
		}
		out.WriteRune(digit)
	}
	return out.String()
}

func (w *words) count(n int) string { return w.groupDigits(strconv.Itoa(n)) }
