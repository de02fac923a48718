package handlers

import (
	"context"
	"fmt"
	"strings"
	"time"

	"example.com/alta/gen"
	"example.com/alta/internal/problem"
)

// GetHealth answers that the process is alive.
func (s *Server) GetHealth(context.Context, gen.GetHealthRequestObject) (gen.GetHealthResponseObject, error) {
	return gen.GetHealth200JSONResponse{Body: gen.Health{Status: gen.HealthStatusOk}}, nil
}

// readyTimeout is how long the database may take to answer a server that is
// called ready.
const readyTimeout = 2 * time.Second

// GetReadiness answers whether the server can take calls.
func (s *Server) GetReadiness(ctx context.Context, _ gen.GetReadinessRequestObject) (gen.GetReadinessResponseObject, error) {
	if s.stopping.Load() {
		return nil, problem.ErrStopping
	}
	ctx, cancel := context.WithTimeout(ctx, readyTimeout)
	defer cancel()
	if err := s.Repo.Ping(ctx); err != nil {
		return nil, err
	}
	return gen.GetReadiness200JSONResponse{Body: gen.Health{Status: gen.HealthStatusReady}}, nil
}

// GetMetrics answers the metrics in Prometheus' text format.
func (s *Server) GetMetrics(context.Context, gen.GetMetricsRequestObject) (gen.GetMetricsResponseObject, error) {
	var text strings.Builder
	if err := s.Metrics.Write(&text); err != nil {
		return nil, fmt.Errorf("gather metrics: %w", err)
	}
	return gen.GetMetrics200TextResponse{Body: text.String()}, nil
}
