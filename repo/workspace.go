package repo

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"example.com/alta/internal/fiscal"
)

// createWorkspace gives a new user the default wallet, in the user's currency,
// and the default categories, with names in the language.
func (t financeWrites) createWorkspace(ctx context.Context, userID uuid.UUID, currency, language string) error {
	_, err := t.exec(ctx, `
INSERT INTO accounts (id, user_id, name, type, currency, balance, color, icon, is_default, created_at, updated_at)
VALUES ($1, $2, $3, 'WALLET', $4, 0, $5, $6, TRUE, $7, $7)`,
		uuid.NewString(), userID.String(), walletName.in(language), currency, walletColor, walletIcon, t.now)
	if err != nil {
		return err
	}
	return t.insertCategories(ctx, t.defaultCategories(userID, language))
}

// SeedCategories adds the default categories, with names in the language, and
// returns them, each parent before its children. The workspace must be locked. Its
// errors are ErrTooManyCategories and ErrTooManyDeletedCategories.
func (t financeWrites) SeedCategories(ctx context.Context, userID uuid.UUID, language string) (seeded []Category, err error) {
	seeded = t.defaultCategories(userID, language)
	if err := t.checkCategoryRoom(ctx, userID, len(seeded)); err != nil {
		return nil, err
	}
	return seeded, t.insertCategories(ctx, seeded)
}

// defaultCategories returns new rows, each parent before its children.
func (t financeWrites) defaultCategories(userID uuid.UUID, language string) (seeded []Category) {
	add := func(c defaultCategory, color string, parent *uuid.UUID) *uuid.UUID {
		id, icon := uuid.New(), c.icon
		seeded = append(seeded, Category{
			ID: id, UserID: userID, Name: c.name.in(language), Type: c.kind, IsFixed: c.fixed, Color: &color, Icon: &icon, ParentID: parent,
			CreatedAt: t.now, UpdatedAt: t.now,
		})
		return &id
	}
	for _, root := range defaultCategories {
		id := add(root, root.color, nil)
		for _, child := range root.children {
			add(child, root.color, id)
		}
	}
	return seeded
}

// insertCategories adds rows of one user in one statement, parents before their
// children.
func (t financeWrites) insertCategories(ctx context.Context, list []Category) error {
	var rows []string
	args := []any{list[0].UserID.String(), t.now}
	for _, c := range list {
		n := len(args)
		args = append(args, c.ID.String(), c.Name, c.Type, c.IsFixed, c.Color, c.Icon, idOrNull(c.ParentID))
		rows = append(rows, fmt.Sprintf("($%d, $1, $%d, $%d, $%d, $%d, $%d, $%d, $2, $2)", n+1, n+2, n+3, n+4, n+5, n+6, n+7))
	}
	_, err := t.exec(ctx, `
INSERT INTO categories (id, user_id, name, type, is_fixed, color, icon, parent_id, created_at, updated_at)
VALUES `+strings.Join(rows, ", "), args...)
	return err
}

// Workspace holds the settings that a user's money depends on.
type Workspace struct {
	UserID         uuid.UUID `db:"id"`
	Currency       string    `db:"currency"` // of reports
	FiscalStartDay int       `db:"fiscal_start_day"`
	Timezone       string    `db:"timezone"` // IANA name
	Language       string    `db:"language"`
}

// Calendar returns the user's fiscal calendar.
func (w Workspace) Calendar() (fiscal.Calendar, error) {
	return fiscal.NewCalendar(w.FiscalStartDay, w.Timezone)
}

const sqlSelectWorkspace = `SELECT id, currency, fiscal_start_day, timezone, language FROM users WHERE id = $1` + sqlNotDeleted

// Workspace returns the user's workspace, or ErrNotFound.
func (r reads) Workspace(ctx context.Context, userID uuid.UUID) (w Workspace, err error) {
	err = r.get(ctx, &w, sqlSelectWorkspace, userID.String())
	return w, err
}

// LockWorkspace returns the user's workspace and locks it until the transaction
// ends. Every writer of accounts, transactions, categories, budgets or the
// settings that define months locks it first. So one writer at a time checks
// and changes balances, and no two writers deadlock. Its error is ErrNotFound.
func (t financeWrites) LockWorkspace(ctx context.Context, userID uuid.UUID) (w Workspace, err error) {
	err = t.get(ctx, &w, sqlSelectWorkspace+t.engine.waitBriefly(t.lockWait)+t.engine.forUpdate("users"), userID.String())
	return w, err
}
