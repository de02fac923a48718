package handlers

import (
	"context"
	"errors"

	"example.com/alta/internal/problem"
	"example.com/alta/repo"
)

// What categories are held to: two levels, and a type that fits the parent's and
// that of what is filed under them. The workspace is locked meanwhile, so what is
// found here still holds when the category is written.

// checkChange holds a category that changes from was to c to the rules.
func checkChange(ctx context.Context, tx *repo.Tx, was, c repo.Category) error {
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
	if c.ParentID != nil && len(children) > 0 {
		return problem.ErrNesting
	}
	for _, child := range children {
		if !fits(child, c) {
			return problem.ErrParentType
		}
	}
	if c.Type == was.Type || c.Type == typeBoth {
		return nil
	}
	has, err := tx.CategoryHasHistory(ctx, c.UserID, c.ID, c.Type)
	if err == nil && has {
		err = problem.ErrCategoryTypeKept
	}
	return err
}

// checkParent holds the category to its parent, where it has one. missing is the
// error of a parent that is not there.
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
	case !fits(c, parent):
		return problem.ErrParentType
	}
	return nil
}

// typeBoth is the type of a category that takes income and expenses.
const typeBoth = "BOTH"

// fits reports whether the child's type may stand under the parent's.
func fits(child, parent repo.Category) bool {
	return parent.Type == typeBoth || child.Type == parent.Type
}

// nameTaken says which name is taken, where that is what went wrong.
func nameTaken(err error, c repo.Category) error {
	if errors.Is(err, repo.ErrCategoryExists) {
		return problem.ErrCategoryExists.With(c.Name)
	}
	return err
}
