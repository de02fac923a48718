package redact

import (
	"log/slog"
	"testing"
)

func BenchmarkAttr(b *testing.B) {
	attrs := []slog.Attr{
		slog.String("request_id", "0193c0de-6a0e-4d3c-9d0e-5d9a4b1c2e3f"), slog.String("operation", "listAccounts"),
		slog.String("path", "/api/transactions/0193c0de-6a0e-4d3c-9d0e-5d9a4b1c2e3f"), slog.String("address", "192.0.2.1"),
	}
	b.ReportAllocs()
	for b.Loop() {
		for _, a := range attrs {
			Attr(nil, a)
		}
	}
}
