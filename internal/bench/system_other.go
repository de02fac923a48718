//go:build !linux

package main

import "time"

// processorTime returns 0: the processor time is not known on this system.
func processorTime() time.Duration { return 0 }

func sleep(d time.Duration) { time.Sleep(d) }
