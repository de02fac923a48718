package main

import (
	"fmt"
	"math"
	"slices"
	"time"
)

// quantile returns the q-quantile of samples, interpolated between two samples if
// necessary. Without samples it returns 0.
func quantile(samples []time.Duration, q float64) time.Duration {
	if len(samples) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(samples))
	place := q * float64(len(sorted)-1)
	below := int(place)
	above := min(below+1, len(sorted)-1)
	return sorted[below] + time.Duration((place-float64(below))*float64(sorted[above]-sorted[below]))
}

// perSecond returns the rate of events per second: the slope of the line through
// their count over time, by least squares. A count of the events in a window has an
// error at its edges, which is too large for a few hashes per second.
func perSecond(events []time.Duration) float64 {
	n := float64(len(events))
	var sumTime, sumCount, sumProduct, sumSquare float64
	for i, event := range slices.Sorted(slices.Values(events)) {
		at, count := event.Seconds(), float64(i)
		sumTime += at
		sumCount += count
		sumProduct += at * count
		sumSquare += at * at
	}
	return (n*sumProduct - sumTime*sumCount) / (n*sumSquare - sumTime*sumTime)
}

// median returns the median of values, or NaN without values.
func median(values []float64) float64 {
	if len(values) == 0 {
		return math.NaN()
	}
	sorted := slices.Sorted(slices.Values(values))
	half := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[half]
	}
	return (sorted[half-1] + sorted[half]) / 2
}

func microseconds(d time.Duration) string {
	return fmt.Sprintf("%.1f µs", float64(d)/float64(time.Microsecond))
}

func milliseconds(d time.Duration) string {
	return fmt.Sprintf("%.2f ms", float64(d)/float64(time.Millisecond))
}
