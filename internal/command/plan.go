package command

import (
	"context"
	"errors"
	"fmt"

	"example.com/alta/internal/meter"
	"example.com/alta/internal/signin"
	"example.com/alta/repo"
)

type planCommand struct {
	List planListCommand `cmd:"" help:"List plans."`
	Set  planSetCommand  `cmd:"" help:"Change the tokens, rate limit and price of a plan."`
}

type planListCommand struct {
	StorageFlags `embed:""`
	JSON         bool `help:"Print one JSON object per line." name:"json"`
}

// planLine is a plan in the list.
type planLine struct {
	Name              string `json:"name"`
	TokensPerMonth    int64  `json:"tokens_per_month"`
	RequestsPerMinute int    `json:"requests_per_minute"`
	PriceCents        int64  `json:"price_cents"`
}

// Run prints every plan.
func (c *planListCommand) Run(ctx context.Context, env *Environment) error {
	return c.withRepo(ctx, func(r *repo.Repo) error {
		plans, err := r.Plans(ctx)
		if err != nil {
			return err
		}
		list, err := newListing(env.Stdout, c.JSON, "PLAN\tTOKENS A MONTH\tREQUESTS A MINUTE\tPRICE")
		if err != nil {
			return err
		}
		for _, p := range plans {
			err := list.add(planLine(p), "%s\t%d\t%d\t$%d.%02d", p.Name, p.TokensPerMonth, p.RequestsPerMinute, p.PriceCents/100, p.PriceCents%100)
			if err != nil {
				return err
			}
		}
		return list.flush()
	})
}

type planSetCommand struct {
	StorageFlags      `embed:""`
	Name              string `arg:"" help:"free or paid."`
	Tokens            string `help:"Tokens per month; applies from each user's next refill." placeholder:"N"`
	RequestsPerMinute string `help:"Requests per minute with API keys, over all keys of an account; applies at once." placeholder:"N"`
	PriceCents        string `help:"Price per month in US cents." placeholder:"N"`
}

// Run changes the plan. Running servers use the new values from the next call on.
func (c *planSetCommand) Run(ctx context.Context, env *Environment) error {
	update, err := c.parse()
	if err != nil {
		return err
	}
	return c.withRepo(ctx, func(r *repo.Repo) error {
		var plan repo.Plan
		err := r.InTx(ctx, func(tx *repo.Tx) (err error) {
			if plan, err = tx.UpdatePlan(ctx, c.Name, update); err != nil {
				return err
			}
			detail := fmt.Sprintf("%s: %d tokens a month, %d requests a minute, %d cents",
				plan.Name, plan.TokensPerMonth, plan.RequestsPerMinute, plan.PriceCents)
			return tx.Audit(ctx, repo.AuditEvent{Kind: repo.AuditPlanSet, Actor: repo.ActorOperator, Detail: detail})
		})
		if errors.Is(err, repo.ErrNotFound) {
			return fmt.Errorf("there is no plan %s; there are free and paid", c.Name)
		}
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(env.Stdout, "%s: %d tokens a month, %d requests a minute, $%d.%02d\n",
			plan.Name, plan.TokensPerMonth, plan.RequestsPerMinute, plan.PriceCents/100, plan.PriceCents%100)
		return err
	})
}

func (c *planSetCommand) parse() (u repo.PlanUpdate, err error) {
	if c.Tokens == "" && c.RequestsPerMinute == "" && c.PriceCents == "" {
		return u, errors.New("say what to set: --tokens, --requests-per-minute or --price-cents")
	}
	var wrong problems
	number := func(flag, text string, least, most int) int {
		n, err := parseNumber(text, least, most)
		wrong.check(flag, err)
		return n
	}
	if c.Tokens != "" {
		n := int64(number("--tokens", c.Tokens, 0, 1_000_000_000))
		u.TokensPerMonth = &n
	}
	if c.RequestsPerMinute != "" {
		n := number("--requests-per-minute", c.RequestsPerMinute, 1, 1_000_000)
		u.RequestsPerMinute = &n
	}
	if c.PriceCents != "" {
		n := int64(number("--price-cents", c.PriceCents, 0, 100_000_000))
		u.PriceCents = &n
	}
	return u, wrong.err()
}

type userPlanCommand struct {
	userChange
	Name string `arg:"" help:"free or paid."`
}

// Run puts the user on the plan. If the plan has more tokens, the user gets the
// difference at once.
func (c *userPlanCommand) Run(ctx context.Context, env *Environment) error {
	return c.run(ctx, env, "on the plan "+c.Name, func(tx *repo.Tx, u repo.User) (bool, error) {
		plan, err := tx.Plan(ctx, c.Name)
		if errors.Is(err, repo.ErrNotFound) {
			return false, fmt.Errorf("there is no plan %s; there are free and paid", c.Name)
		}
		if err != nil {
			return false, err
		}
		locked, err := tx.LockUser(ctx, u.ID)
		if err != nil {
			return false, err
		}
		changed, err := meter.ChangePlan(ctx, tx, locked, plan, signin.Operator().Cause())
		if err != nil || !changed {
			return false, err
		}
		event := signin.Operator().Event(repo.AuditPlan, &u.ID)
		event.Detail = c.Name
		return true, tx.Audit(ctx, event)
	})
}
