package repo

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"example.com/alta/internal/fiscal"
)

// The default wallet.
const (
	walletName  = "Efectivo / Billetera"
	walletIcon  = "wallet"
	walletColor = "#10B981"
)

// defaultCategory is a category that registration creates, with its children,
// which have the same colour.
type defaultCategory struct {
	name, kind, color, icon string
	fixed                   bool
	children                []defaultCategory
}

// defaultCategories are the 24 default categories.
var defaultCategories = []defaultCategory{
	{name: "Servicios", kind: "EXPENSE", color: "#AA96DA", icon: "Zap", fixed: true, children: []defaultCategory{
		{name: "Luz / Electricidad", kind: "EXPENSE", icon: "Lightbulb", fixed: true},
		{name: "Agua", kind: "EXPENSE", icon: "Droplet", fixed: true},
		{name: "Gas", kind: "EXPENSE", icon: "Flame", fixed: true},
		{name: "Internet / Cable", kind: "EXPENSE", icon: "Wifi", fixed: true},
		{name: "Celular", kind: "EXPENSE", icon: "Smartphone", fixed: true},
	}},
	{name: "Alimentación", kind: "EXPENSE", color: "#FF6B6B", icon: "Utensils", children: []defaultCategory{
		{name: "Supermercado", kind: "EXPENSE", icon: "ShoppingCart"},
		{name: "Restaurantes / Delivery", kind: "EXPENSE", icon: "Utensils"},
	}},
	{name: "Transporte", kind: "EXPENSE", color: "#4ECDC4", icon: "Car", children: []defaultCategory{
		{name: "Combustible / Nafta", kind: "EXPENSE", icon: "Fuel"},
		{name: "Uber / Cabify", kind: "EXPENSE", icon: "MapPin"},
		{name: "Transporte Público", kind: "EXPENSE", icon: "Bus"},
	}},
	{name: "Ingresos", kind: "INCOME", color: "#6BCF7F", icon: "Wallet", fixed: true, children: []defaultCategory{
		{name: "Salario Mensual", kind: "INCOME", icon: "Banknote", fixed: true},
		{name: "Freelance / Extra", kind: "INCOME", icon: "Laptop"},
		{name: "Inversiones", kind: "INCOME", icon: "TrendingUp"},
	}},
	{name: "Ocio y Vida Social", kind: "EXPENSE", color: "#F38181", icon: "Clapperboard", children: []defaultCategory{
		{name: "Cine / Streaming", kind: "EXPENSE", icon: "Tv"},
		{name: "Salidas", kind: "EXPENSE", icon: "Beer"},
	}},
	{name: "Salud", kind: "EXPENSE", color: "#95E1D3", icon: "HeartPulse"},
	{name: "Educación", kind: "EXPENSE", color: "#A8D8EA", icon: "GraduationCap", fixed: true},
	{name: "Ropa", kind: "EXPENSE", color: "#FFD93D", icon: "Shirt"},
	{name: "Otros", kind: "BOTH", color: "#95A5A6", icon: "MoreHorizontal"},
}

// createWorkspace gives a new user the default wallet, in the user's currency,
// and the default categories.
func (t financeWrites) createWorkspace(ctx context.Context, userID uuid.UUID, currency string) error {
	_, err := t.exec(ctx, `
INSERT INTO accounts (id, user_id, name, type, currency, balance, color, icon, is_default, created_at, updated_at)
VALUES ($1, $2, $3, 'WALLET', $4, 0, $5, $6, TRUE, $7, $7)`,
		uuid.NewString(), userID.String(), walletName, currency, walletColor, walletIcon, t.now)
	if err != nil {
		return err
	}
	_, err = t.SeedCategories(ctx, userID)
	return err
}

// SeedCategories adds the default categories and returns them, each parent
// before its children.
func (t financeWrites) SeedCategories(ctx context.Context, userID uuid.UUID) (seeded []Category, err error) {
	add := func(c defaultCategory, color string, parent *uuid.UUID) *uuid.UUID {
		id, icon := uuid.New(), c.icon
		seeded = append(seeded, Category{
			ID: id, UserID: userID, Name: c.name, Type: c.kind, IsFixed: c.fixed, Color: &color, Icon: &icon, ParentID: parent,
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
	return seeded, t.insertCategories(ctx, seeded)
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
	err = t.get(ctx, &w, sqlSelectWorkspace+t.engine.forUpdate("users"), userID.String())
	return w, err
}
