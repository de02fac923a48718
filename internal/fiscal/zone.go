package fiscal

import (
	"archive/zip"
	_ "embed" // for zoneinfo
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"
)

// ErrZone is the error for a name that no time zone has.
var ErrZone = errors.New("not a time zone")

// zoneinfo is the IANA time zone database, a copy of the Go distribution's
// lib/time/zoneinfo.zip. time.LoadLocation would prefer the machine's database,
// which has other versions of the zones and other names, such as localtime, or is
// missing.
//
//go:embed zoneinfo.zip
var zoneinfo string

// zoneFiles returns the files of the database by the names of zones.
var zoneFiles = sync.OnceValues(func() (map[string]*zip.File, error) {
	archive, err := zip.NewReader(strings.NewReader(zoneinfo), int64(len(zoneinfo)))
	if err != nil {
		return nil, err
	}
	files := map[string]*zip.File{}
	for _, file := range archive.File {
		if file.Mode().IsRegular() {
			files[file.Name] = file
		}
	}
	return files, nil
})

// loadedZones holds the zones that have been read: string -> *time.Location.
var loadedZones sync.Map

// LoadZone returns the time zone with the IANA name, which must be written as the
// database writes it, from the database that is in the binary. If there is none,
// the error is ErrZone.
func LoadZone(name string) (*time.Location, error) {
	if name == time.UTC.String() {
		return time.UTC, nil
	}
	if zone, ok := loadedZones.Load(name); ok {
		return zone.(*time.Location), nil
	}
	files, err := zoneFiles()
	if err != nil {
		return nil, err
	}
	file := files[name]
	if file == nil {
		return nil, fmt.Errorf("%q: %w", name, ErrZone)
	}
	content, err := file.Open()
	if err != nil {
		return nil, err
	}
	defer content.Close()
	data, err := io.ReadAll(content)
	if err != nil {
		return nil, err
	}
	zone, err := time.LoadLocationFromTZData(name, data)
	if err != nil {
		return nil, err
	}
	loadedZones.Store(name, zone)
	return zone, nil
}

// CheckZone returns ErrZone if no time zone has the name.
func CheckZone(name string) error {
	_, err := LoadZone(name)
	return err
}

// ReplaceZone returns the name of the zone to use for a name that earlier versions
// took from the machine: the zone itself without the directories posix and right,
// which have copies of all zones, and else UTC. Names of zones stay as they are.
func ReplaceZone(name string) string {
	if CheckZone(name) == nil {
		return name
	}
	for _, directory := range []string{"posix/", "right/"} {
		if rest, ok := strings.CutPrefix(name, directory); ok && CheckZone(rest) == nil {
			return rest
		}
	}
	return time.UTC.String()
}
