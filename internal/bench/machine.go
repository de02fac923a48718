package main

import (
	"debug/buildinfo"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"time"
)

// printMachine prints the facts of the machine on which the figures depend.
func printMachine(w io.Writer, binary string) {
	fmt.Fprintf(w, "machine  %d processors%s, %s/%s\n", runtime.NumCPU(), processor(), runtime.GOOS, runtime.GOARCH)
	built := "?"
	if info, err := buildinfo.ReadFile(binary); err == nil {
		built = info.GoVersion
	}
	fmt.Fprintf(w, "server   %s, built with %s; load generator on the same machine, %s\n", binary, built, runtime.Version())
	if delay, err := syncDelay(os.TempDir(), 50); err != nil {
		fmt.Fprintf(w, "disk     %s\n", err)
	} else {
		fmt.Fprintf(w, "disk     writing 4 KiB and fsync in %s takes %s\n", os.TempDir(), milliseconds(delay))
	}
}

// processor returns ", NAME", or "" if the system does not tell the name.
func processor() string {
	text, _ := os.ReadFile("/proc/cpuinfo")
	for line := range strings.Lines(string(text)) {
		if name, value, _ := strings.Cut(line, ":"); strings.TrimSpace(name) == "model name" {
			return ", " + strings.TrimSpace(value)
		}
	}
	return ""
}

// syncDelay returns the median time of a small durable write, which is the minimum
// for a commit. If it is close to zero, durability costs nothing and the figures
// are too good.
func syncDelay(directory string, times int) (time.Duration, error) {
	file, err := os.CreateTemp(directory, "alta-bench-*")
	if err != nil {
		return 0, err
	}
	defer os.Remove(file.Name())
	defer file.Close()
	block := make([]byte, 4096)
	var delays []time.Duration
	for range times {
		start := time.Now()
		if _, err := file.Write(block); err != nil {
			return 0, err
		}
		if err := file.Sync(); err != nil {
			return 0, err
		}
		delays = append(delays, time.Since(start))
	}
	return quantile(delays, 0.5), nil
}
