package command

import (
	"log/slog"
	"os"
	"os/signal"
	"syscall"
)

// ignoreHangUps logs each SIGHUP and does nothing else until stop is called: a
// terminal that closes, or a script that asks for new settings, must not end calls
// in flight.
func ignoreHangUps(log *slog.Logger) (stop func()) {
	signals, done := make(chan os.Signal, 1), make(chan struct{})
	signal.Notify(signals, syscall.SIGHUP)
	go func() {
		for {
			select {
			case <-signals:
				log.Warn("SIGHUP is ignored: settings are read at the start; restart the server to change them")
			case <-done:
				return
			}
		}
	}()
	return func() {
		signal.Stop(signals)
		close(done)
	}
}
