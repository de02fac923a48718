package docs

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// documented are the rows that every page has, from the API's original
// documentation.
var documented = []ErrorRow{
	{Status: 200, Label: "OK", Description: "Request succeeded."},
	{Status: 400, Label: "Bad Request", Description: "Invalid query, body, or path parameter."},
	{Status: 401, Label: "Unauthorized", Description: "Missing or invalid Authorization header / api_Token."},
	{Status: 402, Label: "Payment Required", Description: "Insufficient token balance for this call.", Link: &Link{"Top up", "/pricing"}},
	{Status: 429, Label: "Too Many Requests", Description: "Rate limit exceeded for your tier (see /pricing for tier limits).", Link: &Link{"Tier limits", "/pricing"}},
	{Status: 500, Label: "Server Error", Description: "Unexpected server-side failure. Retry with backoff; report if persistent."},
}

func TestErrorRows(t *testing.T) {
	for _, op := range operations(t) {
		var answered []int
		for _, r := range op.Responses {
			answered = append(answered, r.Status)
		}
		for i, want := range documented {
			want.Possible = slices.Contains(answered, want.Status)
			if want.Possible {
				want.Detail = op.Response(want.Status).Description
			}
			if diff := cmp.Diff(want, op.Errors[i]); diff != "" {
				t.Errorf("%s: row %d (-want +got):\n%s", op.ID, i, diff)
			}
		}
		var others []int
		for _, row := range op.Errors[len(documented):] {
			others = append(others, row.Status)
			if !row.Possible || row.Label == "" || row.Description != op.Response(row.Status).Description {
				t.Errorf("%s: %+v", op.ID, row)
			}
		}
		missing := slices.DeleteFunc(answered, func(status int) bool {
			return slices.ContainsFunc(documented, func(row ErrorRow) bool { return row.Status == status })
		})
		if !slices.Equal(others, missing) {
			t.Errorf("%s: the other rows are %v, want %v", op.ID, others, missing)
		}
	}
	if op := operationOf(t, "registerDeveloper"); op.Errors[2].Possible || op.Errors[3].Possible || !op.Errors[0].Possible {
		t.Errorf("what registration answers is marked wrongly: %+v", op.Errors)
	}
	if op := operationOf(t, "deleteSession"); op.Errors[0].Possible || op.Errors[6].Status != 204 || op.Response(200) != nil || op.Success().Status != 204 {
		t.Errorf("a success that is no 200 is marked wrongly: %+v", op.Errors)
	}
}

func TestErrorCodes(t *testing.T) {
	codes := map[string]*ErrorCode{}
	for _, code := range testBook(t).ErrorCodes {
		codes[code.Name] = code
		if len(code.Statuses) == 0 || len(code.Operations) == 0 && code.Name != "method_not_allowed" {
			t.Errorf("%s: statuses %v, %d operations", code.Name, code.Statuses, len(code.Operations))
		}
		for _, op := range code.Operations {
			if !slices.Contains(op.Codes, code) {
				t.Errorf("%s and %s do not agree", code.Name, op.ID)
			}
		}
	}
	for name, want := range map[string][]int{
		"email_unverified": {400, 403}, "locked": {429}, "invite_used": {410}, "method_not_allowed": {405}, "insufficient_tokens": {402},
		"email_taken": {400, 409}, "insufficient_funds": {400}, "category_exists": {409}, "budget_not_found": {404},
	} {
		if got := codes[name].Statuses; !slices.Equal(got, want) {
			t.Errorf("%s comes with %v, want %v", name, got, want)
		}
	}
	if ops := codes["mail_failed"].Operations; len(ops) != 1 || ops[0].ID != "registerDeveloper" {
		t.Errorf("mail_failed is answered by %v", ops)
	}
}
