package handlers

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"example.com/alta/internal/problem"
	"example.com/alta/internal/report"
	"example.com/alta/repo"
)

// The rules of categories: there are two levels, the type of a category fits that
// of its parent and of its transactions, and the budgets of subcategories fit into
// their parent's. The workspace must be locked, so that a check is still true when
// the category is written.

// checkCategoryUpdate returns the rule that a change from old to c violates, or nil.
// A change that does not touch what a rule is about does not violate it.
func checkCategoryUpdate(ctx context.Context, tx *repo.Tx, old, c repo.Category) error {
	isMoved := deref(c.ParentID, uuid.Nil) != deref(old.ParentID, uuid.Nil)
	if !isMoved && c.Type == old.Type {
		return nil
	}
	if c.ParentID != nil && *c.ParentID == c.ID {
		return problem.ErrOwnParent
	}
	if err := checkParent(ctx, tx, c, problem.ErrParentInvalid); err != nil {
		return err
	}
	children, err := tx.CategoryChildren(ctx, c.UserID, c.ID)
	if err != nil {
		return err
	}
	if isMoved && c.ParentID != nil {
		if len(children) > 0 {
			return problem.ErrNesting
		}
		if err := checkBudgetsOfMoved(ctx, tx, c); err != nil {
			return err
		}
	}
	return checkCategoryType(ctx, tx, old, c, children)
}

// checkCategoryType returns the rule about subcategories and transactions that the
// change of the category's type violates, or nil.
func checkCategoryType(ctx context.Context, tx *repo.Tx, old, c repo.Category, children []repo.Category) error {
	for _, child := range children {
		if fitsParent(child, old) && !fitsParent(child, c) {
			return problem.ErrParentType
		}
	}
	if c.Type == old.Type || c.Type == typeBoth {
		return nil
	}
	has, err := tx.CategoryHasHistory(ctx, c.UserID, c.ID, c.Type)
	if err == nil && has {
		err = problem.ErrCategoryTypeKept
	}
	return err
}

// checkBudgetsOfMoved checks the budgets of a category against those of its new
// parent. Its error is a *report.Limit.
func checkBudgetsOfMoved(ctx context.Context, tx *repo.Tx, c repo.Category) error {
	budgets, err := tx.BudgetsBeside(ctx, c.UserID, c.ID)
	if err != nil || len(budgets) == 0 {
		return err
	}
	categories, err := tx.CategoriesEver(ctx, c.UserID)
	if err != nil {
		return err
	}
	for i := range categories {
		if categories[i].ID == c.ID {
			categories[i] = c
		}
	}
	return report.CheckMove(c.ID, budgets, categories)
}

// checkParent returns the rule about parents that the category violates, or nil.
// missing is the error if the parent does not exist.
func checkParent(ctx context.Context, tx *repo.Tx, c repo.Category, missing error) error {
	if c.ParentID == nil {
		return nil
	}
	parent, err := tx.Category(ctx, c.UserID, *c.ParentID)
	switch {
	case err != nil:
		return problem.IfNotFound(err, missing)
	case parent.ParentID != nil:
		return problem.ErrNesting
	case !fitsParent(c, parent):
		return problem.ErrParentType
	}
	return nil
}

// typeBoth is the type of a category for both income and expenses.
const typeBoth = "BOTH"

// fitsParent reports whether the child's type is allowed under the parent's.
func fitsParent(child, parent repo.Category) bool {
	return parent.Type == typeBoth || child.Type == parent.Type
}

// nameTaken adds the name to repo.ErrCategoryExists, and returns other errors
// unchanged.
func nameTaken(err error, c repo.Category) error {
	if errors.Is(err, repo.ErrCategoryExists) {
		return problem.ErrCategoryExists.With(c.Name)
	}
	return err
}
