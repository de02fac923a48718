package handlers

import (
	"context"
	"time"

	"example.com/alta/gen"
)

// mailDelay is the age of the oldest unsent mail from which mail counts as degraded.
const mailDelay = 5 * time.Minute

// GetStatus answers the health of each component, which it checks now. Whether the
// database takes writes is what the last probe has found.
func (o *systemOperations) GetStatus(ctx context.Context, _ gen.GetStatusRequestObject) (gen.GetStatusResponseObject, error) {
	ctx, cancel := context.WithTimeout(ctx, readyTimeout)
	defer cancel()
	database, mail := gen.ServiceStatusStatusOperational, gen.ServiceStatusStatusOperational
	if err := o.repo.Ping(ctx); err != nil {
		database, mail = gen.ServiceStatusStatusDown, gen.ServiceStatusStatusDown
	} else if o.repo.WriteError() != nil { // it answers reads; mails wait
		database, mail = gen.ServiceStatusStatusDegraded, gen.ServiceStatusStatusDown
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
			status = gen.ServiceStatusStatusDegraded // each process counts its own calls
		}
		services = append(services, gen.ServiceStatus{Name: "rate limits", Status: status})
	}
	body := gen.Status{Overall: overallStatus(services), Services: services, CheckedAt: wireTime(o.now())}
	return gen.GetStatus200JSONResponse{Body: body}, nil
}

// overallStatus returns the status of the whole server, which is a major outage if the
// database is down.
func overallStatus(services []gen.ServiceStatus) gen.StatusOverall {
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
