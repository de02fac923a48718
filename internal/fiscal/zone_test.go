package fiscal

import (
	"errors"
	"go/build"
	"os"
	"path/filepath"
	"testing"
	"time"

	"example.com/alta/internal/testkit"
)

// TestZonesAreThoseOfTheEmbeddedDatabase: the names of the IANA database are zones
// on every machine, and names that only a machine's directory has are none.
func TestZonesAreThoseOfTheEmbeddedDatabase(t *testing.T) {
	for _, name := range []string{
		"UTC", "GMT", "Etc/UTC", "Etc/GMT+5", "Europe/Madrid", "Europe/Kyiv", "Europe/Kiev", "Asia/Calcutta", "America/Argentina/Buenos_Aires",
		"America/Ciudad_Juarez", "US/Pacific", "EST5EDT", "Antarctica/Troll", "Pacific/Kanton",
	} {
		zone, err := LoadZone(name)
		if err != nil || zone.String() != name {
			t.Errorf("%s: %v, %v", name, zone, err)
		}
		if again, err := LoadZone(name); again != zone || err != nil {
			t.Errorf("%s the second time: %v, %v", name, again, err)
		}
	}
	for _, name := range []string{
		"", "Local", "local", "localtime", "posixrules", "right/UTC", "right/Europe/Madrid", "posix/UTC", "posix/Europe/Madrid", "posix", "right/",
		"Europe", "Europe/", "Europe/Atlantis", "europe/madrid", "utc", "Europe/Madrid ", " UTC", "UTC/", "../UTC", "./UTC", "/UTC", "Europe//Madrid",
		"Europe/../Europe/Madrid", `Europe\Madrid`, "/etc/localtime", "/usr/share/zoneinfo/Europe/Madrid", "tzdata.zi", "zone.tab", "leapseconds",
		"UTC\x00", "Europe/Madrid\xff", "CEST", "+02:00", "UTC+2",
	} {
		if zone, err := LoadZone(name); !errors.Is(err, ErrZone) || zone != nil {
			t.Errorf("%q: %v, %v; want ErrZone", name, zone, err)
		}
		if CheckZone(name) == nil {
			t.Errorf("%q is taken", name)
		}
	}
}

// TestEveryEmbeddedZoneLoads: and no other file is among them.
func TestEveryEmbeddedZoneLoads(t *testing.T) {
	files, err := zoneFiles()
	if err != nil || len(files) < 500 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for name := range files {
		if _, err := LoadZone(name); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestZonesThatWereTakenOnceStillCount: a user who has the name of an earlier version
// has a calendar.
func TestZonesThatWereTakenOnceStillCount(t *testing.T) {
	for name, want := range map[string]string{
		"localtime": "UTC", "posixrules": "UTC", "right/UTC": "UTC", "right/Europe/Madrid": "Europe/Madrid", "posix/Asia/Tokyo": "Asia/Tokyo",
		"Europe/Madrid": "Europe/Madrid", "posix/localtime": "UTC", "": "UTC", "Local": "UTC",
	} {
		calendar, err := NewCalendar(1, name)
		if err != nil || calendar.Zone.String() != want {
			t.Errorf("%q: %v, %v; want %s", name, calendar.Zone, err, want)
		}
	}
	madrid, _ := NewCalendar(1, "right/Europe/Madrid")
	if begin, _ := madrid.Bounds(Period{2026, time.July}); !begin.Equal(time.Date(2026, 6, 30, 22, 0, 0, 0, time.UTC)) {
		t.Errorf("July in Madrid begins at %v", begin)
	}
}

// TestEmbeddedZonesAreTheToolchains: a new version of Go brings new rules. Copy its
// lib/time/zoneinfo.zip here.
func TestEmbeddedZonesAreTheToolchains(t *testing.T) {
	path := filepath.Join(build.Default.GOROOT, "lib", "time", "zoneinfo.zip")
	theirs, err := os.ReadFile(path)
	if err != nil {
		testkit.Missing(t, err.Error()) // some distributions leave it out
	}
	if string(theirs) != zoneinfo {
		t.Errorf("zoneinfo.zip differs from %s", path)
	}
}
