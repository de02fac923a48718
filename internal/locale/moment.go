package locale

import (
	"fmt"
	"strings"
	"time"
)

// Months are the names of the months in each language.
var Months = map[string][]string{
	English: {"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"},
	Spanish: {
		"enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre",
	},
}

// FormatMoment writes a time in its zone, which it names, in the language: 5 March 2026,
// 14:05 (Europe/Madrid).
func FormatMoment(language string, at time.Time) string {
	format := "%d %s %d, %s (%s)"
	if language == Spanish {
		format = "%d de %s de %d, %s (%s)"
	}
	zone := strings.ReplaceAll(at.Location().String(), "_", " ") // so that it can be broken
	return fmt.Sprintf(format, at.Day(), Months[language][at.Month()-1], at.Year(), at.Format("15:04"), zone)
}
