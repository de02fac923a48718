//go:build !linux

package main

import "time"

// processorTime is not known here.
func processorTime() time.Duration { return 0 }

func sleep(d time.Duration) { time.Sleep(d) }
