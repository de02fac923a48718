package handlers_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/alta/internal/testdb"
)

// expectTree fails the test unless each category is a root or has a live root as its
// parent.
func (h *harness) expectTree(email string) {
	h.t.Helper()
	live := h.categories(email)
	for _, c := range live {
		if c.ParentID == nil {
			continue
		}
		if parent, ok := live[*c.ParentID]; !ok || parent.ParentID != nil {
			h.t.Errorf("%s stands under %s, which is live: %t, and under %v", c.Name, *c.ParentID, ok, parent.ParentID)
		}
	}
}

func TestCreateOneCategoryAtOnce(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		h := start(t, databaseURL)
		bearer := h.register("john@example.com")
		parent := h.newCategory(bearer, "Mascotas", "")
		for _, body := range []string{category("Veterinario", ""), category("Veterinario", parent)} {
			got := statuses(h.atOnce(func(int) *http.Request { return request("POST", "/api/categories", body, bearer) }))
			if diff := cmp.Diff(map[int]int{201: 1, 409: clients - 1}, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", body, diff)
			}
		}
		if n := len(h.categories("john@example.com")); n != 24+3 {
			t.Errorf("there are %d categories, want 27", n)
		}
	})
}

func TestRenameToOneNameAtOnce(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		h := start(t, databaseURL)
		bearer := h.register("john@example.com")
		ids := make([]string, clients)
		for i := range ids {
			ids[i] = h.newCategory(bearer, fmt.Sprintf("Mascota %d", i), "")
		}
		got := statuses(h.atOnce(func(i int) *http.Request {
			return request("PATCH", "/api/categories/"+ids[i], `{"name":"Mascotas"}`, bearer)
		}))
		if diff := cmp.Diff(map[int]int{200: 1, 409: clients - 1}, got); diff != "" {
			t.Errorf("answers (-want +got):\n%s", diff)
		}
	})
}

func TestSeedAtOnce(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		h := start(t, databaseURL)
		bearer := h.register("john@example.com")
		for id, c := range h.categories("john@example.com") {
			if c.ParentID == nil {
				h.do("DELETE", "/api/categories/"+id.String(), "", bearer).status(200)
			}
		}
		got := statuses(h.atOnce(func(int) *http.Request { return request("POST", "/api/categories/seed", "", bearer) }))
		if diff := cmp.Diff(map[int]int{201: 1, 400: clients - 1}, got); diff != "" {
			t.Errorf("answers (-want +got):\n%s", diff)
		}
		if n := len(h.categories("john@example.com")); n != 24 {
			t.Errorf("there are %d categories, want 24", n)
		}
	})
}

// TestMoveCategoriesAtOnce: many clients move a few categories under each other. The
// first move wins; there is never a cycle or a third level.
func TestMoveCategoriesAtOnce(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		h := start(t, databaseURL)
		bearer := h.register("john@example.com")
		const few = 6
		ids := make([]string, few)
		for i := range ids {
			ids[i] = h.newCategory(bearer, fmt.Sprintf("Mascota %d", i), "")
		}
		for round := range 4 {
			got := statuses(h.atOnce(func(i int) *http.Request {
				return request("PATCH", "/api/categories/"+ids[i%few], under(ids[(i+1+i/few+round)%few]), bearer)
			}))
			if got[200] == 0 || got[400] == 0 || got[200]+got[400] != clients {
				t.Errorf("answers: %v, want some 200 and some 400", got)
			}
			h.expectTree("john@example.com")
			for _, id := range ids {
				h.do("PATCH", "/api/categories/"+id, `{"parentId":null}`, bearer).status(200)
			}
		}
	})
}

// TestDeleteParentAtOnce: clients delete a category while others create children in
// it and move categories into it. Children that arrive in time are deleted with it,
// and no category keeps a deleted parent.
func TestDeleteParentAtOnce(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		h := start(t, databaseURL)
		bearer := h.register("john@example.com")
		parent := h.newCategory(bearer, "Mascotas", "")
		roots := make([]string, clients)
		for i := range roots {
			roots[i] = h.newCategory(bearer, fmt.Sprintf("Mascota %d", i), "")
		}
		answers := h.atOnce(func(i int) *http.Request {
			switch {
			case i == clients/2 || i == clients/2+1:
				return request("DELETE", "/api/categories/"+parent, "", bearer)
			case i%2 == 0:
				return request("POST", "/api/categories", category(fmt.Sprintf("Hija %d", i), parent), bearer)
			}
			return request("PATCH", "/api/categories/"+roots[i], under(parent), bearer)
		})
		in, deleted := 0, "" // in what is deleted
		for i, answer := range answers {
			body := answer.Body.String()
			switch {
			case i == clients/2 || i == clients/2+1:
				if answer.Code == 200 {
					deleted += body
				} else if answer.Code != 404 {
					t.Errorf("DELETE: got %d", answer.Code)
				}
			case answer.Code == 201 || answer.Code == 200:
				in++
			case !strings.Contains(body, "Parent category not found") && !strings.Contains(body, "Invalid parent category"):
				t.Errorf("got %d: %s", answer.Code, body)
			}
		}
		want := fmt.Sprintf(`{"message":"Category deleted successfully","childrenDeleted":%d}`, in)
		if strings.TrimSpace(deleted) != want {
			t.Errorf("deleting answered %s, want once %s", deleted, want)
		}
		h.expectTree("john@example.com")
		if n, want := len(h.categories("john@example.com")), 24+clients+statuses(answers)[201]-in; n != want {
			t.Errorf("%d categories are live, want %d", n, want)
		}
	})
}
