package site

import (
	"html"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"testing"
)

var downloadLink = regexp.MustCompile(`<a href="(/api/reports/export[^"]*)" download>`)

// TestDownloadsTakeTheFilter holds that each download below a filtered list has every
// filter of the list, and not its page.
func TestDownloadsTakeTheFilter(t *testing.T) {
	s := moneySite(moneyAPI())
	filter := url.Values{
		"search": {`a "b" & c`}, "type": {"EXPENSE"}, "accountId": {walletID}, "categoryId": {foodID},
		"startDate": {"2026-03-01"}, "endDate": {"2026-03-31"},
	}
	if names := slices.Sorted(maps.Keys(filter)); !slices.Equal(names, slices.Sorted(slices.Values(filterNames))) {
		t.Errorf("the test has %q, the list %q", names, filterNames)
	}
	for _, sent := range []url.Values{{}, filter} {
		query := maps.Clone(sent)
		query.Set("page", "2")
		links := downloadLink.FindAllStringSubmatch(get(s, "GET", withQuery(pathTransactions, query), signedInCookie).Body.String(), -1)
		if len(links) != 4 {
			t.Errorf("there are %d downloads: %q", len(links), links)
		}
		for _, link := range links {
			u, err := url.Parse(html.UnescapeString(link[1]))
			if err != nil {
				t.Fatal(err)
			}
			got := u.Query()
			got.Del("all") // of files that may have every transaction
			if once := got.Get("transfers") == "once"; once != (len(sent) > 0) {
				t.Errorf("%s lists transfers once: %t", u.Path, once)
			}
			got.Del("transfers")
			if got.Encode() != sent.Encode() {
				t.Errorf("%s has the filter %v, want %v", u.Path, got, sent)
			}
		}
	}
}
