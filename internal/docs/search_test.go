package docs

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSearch(t *testing.T) {
	for _, test := range []struct {
		query string
		first []string // ids, the best first
	}{
		{"POST /api/accounts", []string{"createAccount"}},
		{"/api/accounts", []string{"listAccounts", "createAccount"}},
		{"/api/v1/auth/register", []string{"registerDeveloper"}},
		{"verifyEmail", []string{"openVerification", "verifyEmail"}},
		{"VERIF email", []string{"openVerification", "verifyEmail"}},
		{"resend verif", []string{"resendVerification"}},
		{"pdf", []string{"exportTablePDF", "exportVisualPDF"}},
		{"vísual", []string{"exportVisualPDF"}},
		{"mail_failed", []string{"registerDeveloper"}},
		{"overlap hours", []string{"rotateAPIKey"}},
		{"net worth", []string{"getNetWorth"}},
		{"sandb", []string{"getSandbox"}},
	} {
		var got []string
		for _, hit := range testBook(t).Search(test.query) {
			got = append(got, hit.Operation.ID)
		}
		if len(got) < len(test.first) || !slices.Equal(got[:len(test.first)], test.first) {
			t.Errorf("%q finds %v, want %v first", test.query, got, test.first)
		}
	}
	for _, query := range []string{"", " ", "/", "zebra", "register zebra", "\xff"} {
		if hits := testBook(t).Search(query); len(hits) > 0 {
			t.Errorf("%q finds %d operations, the first %s", query, len(hits), hits[0].Operation.ID)
		}
	}
}

func TestSearchRanks(t *testing.T) {
	hits := testBook(t).Search("transfer")
	if hits[0].Operation.ID != "transferBetweenAccounts" || len(hits) < 3 {
		t.Errorf("the best is %s of %d", hits[0].Operation.ID, len(hits))
	}
	for i := 1; i < len(hits); i++ {
		if hits[i].Score > hits[i-1].Score || hits[i].Score < 1 {
			t.Errorf("hit %d has the score %d after %d", i, hits[i].Score, hits[i-1].Score)
		}
	}
}

func TestWordsOf(t *testing.T) {
	for text, want := range map[string][]string{
		"":                          nil,
		"GET /api/v1/api-keys/{id}": {"get", "api", "v1", "api", "keys", "id"},
		"resendVerification":        {"resendverification", "resend", "verification"},
		"Depósito, 2ª":              {"deposito", "2ª"},
		"e\u0301tat":                {"etat"},
		"listAPIKeys":               {"listapikeys", "list", "apikeys"},
	} {
		if diff := cmp.Diff(want, wordsOf(text)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
	}
}
