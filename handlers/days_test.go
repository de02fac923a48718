package handlers_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"example.com/alta/internal/fiscal"
	"example.com/alta/internal/testdb"
)

// mover is a user who moves from zone to zone.
type mover struct {
	*harness
	email, bearer, account string
	calendar               fiscal.Calendar
}

func newMover(h *harness, email, zone string, startDay int) *mover {
	m := &mover{harness: h, email: email, bearer: h.register(email)}
	m.account = m.do("GET", "/api/accounts", "", m.bearer).status(200).get("0.id")
	m.move(zone, startDay)
	h.clock.Advance(time.Second) // accounts that are added come after the first
	return m
}

func (m *mover) move(zone string, startDay int) {
	m.t.Helper()
	m.do("PATCH", "/api/users/me", fmt.Sprintf(`{"timezone":%q,"fiscalStartDay":%d}`, zone, startDay), m.bearer).status(200)
	m.calendar = must(fiscal.NewCalendar(startDay, zone))
}

// add records an income on the date, and returns its id.
func (m *mover) add(date, description string) string {
	m.t.Helper()
	body := fmt.Sprintf(`{"type":"INCOME","amount":1,"accountId":%q,"date":%q,"description":%q}`, m.account, date, description)
	return m.do("POST", "/api/transactions", body, m.bearer).status(201).get("id")
}

// find returns the descriptions on the list with the query, newest first.
func (m *mover) find(query string) []string {
	m.t.Helper()
	var page struct {
		Data []struct{ Description string }
		Meta struct{ Total int }
	}
	answer := m.do("GET", "/api/transactions?limit=100&"+query, "", m.bearer).status(200)
	if err := json.Unmarshal(answer.Body.Bytes(), &page); err != nil || page.Meta.Total != len(page.Data) {
		m.t.Fatalf("%s: %d of %d rows, %v", query, len(page.Data), page.Meta.Total, err)
	}
	names := make([]string, len(page.Data))
	for i, row := range page.Data {
		names[i] = row.Description
	}
	return names
}

// wantDay checks that everything shows the transaction, and only it, on its day.
func (m *mover) wantDay(id, day string) {
	m.t.Helper()
	begin := must(m.calendar.StartOf(day))
	if got := m.do("GET", "/api/transactions/"+id, "", m.bearer).status(200).get("date"); got != begin.Format("2006-01-02T15:04:05.000Z") {
		m.t.Errorf("%s in %s is %s on the wire, want %v", day, m.calendar.Zone, got, begin)
	}
	date := must(time.Parse(time.DateOnly, day))
	month := fiscal.Period{Year: date.Year(), Month: date.Month()}
	if date.Day() < m.calendar.StartDay {
		month = month.Previous()
	}
	next := date.AddDate(0, 0, 1).Format(time.DateOnly)
	for query, want := range map[string]bool{
		"date=" + day: true, "startDate=" + day + "&endDate=" + day: true, "startDate=" + next: false, "date=" + next: false,
		fmt.Sprintf("year=%d&month=%d", month.Year, month.Month):                       true,
		fmt.Sprintf("year=%d&month=%d", month.Next().Year, month.Next().Month):         false,
		fmt.Sprintf("year=%d&month=%d", month.Previous().Year, month.Previous().Month): false,
	} {
		if got := m.find(query); slices.Contains(got, day) != want {
			m.t.Errorf("%s, day %d: %s finds %q, and %s is to be among them: %t", m.calendar.Zone, m.calendar.StartDay, query, got, day, want)
		}
	}
	dashboard := m.do("GET", fmt.Sprintf("/api/reports/dashboard?year=%d&month=%d", month.Year, month.Month), "", m.bearer).status(200)
	if got := dashboard.get("summary.income"); got != "1" {
		m.t.Errorf("%s, day %d: the dashboard of the month of %s has %s", m.calendar.Zone, m.calendar.StartDay, day, got)
	}
}

// wantFiles checks the days in the CSV and the workbook.
func (m *mover) wantFiles(days []string) {
	m.t.Helper()
	sheet := must(excelize.OpenReader(m.do("GET", "/api/reports/export", "", m.bearer).status(200).Body))
	defer sheet.Close()
	for name, rows := range map[string][][]string{
		"CSV": m.do("GET", "/api/reports/export/csv", "", m.bearer).records(), "workbook": must(sheet.GetRows("Movimientos"))[1:],
	} {
		for _, row := range rows {
			if row[0] != row[4] {
				m.t.Errorf("%s: the %s has %s on %s", m.calendar.Zone, name, row[4], row[0])
			}
		}
		if len(rows) != len(days) {
			m.t.Errorf("%s: the %s has %d rows, want %d", m.calendar.Zone, name, len(rows), len(days))
		}
	}
}

// TestDaysStayDays: a transaction and a goal that were given a day are on this day in
// each zone that the user moves to, by each fiscal day.
func TestDaysStayDays(t *testing.T) {
	zones := []string{
		"America/Argentina/Buenos_Aires", "Europe/Madrid", "Pacific/Auckland", "Pacific/Kiritimati", "Pacific/Honolulu", "America/Sao_Paulo", "Asia/Beirut",
		"Pacific/Apia", "UTC",
	}
	// The first and last days of months, days without a midnight in São Paulo and in
	// Beirut, and the one that Samoa skipped. No two share a fiscal month.
	days := []string{"2026-03-01", "2026-01-31", "2018-11-04", "2021-03-28", "2011-12-30", "2024-02-29", "2025-06-15", "2025-09-14"}
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		h := start(t, databaseURL)
		for i, home := range zones[:3] {
			m := newMover(h, fmt.Sprintf("mover%d@example.com", i), home, 1)
			ids := map[string]string{}
			for _, day := range days {
				ids[day] = m.add(day, day)
			}
			goal := m.do("POST", "/api/accounts", `{"name":"Goal","type":"SAVINGS","currency":"ARS","targetDate":"2027-01-01"}`, m.bearer).status(201).get("id")
			for j, zone := range append(zones, home) {
				m.move(zone, []int{1, 15, 28}[j%3])
				for _, day := range days {
					m.wantDay(ids[day], day)
				}
				m.wantFiles(days)
				want := must(m.calendar.StartOf("2027-01-01")).Format("2006-01-02T15:04:05.000Z")
				accounts := m.do("GET", "/api/accounts", "", m.bearer).status(200)
				if accounts.get("1.id") != goal || accounts.get("1.targetDate") != want {
					t.Errorf("in %s the goal is for %s, want %s", zone, accounts.get("1.targetDate"), want)
				}
			}
		}
	})
}

// TestInstantsStayInstants: a time of day, with an offset or without, names an instant.
// The day that it is on is the user's.
func TestInstantsStayInstants(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		m := newMover(start(t, databaseURL), "ada@example.com", "Europe/Madrid", 1)
		zoned, local := m.add("2026-03-01T00:00:00.000+01:00", "zoned"), m.add("2026-03-01T00:00", "local")
		m.do("POST", "/api/accounts", `{"name":"Goal","type":"SAVINGS","currency":"ARS","targetDate":"2027-01-01T00:00"}`, m.bearer).status(201)
		for _, zone := range []string{"Europe/Madrid", "America/Argentina/Buenos_Aires", "Pacific/Auckland"} {
			m.move(zone, 1)
			for _, id := range []string{zoned, local} {
				if got := m.do("GET", "/api/transactions/"+id, "", m.bearer).get("date"); got != "2026-02-28T23:00:00.000Z" {
					t.Errorf("in %s it is %s", zone, got)
				}
			}
			if got := m.do("GET", "/api/accounts", "", m.bearer).get("1.targetDate"); got != "2026-12-31T23:00:00.000Z" {
				t.Errorf("in %s the goal is for %s", zone, got)
			}
			month := m.calendar.PeriodOf(time.Date(2026, 2, 28, 23, 0, 0, 0, time.UTC))
			if got := m.find(fmt.Sprintf("year=2026&month=%d", month.Month)); len(got) != 2 {
				t.Errorf("in %s the list of %s has %q", zone, month, got)
			}
		}
	})
}

// TestDatesAreChangedBetweenDaysAndInstants: a PATCH with a day makes a day, one with
// another instant an instant, and the instant that a response showed for a day is none.
func TestDatesAreChangedBetweenDaysAndInstants(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		m := newMover(start(t, databaseURL), "ada@example.com", "Europe/Madrid", 1)
		for _, test := range []struct{ name, before, patch, after string }{
			{name: "nothing about dates", before: "2026-03-01", patch: `{"amount":2}`, after: "2026-03-01T03:00:00.000Z"},
			{name: "null", before: "2026-03-01", patch: `{"date":null}`, after: "2026-03-01T03:00:00.000Z"},
			{name: "the instant that was shown", before: "2026-03-01", patch: `{"date":"2026-02-28T23:00:00.000Z"}`, after: "2026-03-01T03:00:00.000Z"},
			{name: "another instant", before: "2026-03-01", patch: `{"date":"2026-02-28T23:00:00.001Z"}`, after: "2026-02-28T23:00:00.001Z"},
			{name: "another day", before: "2026-03-01", patch: `{"date":"2026-03-02"}`, after: "2026-03-02T03:00:00.000Z"},
			{name: "a day for an instant", before: "2026-03-01T12:00", patch: `{"date":"2026-03-01"}`, after: "2026-03-01T03:00:00.000Z"},
			{name: "a day for its first moment", before: "2026-03-01T00:00", patch: `{"date":"2026-03-01"}`, after: "2026-03-01T03:00:00.000Z"},
			{name: "an instant for itself", before: "2026-03-01T00:00", patch: `{"date":"2026-03-01T00:00"}`, after: "2026-02-28T23:00:00.000Z"},
		} {
			m.move("Europe/Madrid", 1)
			id := m.add(test.before, test.name)
			m.do("PATCH", "/api/transactions/"+id, test.patch, m.bearer).status(200)
			m.move("America/Argentina/Buenos_Aires", 1)
			if got := m.do("GET", "/api/transactions/"+id, "", m.bearer).get("date"); got != test.after {
				t.Errorf("%s: after moving it is %s, want %s", test.name, got, test.after)
			}
		}
		m.move("Europe/Madrid", 1)
		goal := m.do("POST", "/api/accounts", `{"name":"Goal","type":"SAVINGS","currency":"ARS","targetDate":"2027-01-01"}`, m.bearer).status(201).get("id")
		for patch, want := range map[string]string{
			`{"targetDate":"2026-12-31T23:00:00.000Z"}`: "2027-01-01T03:00:00.000Z", `{"name":"House"}`: "2027-01-01T03:00:00.000Z",
		} {
			m.move("Europe/Madrid", 1)
			m.do("PATCH", "/api/accounts/"+goal, patch, m.bearer).status(200)
			m.move("America/Argentina/Buenos_Aires", 1)
			if got := m.do("GET", "/api/accounts", "", m.bearer).get("1.targetDate"); got != want {
				t.Errorf("%s: after moving the goal is for %s, want %s", patch, got, want)
			}
		}
	})
}

// TestTransfersKeepTheirDay: both legs of a transfer on a day move together, and can
// still be described.
func TestTransfersKeepTheirDay(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		m := newMover(start(t, databaseURL), "ada@example.com", "Pacific/Auckland", 1)
		m.add("2026-03-01", "2026-03-01")
		to := m.newAccount(m.bearer, "SAVINGS")
		body := fmt.Sprintf(`{"fromAccountId":%q,"toAccountId":%q,"amount":1,"date":"2026-03-01","description":"2026-03-01"}`, m.account, to)
		m.do("POST", "/api/accounts/transfer", body, m.bearer).status(200)
		m.move("Pacific/Honolulu", 1)
		if got := m.find("year=2026&month=3"); len(got) != 3 {
			t.Errorf("March has %q", got)
		}
		leg := m.do("GET", "/api/transactions?type=TRANSFER", "", m.bearer).get("data.0.id")
		m.do("PATCH", "/api/transactions/"+leg, `{"description":"moved","date":"2026-03-01"}`, m.bearer).status(200)
		m.do("PATCH", "/api/transactions/"+leg, `{"description":"moved","date":"2026-03-02"}`, m.bearer).status(400)
		m.move("UTC", 1)
		for _, row := range m.do("GET", "/api/reports/export/csv", "", m.bearer).records() {
			if row[0] != "2026-03-01" {
				t.Errorf("%q after moving again", strings.Join(row, ", "))
			}
		}
	})
}

// TestDeletedDaysAreExportedAsDays: the export of personal data shows a deleted
// transaction on its day, too, though nobody moves it any more.
func TestDeletedDaysAreExportedAsDays(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		m := newMover(start(t, databaseURL), "ada@example.com", "Europe/Madrid", 1)
		m.add("2026-03-01", "kept")
		gone := m.add("2026-03-01", "gone")
		m.do("DELETE", "/api/transactions/"+gone, "", m.bearer).status(200)
		m.move("Pacific/Honolulu", 1)
		export := m.do("GET", "/api/users/me/export", "", m.bearer).status(200)
		want := []string{"2026-03-01T10:00:00.000Z", "2026-03-01T10:00:00.000Z"}
		if diff := cmp.Diff(want, []string{export.get("transactions.0.date"), export.get("transactions.1.date")}); diff != "" {
			t.Errorf("dates (-want +got):\n%s", diff)
		}
	})
}
