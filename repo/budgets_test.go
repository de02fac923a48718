package repo_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

func TestBudgets(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, clock := migrated(t, databaseURL)
		ada, grace := createUser(t, r, "ada@example.com"), createUser(t, r, "grace@example.com")
		categories, err := r.CategoriesEver(t.Context(), ada.ID)
		if err != nil {
			t.Fatal(err)
		}
		b := repo.Budget{UserID: ada.ID, CategoryID: categories[0].ID, Amount: 9_999_999_999, Currency: ada.Currency, Month: 12, Year: 2026}
		write(t, r, func(tx *repo.Tx) error { return tx.CreateBudget(t.Context(), &b) })
		if b.ID == uuid.Nil || !b.CreatedAt.Equal(start) {
			t.Errorf("got %+v", b)
		}
		clock.Advance(time.Minute)
		b.Amount, b.Month, b.Year, b.CategoryID = 1, 1, 2027, categories[1].ID
		write(t, r, func(tx *repo.Tx) error { return tx.UpdateBudget(t.Context(), &b) })
		if !b.UpdatedAt.Equal(start.Add(time.Minute)) {
			t.Errorf("it was updated at %v", b.UpdatedAt)
		}

		got, err := r.Budgets(t.Context(), ada.ID, 2027, 1)
		if diff := cmp.Diff([]repo.Budget{b}, got); diff != "" || err != nil {
			t.Errorf("Budgets: %v (-want +got):\n%s", err, diff)
		}
		for _, month := range []int{2, 12} {
			if got, err := r.Budgets(t.Context(), ada.ID, 2027, month); len(got) > 0 || err != nil {
				t.Errorf("month %d: %v, %v", month, got, err)
			}
		}
		if got, err := r.Budgets(t.Context(), grace.ID, 2027, 1); len(got) > 0 || err != nil {
			t.Errorf("another user has %v, %v", got, err)
		}

		theirs := b
		theirs.UserID, theirs.Amount = grace.ID, 5
		write(t, r, func(tx *repo.Tx) error {
			return errors.Join(tx.UpdateBudget(t.Context(), &theirs), tx.DeleteBudget(t.Context(), theirs))
		})
		if same, err := r.Budget(t.Context(), ada.ID, b.ID); !cmp.Equal(b, same) || err != nil {
			t.Errorf("another user has made it %+v, %v", same, err)
		}
		if _, err := r.Budget(t.Context(), grace.ID, b.ID); !errors.Is(err, repo.ErrNotOwner) {
			t.Errorf("of another user: %v, want ErrNotOwner", err)
		}
		write(t, r, func(tx *repo.Tx) error { return tx.DeleteBudget(t.Context(), b) })
		if _, err := r.Budget(t.Context(), ada.ID, b.ID); !errors.Is(err, repo.ErrNotFound) {
			t.Errorf("deleted: %v, want ErrNotFound", err)
		}
	})
}

// TestCategoriesEver: it returns all of the user's categories, including
// deleted ones, sorted by code points on both engines.
func TestCategoriesEver(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, _ := migrated(t, databaseURL)
		collate(t, r, databaseURL, "categories", "name")
		user := createUserWithoutCategories(t, r, "ada@example.com")
		createUser(t, r, "grace@example.com")
		names := []string{"zinc", "Zinc", "ácido", "agua", "Ñandú", "10"}
		for i, name := range names {
			addCategory(t, r, user, testCategory{name: name, kind: "EXPENSE", deleted: i%2 == 1})
		}
		list, err := r.CategoriesEver(t.Context(), user.ID)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, c := range list {
			got = append(got, c.Name)
			if deleted := slices.Index(names, c.Name)%2 == 1; deleted != (c.DeletedAt != nil) {
				t.Errorf("%s was deleted at %v", c.Name, c.DeletedAt)
			}
		}
		slices.Sort(names)
		if diff := cmp.Diff(names, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}
