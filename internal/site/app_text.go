package site

import (
	"fmt"

	"example.com/alta/gen"
)

// appText has the texts of these pages.
type appText struct {
	Done map[string]string // by code, for toasts

	Types, CategoryTypes, AccountTypes, Statuses map[string]string // by what the API calls them

	Navigation, Overview, Transactions, Accounts, Categories, Budgets string
	PreviousMonth, NextMonth, CurrentMonth                            string
	Filter, All, AllAccounts, ClearFilter                             string

	Income, Expenses, Result, Total, Sums string
	Spending, NoSpending, FixedVariable   string
	BudgetsNone, BudgetsLink              string
	Recent, RecentNone, RecentAll         string
	SpendingOther, SpendingOthers         string // the second with how many categories
	AccountsAll                           string // with how many

	RecentOfMonth, RecentNoneOfMonth, RecentAllOfMonth string
	AvailableOn, BalancesOn                            string // on the overview of another month; %s: today

	Welcome, WelcomeAlone, WelcomeSays         string
	StepMoney, StepMoneySays, StepMoneyButton  string
	StepSpend, StepSpendSays, StepSpendButton  string
	StepBudget, StepBudgetSays, StepBudgetLink string

	Add, AddButton, Save                                       string
	Type, Amount, AmountOf, Account, Category                  string
	AmountHints, BadAmounts                                    map[int]string // by how many decimals the currency has
	NoCategory, Date, Description, Search, FromDay, ToDay      string
	EditTransaction, DeleteTransaction, DeleteTransactionSays  string
	DeleteButton                                               string
	TransactionsNone, TransactionsNoMatch, Counted, CountedOne string
	Newer, Older, Export                                       string
	ExportWorkbook, ExportCSV, ExportPDF, ExportVisual         string

	CreateAccount, NewAccount, Name, Currency, TargetAmount, TargetHint string
	TargetDate, Goal, GoalBy                                            string
	DeleteAccount, DeleteAccountSays                                    string
	Deposit, DepositButton                                              string
	Transfer, TransferSays, TransferButton, TransferFrom, TransferTo    string

	NewCategory, CreateCategory, CategoryOf, Parent, NoParent, Fixed string
	CategoriesNone, Seed, DeleteCategory, DeleteCategorySays         string
	AlsoDeletes, AlsoDeletesOne, DeletedAlong, DeletedAlongOne       string

	NewBudget, CreateBudget, SetBudget, SpentOf, LeftOver, TooMuch, Over string
	BudgetsEmpty, DeleteBudget, DeleteBudgetSays                         string

	NotOffered, UnclearAmount, NotPositive, BadFilter                string
	AfterLast, AfterOne, ToLastPage                                  string // the first with a number in it
	NoFunds, OutOfRange, AboveParent, BelowChildren, Invalid         string
	Holds, Available, Together                                       string // with an amount in them
	BudgetTaken, TooEarly, OtherType, OtherCurrency, SameAccount     string
	TransferFixed, AccountGone, DefaultKept, CurrencyKept, NameTaken string
	InDebt, NotEmpty, Opening, OpeningHint, AllowNegative            string
	DeletedAccount                                                   string
	BadParent, TypeOfParent, TypeKept, HasCategories                 string
	UnderWay, SentBefore                                             string

	TooManyAccounts, TooManyCategories, TooManyDeleted, TooManyBudgets, TooManyTransactions string // with the bound in them
}

func (t *appText) labelAmount(currency string) string { return fmt.Sprintf(t.AmountOf, currency) }

// describePage says which of how many transactions a page shows.
func (t *appText) describePage(meta gen.PageMeta) string {
	if meta.Total == 1 {
		return t.CountedOne
	}
	return fmt.Sprintf(t.Counted, meta.Total, meta.Page, max(1, meta.TotalPages))
}

// describeGoal says how much of an amount is reached, and by when it is to be.
func (t *appText) describeGoal(percent int, amount, by string) string {
	if by == "" {
		return fmt.Sprintf(t.Goal, percent, amount)
	}
	return fmt.Sprintf(t.GoalBy, percent, amount, by)
}

func (t *appText) describeFixed(fixed, variable string) string {
	return fmt.Sprintf(t.FixedVariable, fixed, variable)
}

func (t *appText) describeSpent(spent, amount string) string {
	return fmt.Sprintf(t.SpentOf, spent, amount)
}

func (t *appText) describeLeft(amount string) string { return fmt.Sprintf(t.LeftOver, amount) }

func (t *appText) describeExcess(amount string) string { return fmt.Sprintf(t.TooMuch, amount) }

// warnOfChildren says how many subcategories are deleted with a category.
func (t *appText) warnOfChildren(n int) string { return countOf(n, t.AlsoDeletesOne, t.AlsoDeletes) }

// tellOfChildren says how many subcategories were deleted with a category.
func (t *appText) tellOfChildren(n int) string { return countOf(n, t.DeletedAlongOne, t.DeletedAlong) }

// countOf returns the text for one, or that for n with the number in it.
func countOf(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return fmt.Sprintf(many, n)
}
