package browser

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

const soundPage = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Sound</title></head>
<body><main><h1>Sound</h1><p><label for="name">Name</label> <input id="name" name="name" type="text"></p></main></body>
</html>
`

// brokenPage has text with too little contrast, and a field without a name.
var brokenPage = strings.NewReplacer(
	`<label for="name">Name</label>`, "Name",
	"</head>", "<style>h1 { color: #ccc; background-color: #fff }</style></head>",
).Replace(soundPage)

// scriptedPage changes its heading by a script.
var scriptedPage = strings.Replace(soundPage, "</main>", `</main><script>document.querySelector("h1").textContent = "Scripted"</script>`, 1)

func TestAxe(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		if r.URL.Path != "/scripted" {
			w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
		}
		fmt.Fprint(w, map[string]string{"/sound": soundPage, "/broken": brokenPage, "/scripted": scriptedPage}[r.URL.Path])
	}))
	t.Cleanup(server.Close)
	for name, options := range map[string][]Option{"scripts": nil, "no scripts": {WithoutScripts()}} {
		t.Run(name, func(t *testing.T) {
			tab := Start(t, options...)
			tab.Do(t, chromedp.Navigate(server.URL+"/sound"))
			tab.Axe(t)
			tab.Do(t, chromedp.Navigate(server.URL+"/broken"))
			found := tab.violations(t)
			rules := []string{}
			for _, v := range found {
				rules = append(rules, v.Rule)
			}
			if slices.Sort(rules); !slices.Equal(rules, []string{"color-contrast", "label"}) {
				t.Errorf("the broken page breaks the rules %q", rules)
			}
			if text := describe(found); !strings.Contains(text, "  #name: Fix any of the following:") {
				t.Errorf("the field is not named:\n%s", text)
			}
			if runsScripts(t, tab, server.URL) != (options == nil) {
				t.Error("the tab does not treat scripts as before")
			}
			if got := tab.Complaints(); len(got) > 0 {
				t.Errorf("the browser complains: %q", got)
			}
		})
	}
}

// runsScripts reports whether the tab runs the scripts of pages.
func runsScripts(t *testing.T, tab *Tab, url string) bool {
	t.Helper()
	tab.Do(t, chromedp.Navigate(url+"/scripted"))
	return tab.Text(t, "h1") == "Scripted"
}

func TestValidateHTML(t *testing.T) {
	ValidateHTML(t, map[string]string{"sound": soundPage})
	broken := strings.Replace(soundPage, "</h1>", `</h1><img src="a.png"><button>Go</button>`, 1)
	found := validate(t, map[string]string{"/sound": soundPage, "/broken?x=1": broken})
	rules := []string{}
	for _, f := range found["/broken?x=1"] {
		rules = append(rules, f.RuleID)
		if f.Line != 4 || !strings.Contains(excerpt(strings.Split(broken, "\n"), f.Line), "<img") {
			t.Errorf("%s is found in line %d", f.RuleID, f.Line)
		}
	}
	if slices.Sort(rules); !slices.Equal(rules, []string{"no-implicit-button-type", "wcag/h37"}) {
		t.Errorf("the broken page breaks the rules %q", rules)
	}
	if len(found) != 1 {
		t.Errorf("there are findings in other pages, too: %v", found)
	}
}
