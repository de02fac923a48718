package metrics

import "github.com/prometheus/client_golang/prometheus"

// ConnectionClosed counts a connection that was closed because there were too many:
// "idle" if it waited for its client, "refused" if it was new.
func (m *Metrics) ConnectionClosed(reason string) { m.closed.WithLabelValues(reason).Inc() }

// WatchConnections adds gauges of the connections of clients: all, and those that wait
// for their client. count is called at each scrape.
func (m *Metrics) WatchConnections(count func() (all, waiting int)) {
	gauge := func(name, help string, read func() int) prometheus.Collector {
		return prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, func() float64 { return float64(read()) })
	}
	m.registry.MustRegister(
		gauge("alta_connections", "Connections of clients.", func() int {
			all, _ := count()
			return all
		}),
		gauge("alta_connections_waiting", "Connections of clients that are idle or whose request has not arrived.", func() int {
			_, waiting := count()
			return waiting
		}),
	)
}

// newClosed returns the counter of connections that were closed for want of room.
func newClosed() *prometheus.CounterVec {
	return prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "alta_connections_closed_total", Help: "Connections closed because there were too many, by reason: idle or refused.",
	}, []string{"reason"})
}
