// Package useragent names the programs that people use, by their user agents.
package useragent

import (
	"fmt"
	"regexp"
	"strings"
)

// agent is a name in user agents, and what people call it.
type agent struct{ Part, Name string }

// browsers and systems, by the names that are in their user agents. Most name
// others, too: the first that is found is meant.
var (
	browsers = []agent{
		{"Edg", "Edge"}, {"OPR/", "Opera"}, {"SamsungBrowser/", "Samsung Internet"}, {"Firefox/", "Firefox"}, {"FxiOS/", "Firefox"},
		{"Chrome/", "Chrome"}, {"CriOS/", "Chrome"}, {"Safari/", "Safari"},
	}
	systems = []agent{
		{"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Android", "Android"}, {"Windows", "Windows"}, {"CrOS", "ChromeOS"},
		{"Mac OS X", "macOS"}, {"Linux", "Linux"},
	}
	program = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9._ -]{0,39}(/|$)`)
)

// Describe names the browser and its system, joined by the format on, such as "%s on
// %s", or one of them if the other is not known. Programs other than browsers begin with
// their names. It returns "" for a program that is not known.
func Describe(userAgent, on string) string {
	browser, system := nameIn(userAgent, browsers), nameIn(userAgent, systems)
	switch {
	case browser != "" && system != "":
		return fmt.Sprintf(on, browser, system)
	case browser+system != "":
		return browser + system
	}
	return strings.TrimSuffix(program.FindString(userAgent), "/")
}

func nameIn(userAgent string, agents []agent) string {
	for _, agent := range agents {
		if strings.Contains(userAgent, agent.Part) {
			return agent.Name
		}
	}
	return ""
}
