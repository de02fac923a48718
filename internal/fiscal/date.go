package fiscal

import (
	"errors"
	"regexp"
	"time"
)

// ErrDate is the error for a text that is not a date.
var ErrDate = errors.New("not a date of ISO 8601")

// dateText matches a calendar day, which a time of day and an offset may
// follow. It matches no years, weeks or months.
var dateText = regexp.MustCompile(`^([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[T ]([0-9]{2}:[0-9]{2})(:[0-9]{2}(?:[.,][0-9]{1,9})?)?(Z|[+-][0-2][0-9]:?[0-5][0-9])?)?$`)

// Date is a date as somebody gave it: an instant, or a calendar day.
type Date struct {
	Time time.Time // the instant, or the first moment of the day in the zone; in UTC
	Day  string    // the day, such as 2026-01-31; empty if a time of day was given
}

// ParseDate reads an ISO 8601 date: 2026-01-31, 2026-01-31T10:30,
// 2026-01-31T10:30:00.000Z or 2026-01-31T10:30:00-03:00. A text without an
// offset is a time in zone. A text without a time of day is a day, and stays it
// if the zone changes. ParseDate returns ErrDate for days that no calendar has,
// such as 30 February, and for the years 0, 1 and 9999, because a zone could
// move those out of four digits.
func ParseDate(text string, zone *time.Location) (Date, error) {
	parts := dateText.FindStringSubmatch(text)
	if parts == nil {
		return Date{}, ErrDate
	}
	day, err := time.Parse(time.DateOnly, parts[1])
	if err != nil || day.Year() < 2 || day.Year() > 9998 {
		return Date{}, ErrDate
	}
	if parts[2] == "" {
		return Date{Time: Calendar{Zone: zone}.midnight(day.Date()), Day: text}, nil
	}
	layout, clock := time.DateOnly+"T15:04:05", parts[3]
	if clock == "" {
		clock = ":00"
	}
	switch len(parts[4]) {
	case len("Z"), len("-03:00"):
		layout += "Z07:00"
	case len("-0300"):
		layout += "Z0700"
	}
	t, err := time.ParseInLocation(layout, parts[1]+"T"+parts[2]+clock+parts[4], zone)
	if err != nil {
		return Date{}, ErrDate
	}
	return Date{Time: t.UTC()}, nil
}

// CheckDate returns ErrDate if the text is not a date.
func CheckDate(text string) error {
	_, err := ParseDate(text, time.UTC)
	return err
}
