package handlers

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/google/uuid"

	"example.com/alta/gen"
	"example.com/alta/internal/money"
	"example.com/alta/internal/problem"
	"example.com/alta/internal/report"
	"example.com/alta/internal/stage"
	"example.com/alta/repo"
)

// ListBudgets answers the tree of categories with budgets and spending.
func (o *financeOperations) ListBudgets(ctx context.Context, r gen.ListBudgetsRequestObject) (gen.ListBudgetsResponseObject, error) {
	books, period, err := o.loadBooks(ctx, r.Params.Month, r.Params.Year)
	if err != nil {
		return nil, err
	}
	user := stage.From(ctx).Principal.UserID
	if books.Budgets, err = o.repo.Budgets(ctx, user, period.Year, int(period.Month)); err != nil {
		return nil, err
	}
	return gen.ListBudgets200JSONResponse{Body: wireNodes(books.BudgetTree(), books.Currency)}, nil
}

// GetBudget answers one of the caller's budgets.
func (o *financeOperations) GetBudget(ctx context.Context, r gen.GetBudgetRequestObject) (gen.GetBudgetResponseObject, error) {
	budget, err := budgetOf(ctx, o.repo, stage.From(ctx).Principal.UserID, r.ID)
	if err != nil {
		return nil, err
	}
	response := gen.GetBudget200JSONResponse{Body: wireBudget(budget)}
	response.Headers.ETag, err = o.calls.ETag(response.Body)
	return response, err
}

// CreateBudget creates a budget.
func (o *financeOperations) CreateBudget(ctx context.Context, r gen.CreateBudgetRequestObject) (gen.CreateBudgetResponseObject, error) {
	return inWorkspace(ctx, o, gen.CreateBudget201JSONResponse.VisitCreateBudgetResponse,
		func(tx *repo.Tx, w repo.Workspace) (response gen.CreateBudget201JSONResponse, err error) {
			budget := repo.Budget{UserID: w.UserID, CategoryID: r.Body.CategoryID, Currency: w.Currency, Month: int(r.Body.Month), Year: int(r.Body.Year)}
			if budget.Amount, err = parseAmount(ctx, propertyAmount, r.Body.Amount, w.Currency); err != nil {
				return response, err
			}
			if err := checkBudget(ctx, tx, budget); err != nil {
				return response, err
			}
			if err := tx.CreateBudget(ctx, &budget); err != nil {
				return response, err
			}
			response.Body = wireBudget(budget)
			response.Headers.ETag, err = o.calls.ETag(response.Body)
			return response, err
		})
}

// UpdateBudget changes one of the caller's budgets.
func (o *financeOperations) UpdateBudget(ctx context.Context, r gen.UpdateBudgetRequestObject) (gen.UpdateBudgetResponseObject, error) {
	return inWorkspace(ctx, o, gen.UpdateBudget200JSONResponse.VisitUpdateBudgetResponse,
		func(tx *repo.Tx, w repo.Workspace) (response gen.UpdateBudget200JSONResponse, err error) {
			budget, err := o.matchingBudget(ctx, tx, w, r.ID, r.Params.IfMatch)
			if err != nil {
				return response, err
			}
			if err := changeBudget(ctx, &budget, *r.Body); err != nil {
				return response, err
			}
			if err := checkBudget(ctx, tx, budget); err != nil {
				return response, err
			}
			if err := tx.UpdateBudget(ctx, &budget); err != nil {
				return response, err
			}
			response.Body = wireBudget(budget)
			response.Headers.ETag, err = o.calls.ETag(response.Body)
			return response, err
		})
}

// DeleteBudget deletes one of the caller's budgets permanently.
func (o *financeOperations) DeleteBudget(ctx context.Context, r gen.DeleteBudgetRequestObject) (gen.DeleteBudgetResponseObject, error) {
	return inWorkspace(ctx, o, gen.DeleteBudget200JSONResponse.VisitDeleteBudgetResponse,
		func(tx *repo.Tx, w repo.Workspace) (response gen.DeleteBudget200JSONResponse, err error) {
			budget, err := o.matchingBudget(ctx, tx, w, r.ID, r.Params.IfMatch)
			if err != nil {
				return response, err
			}
			if err := tx.DeleteBudget(ctx, budget); err != nil {
				return response, err
			}
			response.Body = wireBudget(budget)
			return response, nil
		})
}

// budgetReader reads budgets, in a transaction or outside of one.
type budgetReader interface {
	Budget(ctx context.Context, userID, id uuid.UUID) (repo.Budget, error)
}

// matchingBudget is budgetOf for a change under the condition ifMatch.
func (o *financeOperations) matchingBudget(ctx context.Context, tx *repo.Tx, w repo.Workspace, id uuid.UUID, ifMatch *string) (repo.Budget, error) {
	budget, err := budgetOf(ctx, tx, w.UserID, id)
	if err == nil {
		err = o.calls.CheckMatch(ifMatch, wireBudget(budget))
	}
	return budget, err
}

// budgetOf returns one of the user's budgets. Its errors are problem.ErrBudgetOwner
// and problem.ErrBudgetNotFound.
func budgetOf(ctx context.Context, from budgetReader, userID, id uuid.UUID) (repo.Budget, error) {
	budget, err := from.Budget(ctx, userID, id)
	if errors.Is(err, repo.ErrNotOwner) {
		err = problem.ErrBudgetOwner
	}
	return budget, problem.IfNotFound(err, problem.ErrBudgetNotFound)
}

// changeBudget applies the changes that were sent.
func changeBudget(ctx context.Context, budget *repo.Budget, changes gen.BudgetUpdate) (err error) {
	if amount := valueOrNil(changes.Amount); amount != nil {
		if budget.Amount, err = parseAmount(ctx, propertyAmount, *amount, budget.Currency); err != nil {
			return err
		}
	}
	if month := valueOrNil(changes.Month); month != nil {
		budget.Month = int(*month)
	}
	if year := valueOrNil(changes.Year); year != nil {
		budget.Year = int(*year)
	}
	if category := valueOrNil(changes.CategoryID); category != nil {
		budget.CategoryID = *category
	}
	return nil
}

// checkBudget returns why the budget conflicts with the others of its month, or nil.
func checkBudget(ctx context.Context, tx *repo.Tx, budget repo.Budget) error {
	others, err := tx.Budgets(ctx, budget.UserID, budget.Year, budget.Month)
	if err != nil {
		return err
	}
	categories, err := tx.CategoriesEver(ctx, budget.UserID)
	if err != nil {
		return err
	}
	return report.CheckBudget(budget, others, categories)
}

func wireBudget(b repo.Budget) gen.Budget {
	return gen.Budget{
		ID: b.ID, Amount: money.Number(b.Amount, b.Currency), Month: b.Month, Year: b.Year, CategoryID: b.CategoryID, UserID: b.UserID,
		CreatedAt: wireTime(b.CreatedAt), UpdatedAt: wireTime(b.UpdatedAt),
	}
}

func wireNodes(nodes []report.Node, currency string) []gen.BudgetNode {
	amount := func(minor int64) json.Number { return money.Number(minor, currency) }
	list := make([]gen.BudgetNode, len(nodes))
	for i, n := range nodes {
		list[i] = gen.BudgetNode{
			CategoryName: "Uncategorized", CategoryColor: "#cccccc", CategoryIcon: "Wallet",
			Amount: amount(n.Amount()), Spent: amount(n.Spent), DirectSpent: amount(n.Direct),
			Remaining: amount(n.Remaining()), Percentage: n.Percentage(), Status: gen.BudgetNodeStatus(n.Status()),
			Children: wireNodes(n.Children, currency),
		}
		if n.Budget != nil {
			list[i].ID = &n.Budget.ID
		}
		if c := n.Category; c != nil {
			list[i].CategoryID = &c.ID
			list[i].CategoryName, list[i].CategoryColor, list[i].CategoryIcon = c.Name, deref(c.Color, "#ccc"), deref(c.Icon, "Wallet")
		}
	}
	return list
}
