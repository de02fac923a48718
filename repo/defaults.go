package repo

import "example.com/alta/internal/locale"

// words is a text in each language of Alta.
type words struct{ spanish, english string }

// in returns the text in the language; any other than English is Spanish, the
// documented one.
func (w words) in(language string) string {
	if language == locale.English {
		return w.english
	}
	return w.spanish
}

// The default wallet.
var walletName = words{"Efectivo / Billetera", "Cash / Wallet"}

const (
	walletIcon  = "wallet"
	walletColor = "#10B981"
)

// transferCategoryName is the name of the category for transfers.
var transferCategoryName = words{"Transferencia", "Transfer"}

// defaultCategory is a category that registration creates, with its children,
// which have the same colour.
type defaultCategory struct {
	name              words
	kind, color, icon string
	fixed             bool
	children          []defaultCategory
}

// defaultCategories are the 24 default categories.
var defaultCategories = []defaultCategory{
	{name: words{"Servicios", "Utilities"}, kind: "EXPENSE", color: "#AA96DA", icon: "Zap", fixed: true, children: []defaultCategory{
		{name: words{"Luz / Electricidad", "Electricity"}, kind: "EXPENSE", icon: "Lightbulb", fixed: true},
		{name: words{"Agua", "Water"}, kind: "EXPENSE", icon: "Droplet", fixed: true},
		{name: words{"Gas", "Gas"}, kind: "EXPENSE", icon: "Flame", fixed: true},
		{name: words{"Internet / Cable", "Internet / Cable"}, kind: "EXPENSE", icon: "Wifi", fixed: true},
		{name: words{"Celular", "Mobile Phone"}, kind: "EXPENSE", icon: "Smartphone", fixed: true},
	}},
	{name: words{"Alimentación", "Food"}, kind: "EXPENSE", color: "#FF6B6B", icon: "Utensils", children: []defaultCategory{
		{name: words{"Supermercado", "Groceries"}, kind: "EXPENSE", icon: "ShoppingCart"},
		{name: words{"Restaurantes / Delivery", "Restaurants / Delivery"}, kind: "EXPENSE", icon: "Utensils"},
	}},
	{name: words{"Transporte", "Transport"}, kind: "EXPENSE", color: "#4ECDC4", icon: "Car", children: []defaultCategory{
		{name: words{"Combustible / Nafta", "Fuel"}, kind: "EXPENSE", icon: "Fuel"},
		{name: words{"Uber / Cabify", "Taxi / Ride Hailing"}, kind: "EXPENSE", icon: "MapPin"},
		{name: words{"Transporte Público", "Public Transport"}, kind: "EXPENSE", icon: "Bus"},
	}},
	{name: words{"Ingresos", "Income"}, kind: "INCOME", color: "#6BCF7F", icon: "Wallet", fixed: true, children: []defaultCategory{
		{name: words{"Salario Mensual", "Monthly Salary"}, kind: "INCOME", icon: "Banknote", fixed: true},
		{name: words{"Freelance / Extra", "Freelance / Extra"}, kind: "INCOME", icon: "Laptop"},
		{name: words{"Inversiones", "Investments"}, kind: "INCOME", icon: "TrendingUp"},
	}},
	{name: words{"Ocio y Vida Social", "Leisure & Social Life"}, kind: "EXPENSE", color: "#F38181", icon: "Clapperboard", children: []defaultCategory{
		{name: words{"Cine / Streaming", "Cinema / Streaming"}, kind: "EXPENSE", icon: "Tv"},
		{name: words{"Salidas", "Going Out"}, kind: "EXPENSE", icon: "Beer"},
	}},
	{name: words{"Salud", "Health"}, kind: "EXPENSE", color: "#95E1D3", icon: "HeartPulse"},
	{name: words{"Educación", "Education"}, kind: "EXPENSE", color: "#A8D8EA", icon: "GraduationCap", fixed: true},
	{name: words{"Ropa", "Clothing"}, kind: "EXPENSE", color: "#FFD93D", icon: "Shirt"},
	{name: words{"Otros", "Other"}, kind: "BOTH", color: "#95A5A6", icon: "MoreHorizontal"},
}
