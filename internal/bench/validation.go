package main

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"regexp"
	"strconv"
)

// cost has the figures of a benchmark for one kind of request, one per run.
type cost struct{ nanoseconds, allocations []float64 }

// measureValidation runs the benchmark of the validate stage and reports the cost of
// the stage. The benchmark is in the stage's package, because the stage is not
// exported.
func measureValidation(ctx context.Context, r *report) error {
	command := exec.CommandContext(ctx, "go", "test", "-run", "^$", "-bench", "^BenchmarkValidation$",
		"-benchmem", "-benchtime", "0.5s", "-count", "3", "example.com/alta/internal/stage")
	output, err := command.CombinedOutput()
	if err != nil {
		return fmt.Errorf("go test: %w: %.300s", err, output)
	}
	costs := parseBenchmark(string(output))
	for _, request := range []struct{ name, title string }{
		{"registerAppUser", "registerAppUser"},
		{"registerAppUser-default", "appRegister, currency by default"},
		{"listCategories", "listCategories"},
	} {
		with, without := costs[request.name+"/with"], costs[request.name+"/without"]
		if with == nil || without == nil {
			return errors.New("the benchmark did not print " + request.name)
		}
		nanoseconds := median(with.nanoseconds) - median(without.nanoseconds)
		allocations := median(with.allocations) - median(without.allocations)
		r.add(figure{
			name: "validation of " + request.title, text: fmt.Sprintf("%.2f µs", nanoseconds/1000), value: nanoseconds, bar: atMost(10_000, "10 µs"),
			note: fmt.Sprintf("%.2f µs with, %.2f µs without; median of 3", median(with.nanoseconds)/1000, median(without.nanoseconds)/1000),
		})
		r.add(figure{
			name: "  allocations", text: fmt.Sprintf("%.0f", allocations), value: allocations, bar: atMost(50, "50"),
			note: fmt.Sprintf("%.0f with, %.0f without", median(with.allocations), median(without.allocations)),
		})
	}
	return nil
}

var benchmarkLine = regexp.MustCompile(`(?m)^BenchmarkValidation/(\S+?)(?:-\d+)?\s+\d+\s+([\d.]+) ns/op\s+[\d.]+ B/op\s+([\d.]+) allocs/op`)

// parseBenchmark reads the output of `go test -bench`. It returns the figures by the
// names of the benchmarks.
func parseBenchmark(output string) map[string]*cost {
	costs := map[string]*cost{}
	for _, match := range benchmarkLine.FindAllStringSubmatch(output, -1) {
		nanoseconds, _ := strconv.ParseFloat(match[2], 64)
		allocations, _ := strconv.ParseFloat(match[3], 64)
		c := costs[match[1]]
		if c == nil {
			c = &cost{}
			costs[match[1]] = c
		}
		c.nanoseconds = append(c.nanoseconds, nanoseconds)
		c.allocations = append(c.allocations, allocations)
	}
	return costs
}
