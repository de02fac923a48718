package fiscal

import (
	"errors"
	"regexp"
	"time"
)

// ErrDate is the error of a text that is no date.
var ErrDate = errors.New("not a date of ISO 8601")

// dateText is a calendar day, with or without a time of it, with or without an
// offset. Years, weeks and months are no days, and are not taken.
var dateText = regexp.MustCompile(`^([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[T ]([0-9]{2}:[0-9]{2})(:[0-9]{2}(?:[.,][0-9]{1,9})?)?(Z|[+-][0-2][0-9]:?[0-5][0-9])?)?$`)

// ParseDate reads a date of ISO 8601: 2026-01-31, 2026-01-31T10:30,
// 2026-01-31T10:30:00.000Z or 2026-01-31T10:30:00-03:00. A text without an
// offset is a time in zone, and one without a time the first moment of its day
// there, which dateOnly tells. Days that no calendar has, such as 30 February,
// are ErrDate. So are the years 0, 1 and 9999, which a zone could move out of
// four digits. The time is in UTC.
func ParseDate(text string, zone *time.Location) (t time.Time, dateOnly bool, err error) {
	parts := dateText.FindStringSubmatch(text)
	if parts == nil {
		return time.Time{}, false, ErrDate
	}
	day, err := time.Parse(time.DateOnly, parts[1])
	if err != nil || day.Year() < 2 || day.Year() > 9998 {
		return time.Time{}, false, ErrDate
	}
	if parts[2] == "" {
		return Calendar{Zone: zone}.midnight(day.Date()), true, nil
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
	if t, err = time.ParseInLocation(layout, parts[1]+"T"+parts[2]+clock+parts[4], zone); err != nil {
		return time.Time{}, false, ErrDate
	}
	return t.UTC(), false, nil
}

// CheckDate reports whether the text is a date. Its error is ErrDate.
func CheckDate(text string) error {
	_, _, err := ParseDate(text, time.UTC)
	return err
}
