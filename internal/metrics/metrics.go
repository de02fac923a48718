// Package metrics counts what the server does, for Prometheus.
package metrics

import (
	"io"
	"strconv"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/common/expfmt"

	"example.com/alta/internal/mail"
)

// Metrics are the server's own counters and gauges. No label has a value that a
// client chooses, so that clients cannot fill the memory with series.
type Metrics struct {
	registry  *prometheus.Registry
	requests  *prometheus.CounterVec
	durations *prometheus.HistogramVec
	hashWait  prometheus.Histogram
	mails     *prometheus.CounterVec
	mailTimes prometheus.Histogram
	charges   *prometheus.CounterVec
	signIns   *prometheus.CounterVec
	limitAway prometheus.Gauge
	storage   prometheus.Gauge
	closed    *prometheus.CounterVec
}

// New returns Metrics in a registry of their own.
func New() *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "alta_requests_total", Help: "Calls answered, by operation and status.",
		}, []string{"operation", "status"}),
		durations: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "alta_request_seconds", Help: "Time to answer a call, by operation.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30},
		}, []string{"operation"}),
		hashWait: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "alta_hash_wait_seconds", Help: "Time that a password waited to be hashed.",
			Buckets: []float64{.001, .01, .1, .25, .5, 1, 2.5, 5, 10, 30},
		}),
		mails: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "alta_mails_total", Help: "Tries to send a mail, by kind and result: sent, failed or misconfigured (and to be tried again) or dead.",
		}, []string{"kind", "result"}),
		charges: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "alta_charges_total", Help: "Calls by key that have a price, by result: charged, insufficient or refunded.",
		}, []string{"result"}),
		signIns: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "alta_google_sign_ins_total", Help: "Sign-ins by Google, by result: signed_up, linked, signed_in or refused.",
		}, []string{"result"}),
		closed: newClosed(),
		limitAway: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "alta_shared_limits_away", Help: "1 while Redis is away and each process limits calls by itself.",
		}),
		storage: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "alta_storage_away", Help: "1 while the database takes no writes.",
		}),
		mailTimes: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "alta_mail_seconds", Help: "Time of a try to send a mail.",
			Buckets: []float64{.01, .05, .1, .25, .5, 1, 2.5, 5, 10, 30},
		}),
	}
	m.registry.MustRegister(m.requests, m.durations, m.hashWait, m.mails, m.mailTimes, m.charges, m.signIns, m.limitAway, m.storage, m.closed,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Served records an answered call of the operation, which is "none" for a path
// without one.
func (m *Metrics) Served(operation string, status int, took time.Duration) {
	m.requests.WithLabelValues(operation, strconv.Itoa(status)).Inc()
	m.durations.WithLabelValues(operation).Observe(took.Seconds())
}

// Charge is the outcome of charging a call.
type Charge string

// The values of Charge.
const (
	Charged      Charge = "charged"
	Insufficient Charge = "insufficient"
	Refunded     Charge = "refunded"
)

// Charged counts a call by key that has a price.
func (m *Metrics) Charged(c Charge) { m.charges.WithLabelValues(string(c)).Inc() }

// SignedIn counts a sign-in by Google: signed_up, linked, signed_in or refused.
func (m *Metrics) SignedIn(result string) { m.signIns.WithLabelValues(result).Inc() }

// HashWaited records how long a password waited to be hashed.
func (m *Metrics) HashWaited(d time.Duration) { m.hashWait.Observe(d.Seconds()) }

// MailTried records a try to send a mail.
func (m *Metrics) MailTried(kind mail.Kind, result string, took time.Duration) {
	m.mails.WithLabelValues(string(kind), result).Inc()
	m.mailTimes.Observe(took.Seconds())
}

// LimitsAway records whether Redis, which has the shared rate limits, is unavailable.
func (m *Metrics) LimitsAway(away bool) { setIf(m.limitAway, away) }

// StorageAway records whether the database takes no writes.
func (m *Metrics) StorageAway(away bool) { setIf(m.storage, away) }

// setIf sets the gauge to 1 or 0.
func setIf(gauge prometheus.Gauge, on bool) {
	gauge.Set(0)
	if on {
		gauge.Set(1)
	}
}

// Watch adds gauges that are read at each scrape: the lengths of the queues of
// passwords and of writes, and the state of each connection pool.
func (m *Metrics) Watch(hashQueue, writeQueue func() int, pools map[string]*sqlx.DB) {
	m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "alta_hash_queue", Help: "Passwords waiting to be hashed.",
	}, func() float64 { return float64(hashQueue()) }))
	m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "alta_write_queue", Help: "Writes of users that run or wait for their turn.",
	}, func() float64 { return float64(writeQueue()) }))
	for name, pool := range pools {
		m.registry.MustRegister(collectors.NewDBStatsCollector(pool.DB, name))
	}
}

// Write writes all metrics in Prometheus' text format, version 0.0.4. It returns the
// error of gathering or writing them.
func (m *Metrics) Write(w io.Writer) error {
	families, err := m.registry.Gather()
	if err != nil {
		return err
	}
	encoder := expfmt.NewEncoder(w, expfmt.NewFormat(expfmt.TypeTextPlain))
	for _, family := range families {
		if err := encoder.Encode(family); err != nil {
			return err
		}
	}
	return nil
}
