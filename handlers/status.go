package handlers

import (
	"context"
	"time"

	"example.com/alta/gen"
)

// mailDelay is how old the oldest unsent mail may be while mail counts as
// working.
const mailDelay = 5 * time.Minute

// GetStatus answers how the server's parts are, by checks made now.
func (o *systemOperations) GetStatus(ctx context.Context, _ gen.GetStatusRequestObject) (gen.GetStatusResponseObject, error) {
	ctx, cancel := context.WithTimeout(ctx, readyTimeout)
	defer cancel()
	database, mail := gen.ServiceStatusStatusOperational, gen.ServiceStatusStatusOperational
	if err := o.repo.Ping(ctx); err != nil {
		database, mail = gen.ServiceStatusStatusDown, gen.ServiceStatusStatusDown
	} else if outbox, err := o.repo.OutboxStatus(ctx); err != nil {
		mail = gen.ServiceStatusStatusDown
	} else if outbox.Oldest != nil && o.now().Sub(*outbox.Oldest) > mailDelay {
		mail = gen.ServiceStatusStatusDegraded
	}
	services := []gen.ServiceStatus{
		{Name: "api", Status: gen.ServiceStatusStatusOperational},
		{Name: "database", Status: database},
		{Name: "mail", Status: mail},
	}
	if shared, ok := o.limits.(interface{ Ping(context.Context) error }); ok {
		status := gen.ServiceStatusStatusOperational
		if shared.Ping(ctx) != nil {
			status = gen.ServiceStatusStatusDegraded // each process limits by itself
		}
		services = append(services, gen.ServiceStatus{Name: "rate limits", Status: status})
	}
	body := gen.Status{Overall: overall(services), Services: services, CheckedAt: wireTime(o.now())}
	return gen.GetStatus200JSONResponse{Body: body}, nil
}

// overall is the worst that the parts come to: nothing works without the
// database.
func overall(services []gen.ServiceStatus) gen.StatusOverall {
	worst := gen.StatusOverallOperational
	for _, service := range services {
		switch {
		case service.Name == "database" && service.Status == gen.ServiceStatusStatusDown:
			return gen.StatusOverallMajorOutage
		case service.Status == gen.ServiceStatusStatusDown:
			worst = gen.StatusOverallPartialOutage
		case service.Status == gen.ServiceStatusStatusDegraded && worst == gen.StatusOverallOperational:
			worst = gen.StatusOverallDegraded
		}
	}
	return worst
}
