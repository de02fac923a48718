package handlers_test

import (
	"fmt"
	"net/http/httptest"
	"os"
	"runtime"
	"runtime/pprof"
	"syscall"
	"testing"
	"time"

	"example.com/alta/internal/testdb"
)

func cpu() time.Duration {
	var u syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func TestZZPerf(t *testing.T) {
	testdb.Each(t, func(t *testing.T, url string) {
		h := start(t, url)
		bearer := h.register("john.doe@example.com")
		_ = bearer
		accounts, categories := 200, 1000
		fmt.Sscan(os.Getenv("PERF"), &accounts, &categories)
		f := testdb.NewFiller(t, url, h.user("john.doe@example.com").ID.String())
		f.Accounts(accounts - 1)
		f.Categories(categories - 24)
		f.Transactions(categories - 24)
		f.Budgets(categories-24, 2026, 3)
		if os.Getenv("PERFPROF") != "" && t.Name() == "TestZZPerf/sqlite" {
			p, _ := os.Create(os.Getenv("PERFPROF"))
			pprof.StartCPUProfile(p)
			defer pprof.StopCPUProfile()
		}
		cat := "cccccccc-" + h.user("john.doe@example.com").ID.String()[9:23] + "-100000000001"
		acc := "aaaaaaaa-" + h.user("john.doe@example.com").ID.String()[9:23] + "-100000000001"
		bud := "00202603-" + h.user("john.doe@example.com").ID.String()[9:23] + "-100000000001"
		for _, target := range []string{"/app", "/app/add", "/app/accounts", "/app/transactions", "/app/transfer", "/app/categories", "/app/budgets",
			"/app/categories/" + cat, "/app/accounts/" + acc, "/app/accounts/" + acc + "/deposit", "/app/budgets/" + bud + "?year=2026&month=3",
			"/api/accounts", "/api/categories?limit=100", "/api/budgets", "/api/reports/dashboard", "/api/transactions?limit=100", "/api/transactions?search=account", "/api/transactions/balance", "/api/reports/export/pdf/visual", "/api/users/me/export"} {
			run := func() int {
				r := request("GET", target, "", bearer)
				r.Header.Set("Cookie", "alta="+bearer[len("Authorization: Bearer "):])
				if target[:4] != "/api" {
					r.Header.Del("Authorization")
				}
				w := httptest.NewRecorder()
				h.ServeHTTP(w, r)
				if w.Code != 200 {
					t.Errorf("%s: %d", target, w.Code)
				}
				return w.Body.Len()
			}
			size := run()
			const n = 5
			var m1, m2 runtime.MemStats
			runtime.ReadMemStats(&m1)
			begin, c := time.Now(), cpu()
			for range n {
				run()
			}
			runtime.ReadMemStats(&m2)
			fmt.Printf("%-9s %-40.40s %9d B %7.1f ms cpu %7.1f ms %8d allocs\n", t.Name()[11:], target, size, float64((cpu()-c).Microseconds())/n/1000, float64(time.Since(begin).Microseconds())/n/1000, (m2.Mallocs-m1.Mallocs)/n)
		}
	})
}
