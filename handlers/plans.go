package handlers

import (
	"context"
	"strings"

	"golang.org/x/text/language"
	"golang.org/x/text/message"

	"example.com/alta/gen"
	"example.com/alta/internal/stage"
	"example.com/alta/repo"
)

// ListPlans answers the plans with their prices and features.
func (o *tokenOperations) ListPlans(ctx context.Context, _ gen.ListPlansRequestObject) (gen.ListPlansResponseObject, error) {
	plans, err := o.repo.Plans(ctx)
	if err != nil {
		return nil, err
	}
	body := gen.PlanList{
		Status: gen.PlanListStatusSuccess, RequestID: stage.From(ctx).ID, Timestamp: wireTime(o.now()),
		Data: make([]gen.Plan, len(plans)),
	}
	for i, plan := range plans {
		body.Data[i] = wirePlan(i+1, plan)
	}
	return gen.ListPlans200JSONResponse{Body: body}, nil
}

func wirePlan(number int, p repo.Plan) gen.Plan {
	english := message.NewPrinter(language.English)
	return gen.Plan{
		ID:       number,
		Name:     strings.ToUpper(p.Name[:1]) + p.Name[1:],
		Price:    p.PriceCents,
		Currency: "USD",
		Features: []string{
			english.Sprintf("%d tokens a month", p.TokensPerMonth),
			english.Sprintf("%d requests a minute", p.RequestsPerMinute),
		},
		TokensPerMonth:    p.TokensPerMonth,
		RequestsPerMinute: p.RequestsPerMinute,
	}
}
