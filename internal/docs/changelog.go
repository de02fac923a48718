package docs

import "strings"

// Release is a version's entry in the changelog.
type Release struct {
	Version string   // such as 0.1.0, or Unreleased
	Date    string   // such as 2026-03-04; empty if there is none
	Changes []string // one or more sentences each
}

// unreleased is the heading of changes that no version contains yet.
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

// releaseDate returns the date of the version, or Unreleased. The date comes
// from the changelog and not from a clock, so that the same sources make the
// same book.
func releaseDate(releases []Release, version string) string {
	for _, release := range releases {
		if release.Version == version && release.Date != "" {
			return release.Date
		}
	}
	return unreleased
}
