package repo_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/google/uuid"

	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

// wantCategory is a default category.
type wantCategory struct {
	Parent, Name, Type, Color string
	Fixed                     bool
	Icon                      string
}

// wantCategories are the default categories that every user gets.
var wantCategories = []wantCategory{
	{Name: "Servicios", Type: "EXPENSE", Color: "#AA96DA", Fixed: true, Icon: "Zap"},
	{Parent: "Servicios", Name: "Luz / Electricidad", Type: "EXPENSE", Color: "#AA96DA", Fixed: true, Icon: "Lightbulb"},
	{Parent: "Servicios", Name: "Agua", Type: "EXPENSE", Color: "#AA96DA", Fixed: true, Icon: "Droplet"},
	{Parent: "Servicios", Name: "Gas", Type: "EXPENSE", Color: "#AA96DA", Fixed: true, Icon: "Flame"},
	{Parent: "Servicios", Name: "Internet / Cable", Type: "EXPENSE", Color: "#AA96DA", Fixed: true, Icon: "Wifi"},
	{Parent: "Servicios", Name: "Celular", Type: "EXPENSE", Color: "#AA96DA", Fixed: true, Icon: "Smartphone"},
	{Name: "Alimentación", Type: "EXPENSE", Color: "#FF6B6B", Icon: "Utensils"},
	{Parent: "Alimentación", Name: "Supermercado", Type: "EXPENSE", Color: "#FF6B6B", Icon: "ShoppingCart"},
	{Parent: "Alimentación", Name: "Restaurantes / Delivery", Type: "EXPENSE", Color: "#FF6B6B", Icon: "Utensils"},
	{Name: "Transporte", Type: "EXPENSE", Color: "#4ECDC4", Icon: "Car"},
	{Parent: "Transporte", Name: "Combustible / Nafta", Type: "EXPENSE", Color: "#4ECDC4", Icon: "Fuel"},
	{Parent: "Transporte", Name: "Uber / Cabify", Type: "EXPENSE", Color: "#4ECDC4", Icon: "MapPin"},
	{Parent: "Transporte", Name: "Transporte Público", Type: "EXPENSE", Color: "#4ECDC4", Icon: "Bus"},
	{Name: "Ingresos", Type: "INCOME", Color: "#6BCF7F", Fixed: true, Icon: "Wallet"},
	{Parent: "Ingresos", Name: "Salario Mensual", Type: "INCOME", Color: "#6BCF7F", Fixed: true, Icon: "Banknote"},
	{Parent: "Ingresos", Name: "Freelance / Extra", Type: "INCOME", Color: "#6BCF7F", Icon: "Laptop"},
	{Parent: "Ingresos", Name: "Inversiones", Type: "INCOME", Color: "#6BCF7F", Icon: "TrendingUp"},
	{Name: "Ocio y Vida Social", Type: "EXPENSE", Color: "#F38181", Icon: "Clapperboard"},
	{Parent: "Ocio y Vida Social", Name: "Cine / Streaming", Type: "EXPENSE", Color: "#F38181", Icon: "Tv"},
	{Parent: "Ocio y Vida Social", Name: "Salidas", Type: "EXPENSE", Color: "#F38181", Icon: "Beer"},
	{Name: "Salud", Type: "EXPENSE", Color: "#95E1D3", Icon: "HeartPulse"},
	{Name: "Educación", Type: "EXPENSE", Color: "#A8D8EA", Fixed: true, Icon: "GraduationCap"},
	{Name: "Ropa", Type: "EXPENSE", Color: "#FFD93D", Icon: "Shirt"},
	{Name: "Otros", Type: "BOTH", Color: "#95A5A6", Icon: "MoreHorizontal"},
}

func TestCreateUser(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, _ := migrated(t, databaseURL)
		// Another user's workspace must not get in the way.
		createUser(t, r, "grace@example.com")

		n := newUser("ada@example.com")
		verified := start.Add(-time.Hour)
		n.EmailVerifiedAt, n.Currency = &verified, "USD"
		var user repo.User
		write(t, r, func(tx *repo.Tx) (err error) {
			user, err = tx.CreateUser(t.Context(), n)
			return err
		})
		want := repo.User{
			ID: user.ID, Email: "ada@example.com", DisplayEmail: "ada@example.com", PasswordHash: &n.PasswordHash, Door: repo.DoorApp,
			FirstName: "Ada", LastName: "Lovelace", AuthProvider: "LOCAL", Currency: "USD",
			FiscalStartDay: 1, Timezone: "America/Argentina/Buenos_Aires", Language: "es",
			Role: repo.RoleUser, IsActive: true, Plan: "none",
			NotifyEmail: true, NotifyBrowser: true, NotifyLogin: true, NotifyKeys: true, NotifyLock: true,
			EmailVerifiedAt: &verified, CreatedAt: start, UpdatedAt: start,
		}
		if diff := cmp.Diff(want, user); diff != "" {
			t.Errorf("user (-want +got):\n%s", diff)
		}
		checkStored(t, r, want)
		checkWallet(t, r, user)
		checkCategories(t, r, user)
		if got, want := countRows(t, r), (rows{Users: 2, Accounts: 2, Categories: 48}); got != want {
			t.Errorf("two users have %+v, want %+v", got, want)
		}
	})
}

// checkStored checks that the user is found by id and by address.
func checkStored(t *testing.T, r *repo.Repo, want repo.User) {
	t.Helper()
	byID, err := r.UserByID(t.Context(), want.ID)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, byID); diff != "" {
		t.Errorf("UserByID (-want +got):\n%s", diff)
	}
	byEmail, err := r.UserByEmail(t.Context(), want.Email)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, byEmail); diff != "" {
		t.Errorf("UserByEmail (-want +got):\n%s", diff)
	}
}

func checkWallet(t *testing.T, r *repo.Repo, user repo.User) {
	t.Helper()
	got, err := r.Accounts(t.Context(), user.ID)
	if err != nil {
		t.Fatal(err)
	}
	want := []repo.Account{{
		UserID: user.ID, Name: "Efectivo / Billetera", Type: "WALLET", Currency: user.Currency,
		Color: new("#10B981"), Icon: new("wallet"), IsDefault: true, CreatedAt: start, UpdatedAt: start,
	}}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(repo.Account{}, "ID")); diff != "" {
		t.Errorf("accounts (-want +got):\n%s", diff)
	}
}

func checkCategories(t *testing.T, r *repo.Repo, user repo.User) {
	t.Helper()
	list, total, err := r.Categories(t.Context(), user.ID, "", repo.Page{Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	if total != 24 {
		t.Errorf("there are %d categories, want 24", total)
	}
	names := map[uuid.UUID]string{}
	for _, c := range list {
		names[c.ID] = c.Name
	}
	got := make([]wantCategory, len(list))
	for i, c := range list {
		if c.UserID != user.ID || !c.CreatedAt.Equal(start) || !c.UpdatedAt.Equal(start) || c.DeletedAt != nil {
			t.Errorf("category %+v is not the user's new one", c)
		}
		if c.Color == nil || c.Icon == nil {
			t.Fatalf("category %q has no colour or no icon", c.Name)
		}
		got[i] = wantCategory{Name: c.Name, Type: c.Type, Color: *c.Color, Fixed: c.IsFixed, Icon: *c.Icon}
		if c.ParentID != nil {
			got[i].Parent = names[*c.ParentID]
			if got[i].Parent == "" {
				t.Errorf("the parent of %q is not the user's", c.Name)
			}
		}
	}
	byName := cmpopts.SortSlices(func(a, b wantCategory) int { return strings.Compare(a.Name, b.Name) })
	if diff := cmp.Diff(wantCategories, got, byName); diff != "" {
		t.Errorf("categories (-want +got):\n%s", diff)
	}
}

func TestCreateUserTaken(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, _ := migrated(t, databaseURL)
		first := createUser(t, r, "ada@example.com")
		before := countRows(t, r)
		second := newUser("ada@example.com")
		second.FirstName = "Impostor"
		err := r.InTx(t.Context(), func(tx *repo.Tx) error {
			_, err := tx.CreateUser(t.Context(), second)
			return err
		})
		if !errors.Is(err, repo.ErrEmailTaken) {
			t.Errorf("CreateUser: %v, want ErrEmailTaken", err)
		}
		if after := countRows(t, r); after != before {
			t.Errorf("left %+v behind, want %+v", after, before)
		}
		checkStored(t, r, first)
	})
}

func TestCreateUserAtOnce(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, _ := migrated(t, databaseURL)
		errs := atOnce(64, func(int) error {
			return r.InTx(t.Context(), func(tx *repo.Tx) error {
				_, err := tx.CreateUser(t.Context(), newUser("ada@example.com"))
				return err
			})
		})
		created := 0
		for _, err := range errs {
			switch {
			case err == nil:
				created++
			case !errors.Is(err, repo.ErrEmailTaken):
				t.Errorf("CreateUser: %v, want ErrEmailTaken", err)
			}
		}
		if created != 1 {
			t.Errorf("%d of %d made the user, want 1", created, len(errs))
		}
		if got, want := countRows(t, r), (rows{Users: 1, Accounts: 1, Categories: 24}); got != want {
			t.Errorf("there are %+v, want %+v", got, want)
		}
	})
}

// TestOneDefaultWallet: the database makes sure that a user has one default
// wallet.
func TestOneDefaultWallet(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, _ := migrated(t, databaseURL)
		user := createUser(t, r, "ada@example.com")
		err := r.InTx(t.Context(), func(tx *repo.Tx) error {
			_, err := tx.Exec(t.Context(), `
INSERT INTO accounts (id, user_id, name, type, currency, is_default, created_at, updated_at)
VALUES ($1, $2, 'Otra', 'WALLET', 'ARS', TRUE, $3, $3)`, uuid.NewString(), user.ID.String(), start)
			return err
		})
		if err == nil || errors.Is(err, repo.ErrUnavailable) {
			t.Errorf("a second default wallet: %v, want a refusal", err)
		}
	})
}
