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

// collate gives a column of a PostgreSQL table a collation of people, as most
// servers have by default, so that an order that leans on it shows.
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

// emptyHanded makes a user without categories.
func emptyHanded(t *testing.T, r *repo.Repo, email string) repo.User {
	t.Helper()
	user := createUser(t, r, email)
	write(t, r, func(tx *repo.Tx) error {
		_, err := tx.Exec(t.Context(), `DELETE FROM categories WHERE user_id = $1`, user.ID.String())
		return err
	})
	return user
}

func addCategory(t *testing.T, r *repo.Repo, user repo.User, name, kind string, deleted bool) {
	t.Helper()
	var deletedAt *time.Time
	if deleted {
		deletedAt = &start
	}
	write(t, r, func(tx *repo.Tx) error {
		_, err := tx.Exec(t.Context(), `
INSERT INTO categories (id, user_id, name, type, is_fixed, created_at, updated_at, deleted_at)
VALUES ($1, $2, $3, $4, FALSE, $5, $5, $6)`,
			uuid.NewString(), user.ID.String(), name, kind, tx.Now(), deletedAt)
		return err
	})
}

// categoryNames returns the names on a page, and the total.
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
		user := emptyHanded(t, r, "ada@example.com")
		createUser(t, r, "grace@example.com") // has categories of every type
		for _, c := range []struct {
			name, kind string
			deleted    bool
		}{
			{"e", "EXPENSE", false}, {"b", "INCOME", false}, {"d", "EXPENSE", false}, {"a", "EXPENSE", false},
			{"c", "BOTH", false}, {"x", "EXPENSE", true}, {"y", "INCOME", true},
		} {
			addCategory(t, r, user, c.name, c.kind, c.deleted)
		}
		tests := []struct {
			name  string
			user  uuid.UUID
			kind  string
			page  repo.Page
			want  []string
			total int
		}{
			{"all", user.ID, "", repo.Page{Limit: 100}, []string{"a", "b", "c", "d", "e"}, 5},
			{"first page", user.ID, "", repo.Page{Limit: 2}, []string{"a", "b"}, 5},
			{"second page", user.ID, "", repo.Page{Offset: 2, Limit: 2}, []string{"c", "d"}, 5},
			{"last page", user.ID, "", repo.Page{Offset: 4, Limit: 2}, []string{"e"}, 5},
			{"past the end", user.ID, "", repo.Page{Offset: 5, Limit: 2}, []string{}, 5},
			{"expenses", user.ID, "EXPENSE", repo.Page{Limit: 100}, []string{"a", "d", "e"}, 3},
			{"second expense", user.ID, "EXPENSE", repo.Page{Offset: 1, Limit: 1}, []string{"d"}, 3},
			{"incomes", user.ID, "INCOME", repo.Page{Limit: 100}, []string{"b"}, 1},
			{"both", user.ID, "BOTH", repo.Page{Limit: 100}, []string{"c"}, 1},
			{"unknown type", user.ID, "expense", repo.Page{Limit: 100}, []string{}, 0},
			{"nobody's", uuid.New(), "", repo.Page{Limit: 100}, []string{}, 0},
		}
		for _, test := range tests {
			got, total := categoryNames(t, r, test.user, test.kind, test.page)
			if !slices.Equal(got, test.want) || total != test.total {
				t.Errorf("%s: %q of %d, want %q of %d", test.name, got, total, test.want, test.total)
			}
		}
	})
}

// TestCategoryOrder: both engines sort by code points, whatever the collation.
func TestCategoryOrder(t *testing.T) {
	// The last two are in the other order by UTF-16.
	want := []string{"", "10", "9", "Zorro", "_", "a b", "ab", "agua", "zeta", "Árbol", "ñandú", "ﬁn", "😀"}
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, _ := migrated(t, databaseURL)
		collate(t, r, databaseURL, "categories", "name")
		user := emptyHanded(t, r, "ada@example.com")
		for _, name := range slices.Backward(want) {
			addCategory(t, r, user, name, "EXPENSE", false)
		}
		if got, _ := categoryNames(t, r, user.ID, "", repo.Page{Limit: 100}); !slices.Equal(got, want) {
			t.Errorf("order %q, want %q", got, want)
		}
	})
}

// TestCategoriesOfOneName: rows that the name does not tell apart keep their
// place from page to page.
func TestCategoriesOfOneName(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, _ := migrated(t, databaseURL)
		user := emptyHanded(t, r, "ada@example.com")
		for _, kind := range []string{"EXPENSE", "INCOME", "BOTH"} {
			addCategory(t, r, user, "same", kind, false)
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
