package handlers

import (
	"context"
	"log/slog"
	"time"
)

// reasonPause is the least time between two log entries about one failure of the
// storage, if its reason changes.
const reasonPause = time.Minute

// storageWatch logs when the storage begins to refuse writes, and when it takes them
// again.
type storageWatch struct {
	log   *slog.Logger
	now   func() time.Time
	away  func(bool) // told at each change
	since time.Time  // when it began to refuse them; zero: it takes them
	told  time.Time  // when the reason was logged
	says  string     // the reason
}

// found takes note of what a probe has found.
func (w *storageWatch) found(err error) {
	now := w.now()
	switch {
	case err == nil && w.since.IsZero():
	case err == nil:
		w.log.Info("the storage takes writes again", "after", now.Sub(w.since).Round(time.Second).String())
		w.away(false)
		w.since, w.says = time.Time{}, ""
	case w.since.IsZero():
		w.away(true)
		w.since = now
		w.tell(now, err)
	case err.Error() != w.says && now.Sub(w.told) >= reasonPause:
		w.tell(now, err)
	}
}

func (w *storageWatch) tell(now time.Time, err error) {
	w.log.Error("the storage takes no writes: calls that write are answered with 503", "error", err)
	w.told, w.says = now, err.Error()
}

// watchStorage probes the storage until ctx ends.
func (b *background) watchStorage(ctx context.Context) {
	watch := storageWatch{log: b.log, now: b.now, away: b.metrics.StorageAway}
	b.repo.WatchHealth(ctx, watch.found)
}
