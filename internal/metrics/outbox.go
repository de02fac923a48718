package metrics

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"example.com/alta/repo"
)

// outboxCollector reads the state of the outbox at each scrape.
type outboxCollector struct {
	status func(context.Context) (repo.OutboxStatus, error)
	now    func() time.Time
}

var (
	outboxMails = prometheus.NewDesc("alta_outbox_mails",
		"Mails in the outbox: pending, or dead (refused for good or given up; kept for the retention of mails).", []string{"state"}, nil)
	outboxOldest = prometheus.NewDesc("alta_outbox_oldest_seconds", "Age of the oldest pending mail; 0 without one.", nil, nil)
)

// outboxTimeout is how long a scrape waits for the database.
const outboxTimeout = 2 * time.Second

// WatchOutbox adds gauges of the outbox. While the database is unavailable, they are
// left out and the other metrics are still served.
func (m *Metrics) WatchOutbox(status func(context.Context) (repo.OutboxStatus, error), now func() time.Time) {
	m.registry.MustRegister(outboxCollector{status: status, now: now})
}

// Describe is part of prometheus.Collector.
func (c outboxCollector) Describe(descriptions chan<- *prometheus.Desc) {
	descriptions <- outboxMails
	descriptions <- outboxOldest
}

// Collect is part of prometheus.Collector.
func (c outboxCollector) Collect(metrics chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), outboxTimeout)
	defer cancel()
	status, err := c.status(ctx)
	if err != nil {
		return
	}
	age := 0.0
	if status.Oldest != nil {
		age = max(0, c.now().Sub(*status.Oldest).Seconds())
	}
	metrics <- prometheus.MustNewConstMetric(outboxMails, prometheus.GaugeValue, float64(status.Pending), string(repo.MailPending))
	metrics <- prometheus.MustNewConstMetric(outboxMails, prometheus.GaugeValue, float64(status.Dead), string(repo.MailDead))
	metrics <- prometheus.MustNewConstMetric(outboxOldest, prometheus.GaugeValue, age)
}
