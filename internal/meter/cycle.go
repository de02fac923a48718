package meter

import "time"

// Cycle returns the plan month that contains at: from one anniversary of the
// plan's start to the next, in UTC. An anniversary on the 29th to 31st falls on
// the last day of a shorter month, and the next one is on the original day
// again. at must not be before start.
func Cycle(start, at time.Time) (begin, end time.Time) {
	start, at = start.UTC(), at.UTC()
	months := 12*(at.Year()-start.Year()) + int(at.Month()-start.Month())
	if anniversary(start, months).After(at) {
		months--
	}
	return anniversary(start, months), anniversary(start, months+1)
}

func anniversary(start time.Time, months int) time.Time {
	year, month, day := start.Date()
	hour, minute, second := start.Clock()
	month += time.Month(months)
	last := time.Date(year, month+1, 0, 0, 0, 0, 0, time.UTC).Day()
	return time.Date(year, month, min(day, last), hour, minute, second, start.Nanosecond(), time.UTC)
}
