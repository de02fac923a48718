package handlers

import (
	"log/slog"
	"time"
)

// NewStorageWatch returns what takes note of the probes of the storage.
func NewStorageWatch(log *slog.Logger, now func() time.Time, away func(bool)) (found func(error)) {
	watch := storageWatch{log: log, now: now, away: away}
	return watch.found
}
