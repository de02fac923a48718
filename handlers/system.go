package handlers

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"example.com/alta/gen"
	"example.com/alta/internal/meter"
	"example.com/alta/internal/metrics"
	"example.com/alta/internal/problem"
	"example.com/alta/repo"
)

// systemOperations are the operations for operators and load balancers.
type systemOperations struct {
	repo     *repo.Repo
	limits   meter.Limits
	metrics  *metrics.Metrics
	now      func() time.Time
	stopping atomic.Bool
}

// GetHealth answers that the process is alive.
func (o *systemOperations) GetHealth(context.Context, gen.GetHealthRequestObject) (gen.GetHealthResponseObject, error) {
	return gen.GetHealth200JSONResponse{Body: gen.Health{Status: gen.HealthStatusOk}}, nil
}

// readyTimeout is how long the database of a ready server may take to respond.
const readyTimeout = 2 * time.Second

// GetReadiness answers whether the server can take calls.
func (o *systemOperations) GetReadiness(ctx context.Context, _ gen.GetReadinessRequestObject) (gen.GetReadinessResponseObject, error) {
	if o.stopping.Load() {
		return nil, problem.ErrStopping
	}
	ctx, cancel := context.WithTimeout(ctx, readyTimeout)
	defer cancel()
	if err := o.repo.Ping(ctx); err != nil {
		return nil, err
	}
	if err := o.repo.WriteError(); err != nil {
		return nil, err
	}
	return gen.GetReadiness200JSONResponse{Body: gen.Health{Status: gen.HealthStatusReady}}, nil
}

// GetMetrics answers the metrics in Prometheus' text format.
func (o *systemOperations) GetMetrics(context.Context, gen.GetMetricsRequestObject) (gen.GetMetricsResponseObject, error) {
	var text strings.Builder
	if err := o.metrics.Write(&text); err != nil {
		return nil, fmt.Errorf("gather metrics: %w", err)
	}
	return gen.GetMetrics200TextResponse{Body: text.String()}, nil
}
