package report

import (
	"errors"
	"math"
	"math/bits"

	"github.com/google/uuid"

	"example.com/alta/repo"
)

// Errors of CheckBudget. The last two come in a Limit.
var (
	ErrNoCategory    = errors.New("the user has no such category")
	ErrTaken         = errors.New("the category has a budget in that month")
	ErrAboveParent   = errors.New("the budgets of the subcategories come to more than their parent's")
	ErrBelowChildren = errors.New("the budget is less than those of the subcategories")
)

// Limit is the error for a budget that conflicts with others, with the amount
// that would fit.
type Limit struct {
	Err      error // ErrAboveParent or ErrBelowChildren
	Amount   int64
	Currency string
}

// Error returns the text of Err.
func (l *Limit) Error() string { return l.Err.Error() }

// Unwrap returns Err.
func (l *Limit) Unwrap() error { return l.Err }

// CheckBudget reports whether the budget may stand beside the others of its
// month, which may include its own former version. Budgets of deleted categories
// do not count. If budgets exceed their parent's already, a change that does not
// make it worse is allowed. Its errors are ErrNoCategory, ErrTaken and *Limit.
func CheckBudget(wanted repo.Budget, month []repo.Budget, list []repo.Category) error {
	index := byID(list)
	category := index[wanted.CategoryID]
	if category == nil || category.DeletedAt != nil {
		return ErrNoCategory
	}
	var sums, former [relations]int64
	for _, budget := range month {
		other := index[budget.CategoryID]
		if other == nil || other.DeletedAt != nil {
			continue
		}
		relation := relationOf(other, category)
		switch {
		case budget.ID == wanted.ID:
			former[relation] = budget.Amount
		case relation == same:
			return ErrTaken
		default:
			sums[relation] = add(sums[relation], budget.Amount)
		}
	}
	inParent := max(former[same], former[sibling]) // what it takes of the parent's already
	if limit := sums[parent]; limit > 0 && wanted.Amount > inParent && add(sums[sibling], wanted.Amount) > limit {
		return &Limit{Err: ErrAboveParent, Amount: max(0, limit-sums[sibling]), Currency: wanted.Currency}
	}
	if wanted.Amount < sums[child] && (former[same] == 0 || wanted.Amount < former[same]) {
		return &Limit{Err: ErrBelowChildren, Amount: sums[child], Currency: wanted.Currency}
	}
	return nil
}

// CheckMove reports whether the budgets of the category fit into those of its
// parent. months are all budgets of the months in which the category has one, and
// list has the category as it will be. Its error is a *Limit.
func CheckMove(categoryID uuid.UUID, months []repo.Budget, list []repo.Category) error {
	type month struct{ year, month int }
	others := map[month][]repo.Budget{}
	var own []repo.Budget
	for _, budget := range months {
		if budget.CategoryID == categoryID {
			own = append(own, budget)
		} else {
			key := month{budget.Year, budget.Month}
			others[key] = append(others[key], budget)
		}
	}
	for _, budget := range own {
		if err := CheckBudget(budget, others[month{budget.Year, budget.Month}], list); err != nil {
			return err
		}
	}
	return nil
}

// relation is the relation of one category to another in the tree.
type relation int

const (
	unrelated relation = iota
	same
	parent
	child
	sibling
	relations // the number of relations
)

// relationOf returns the relation of other to the category.
func relationOf(other, category *repo.Category) relation {
	switch {
	case other.ID == category.ID:
		return same
	case category.ParentID != nil && *category.ParentID == other.ID:
		return parent
	case other.ParentID != nil && *other.ParentID == category.ID:
		return child
	case category.ParentID != nil && other.ParentID != nil && *category.ParentID == *other.ParentID:
		return sibling
	}
	return unrelated
}

// Statuses of a Node.
const (
	StatusOK         = "OK"
	StatusWarning    = "WARNING"
	StatusExceeded   = "EXCEEDED"
	StatusUnbudgeted = "UNBUDGETED"
)

// Node is a category in the tree of budgets.
type Node struct {
	Category *repo.Category // nil for spending without a category
	Budget   *repo.Budget   // nil if there is none
	Direct   int64          // spent in the category itself
	Spent    int64          // spent in the category and those below it
	Children []Node
}

// BudgetTree returns the live categories as a tree, with their budgets and
// spending. If money was spent without a category, the last node has no
// category. Spending in a deleted category counts for the category above it.
func (b Books) BudgetTree() []Node {
	index := byID(b.Categories)
	builder := treeBuilder{below: map[uuid.UUID][]*repo.Category{}, budgets: map[uuid.UUID]*repo.Budget{}, direct: b.spending(index)}
	for i := range b.Budgets {
		builder.budgets[b.Budgets[i].CategoryID] = &b.Budgets[i]
	}
	for i := range b.Categories {
		if category := &b.Categories[i]; category.DeletedAt == nil {
			above := idOf(index.live(index.parent(category)))
			builder.below[above] = append(builder.below[above], category)
		}
	}
	tree := builder.nodesBelow(uuid.Nil)
	if spent := builder.direct[uuid.Nil]; spent > 0 {
		tree = append(tree, Node{Direct: spent, Spent: spent})
	}
	return tree
}

// spending returns the money spent by live category; uuid.Nil stands for none.
func (b Books) spending(index categories) map[uuid.UUID]int64 {
	direct := map[uuid.UUID]int64{}
	for _, total := range b.Totals {
		if total.Type == repo.TypeExpense && !total.IsTransfer && total.Currency == b.Currency {
			id := idOf(index.live(index.find(total)))
			direct[id] = add(direct[id], total.Amount)
		}
	}
	return direct
}

// treeBuilder builds the tree from maps by category.
type treeBuilder struct {
	below   map[uuid.UUID][]*repo.Category // the roots are below uuid.Nil
	budgets map[uuid.UUID]*repo.Budget
	direct  map[uuid.UUID]int64
}

func (b treeBuilder) nodesBelow(above uuid.UUID) []Node {
	nodes := make([]Node, 0, len(b.below[above]))
	for _, category := range b.below[above] {
		node := Node{Category: category, Budget: b.budgets[category.ID], Direct: b.direct[category.ID], Children: b.nodesBelow(category.ID)}
		node.Spent = node.Direct
		for _, child := range node.Children {
			node.Spent = add(node.Spent, child.Spent)
		}
		nodes = append(nodes, node)
	}
	return nodes
}

func idOf(category *repo.Category) uuid.UUID {
	if category == nil {
		return uuid.Nil
	}
	return category.ID
}

// Amount returns the budgeted amount, or 0 without a budget.
func (n Node) Amount() int64 {
	if n.Budget == nil {
		return 0
	}
	return n.Budget.Amount
}

// Remaining returns how much of the budget is left, at least 0.
func (n Node) Remaining() int64 { return max(0, n.Amount()-n.Spent) }

// Percentage returns the spent share of the budget in whole percent, with
// halves rounded up; 0 without a budget, and the largest number if there is no larger.
func (n Node) Percentage() int64 {
	amount := n.Amount()
	if amount == 0 {
		return 0
	}
	high, low := bits.Mul64(uint64(n.Spent), 200)
	low, carry := bits.Add64(low, uint64(amount), 0)
	if high += carry; high >= 2*uint64(amount) {
		return math.MaxInt64
	}
	percent, _ := bits.Div64(high, low, 2*uint64(amount))
	return int64(min(percent, math.MaxInt64))
}

// Status returns the status for the spent share of the budget, before rounding.
func (n Node) Status() string {
	amount := n.Amount()
	switch {
	case amount == 0:
		return StatusUnbudgeted
	case n.Spent >= amount:
		return StatusExceeded
	case n.Spent >= amount-amount/5: // which is at least four fifths of it
		return StatusWarning
	}
	return StatusOK
}
