package repo_test

import (
	"cmp"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

// collate gives a column of a PostgreSQL table a linguistic collation, which
// most servers have by default. So a query that sorts by the default collation
// fails the test.
func collate(t *testing.T, r *repo.Repo, databaseURL, table, column string) {
	t.Helper()
	if !repo.IsPostgres(databaseURL) {
		return
	}
	write(t, r, func(tx *repo.Tx) error {
		_, err := tx.Exec(t.Context(), `ALTER TABLE `+table+` ALTER COLUMN `+column+` TYPE text COLLATE "und-x-icu"`)
		return err
	})
}

// createUserWithoutCategories creates a user and deletes the default
// categories.
func createUserWithoutCategories(t *testing.T, r *repo.Repo, email string) repo.User {
	t.Helper()
	user := createUser(t, r, email)
	write(t, r, func(tx *repo.Tx) error {
		_, err := tx.Exec(t.Context(), `DELETE FROM categories WHERE user_id = $1`, user.ID.String())
		return err
	})
	return user
}

// testCategory holds the fields of a category that the tests set.
type testCategory struct {
	name, kind string
	deleted    bool
}

func addCategory(t *testing.T, r *repo.Repo, user repo.User, c testCategory) {
	t.Helper()
	var deletedAt *time.Time
	if c.deleted {
		deletedAt = &start
	}
	write(t, r, func(tx *repo.Tx) error {
		_, err := tx.Exec(t.Context(), `
INSERT INTO categories (id, user_id, name, type, is_fixed, created_at, updated_at, deleted_at)
VALUES ($1, $2, $3, $4, FALSE, $5, $5, $6)`,
			uuid.NewString(), user.ID.String(), c.name, c.kind, tx.Now(), deletedAt)
		return err
	})
}

// categoryNames returns the names on a page and the total.
func categoryNames(t *testing.T, r *repo.Repo, user uuid.UUID, kind string, page repo.Page) ([]string, int) {
	t.Helper()
	list, total, err := r.Categories(t.Context(), user, kind, page)
	if err != nil {
		t.Fatal(err)
	}
	names := []string{}
	for _, c := range list {
		names = append(names, c.Name)
	}
	return names, total
}

func TestCategories(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, _ := migrated(t, databaseURL)
		user := createUserWithoutCategories(t, r, "ada@example.com")
		createUser(t, r, "grace@example.com") // has categories of every type
		for _, c := range []testCategory{
			{name: "e", kind: "EXPENSE"}, {name: "b", kind: "INCOME"}, {name: "d", kind: "EXPENSE"}, {name: "a", kind: "EXPENSE"},
			{name: "c", kind: "BOTH"}, {name: "x", kind: "EXPENSE", deleted: true}, {name: "y", kind: "INCOME", deleted: true},
		} {
			addCategory(t, r, user, c)
		}
		tests := []struct {
			name  string
			user  uuid.UUID
			kind  string
			page  repo.Page
			want  []string
			total int
		}{
			{name: "all", user: user.ID, page: repo.Page{Limit: 100}, want: []string{"a", "b", "c", "d", "e"}, total: 5},
			{name: "first page", user: user.ID, page: repo.Page{Limit: 2}, want: []string{"a", "b"}, total: 5},
			{name: "second page", user: user.ID, page: repo.Page{Offset: 2, Limit: 2}, want: []string{"c", "d"}, total: 5},
			{name: "last page", user: user.ID, page: repo.Page{Offset: 4, Limit: 2}, want: []string{"e"}, total: 5},
			{name: "past the end", user: user.ID, page: repo.Page{Offset: 5, Limit: 2}, want: []string{}, total: 5},
			{name: "expenses", user: user.ID, kind: "EXPENSE", page: repo.Page{Limit: 100}, want: []string{"a", "d", "e"}, total: 3},
			{name: "second expense", user: user.ID, kind: "EXPENSE", page: repo.Page{Offset: 1, Limit: 1}, want: []string{"d"}, total: 3},
			{name: "incomes", user: user.ID, kind: "INCOME", page: repo.Page{Limit: 100}, want: []string{"b"}, total: 1},
			{name: "both", user: user.ID, kind: "BOTH", page: repo.Page{Limit: 100}, want: []string{"c"}, total: 1},
			{name: "unknown type", user: user.ID, kind: "expense", page: repo.Page{Limit: 100}, want: []string{}, total: 0},
			{name: "nobody's", user: uuid.New(), page: repo.Page{Limit: 100}, want: []string{}, total: 0},
		}
		for _, test := range tests {
			got, total := categoryNames(t, r, test.user, test.kind, test.page)
			if !slices.Equal(got, test.want) || total != test.total {
				t.Errorf("%s: %q of %d, want %q of %d", test.name, got, total, test.want, test.total)
			}
		}
	})
}

// TestCategoryOrder: both engines sort by code points, whatever the collation
// is.
func TestCategoryOrder(t *testing.T) {
	// UTF-16 would sort the last two the other way round.
	want := []string{"", "10", "9", "Zorro", "_", "a b", "ab", "agua", "zeta", "Árbol", "ñandú", "ﬁn", "😀"}
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, _ := migrated(t, databaseURL)
		collate(t, r, databaseURL, "categories", "name")
		user := createUserWithoutCategories(t, r, "ada@example.com")
		for _, name := range slices.Backward(want) {
			addCategory(t, r, user, testCategory{name: name, kind: "EXPENSE"})
		}
		if got, _ := categoryNames(t, r, user.ID, "", repo.Page{Limit: 100}); !slices.Equal(got, want) {
			t.Errorf("order %q, want %q", got, want)
		}
	})
}

// TestCategoriesOfOneName: categories with equal names have a stable order
// across pages.
func TestCategoriesOfOneName(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, _ := migrated(t, databaseURL)
		user := createUserWithoutCategories(t, r, "ada@example.com")
		for _, kind := range []string{"EXPENSE", "INCOME", "BOTH"} {
			addCategory(t, r, user, testCategory{name: "same", kind: kind})
		}
		var ids []uuid.UUID
		for offset := range 3 {
			list, _, err := r.Categories(t.Context(), user.ID, "", repo.Page{Offset: offset, Limit: 1})
			if err != nil || len(list) != 1 {
				t.Fatalf("page %d: %v, %v", offset, list, err)
			}
			ids = append(ids, list[0].ID)
		}
		byText := func(a, b uuid.UUID) int { return cmp.Compare(a.String(), b.String()) }
		if len(slices.Compact(slices.Clone(ids))) != 3 || !slices.IsSortedFunc(ids, byText) {
			t.Errorf("pages of one: %v, want three in order of id", ids)
		}
	})
}
