package docs

import "strings"

// Release is a version's entry in the changelog.
type Release struct {
	Version string   // 0.1.0, or Unreleased
	Date    string   // 2026-03-04; empty without one
	Changes []string // a sentence or more each
}

// unreleased is the heading of what no version has yet.
const unreleased = "Unreleased"

// parseChangelog reads headings "## 0.1.0 - 2026-03-04" with a list below each.
func parseChangelog(changelog string) []Release {
	var releases []Release
	for line := range strings.Lines(changelog) {
		line = strings.TrimRight(line, "\n")
		if heading, isHeading := strings.CutPrefix(line, "## "); isHeading {
			version, date, _ := strings.Cut(heading, " - ")
			releases = append(releases, Release{Version: strings.TrimSpace(version), Date: strings.TrimSpace(date)})
			continue
		}
		if len(releases) == 0 || strings.TrimSpace(line) == "" {
			continue
		}
		last := &releases[len(releases)-1]
		if change, isChange := strings.CutPrefix(line, "- "); isChange {
			last.Changes = append(last.Changes, change)
		} else if n := len(last.Changes); n > 0 {
			last.Changes[n-1] += " " + strings.TrimSpace(line)
		}
	}
	return releases
}

// releaseDate returns the date of the version, or Unreleased. It comes from
// the changelog, not from a clock, so that the same sources make the same book.
func releaseDate(releases []Release, version string) string {
	for _, release := range releases {
		if release.Version == version && release.Date != "" {
			return release.Date
		}
	}
	return unreleased
}
