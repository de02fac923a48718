package main

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
)

// floorArgument makes this program the server that startFloor starts.
const floorArgument = "-serve-floor"

// startFloor starts a server with one echo handler that answers a small JSON object:
// what a call costs at least with the same libraries.
func (b *bench) startFloor(ctx context.Context, e *engine) (*server, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	s := &server{binary: program, engine: e, log: filepath.Join(e.directory, "floor.log"), exited: make(chan struct{})}
	log, err := os.Create(s.log)
	if err != nil {
		return nil, err
	}
	defer log.Close()
	s.command = exec.CommandContext(context.WithoutCancel(ctx), program, floorArgument)
	s.command.Stderr = log
	return s, s.run(ctx)
}

// serveFloor serves until the process is told to stop. It prints its address as Alta
// does.
func serveFloor(ctx context.Context) error {
	handler := echo.New()
	answer := map[string]any{
		"id": "7d1c6f1e-6a0e-4d3c-9d0e-5d9a4b1c2e3f", "email": "john@example.com", "firstName": "John", "lastName": "Doe",
		"currency": "USD", "isActive": true, "createdAt": "2026-01-15T10:00:00.000Z",
	}
	handler.GET("/", func(c echo.Context) error { return c.JSON(http.StatusOK, answer) })
	handler.GET("/readyz", func(c echo.Context) error { return c.JSON(http.StatusOK, answer) })
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, `{"msg":"listening","address":%q}`+"\n", listener.Addr().String())
	server := &http.Server{Handler: handler}
	context.AfterFunc(ctx, func() { server.Close() })
	if err := server.Serve(listener); err != http.ErrServerClosed {
		return err
	}
	return nil
}

// allocations returns how many objects the server has allocated since its start, and 0
// for the floor.
func (s *server) allocations(ctx context.Context) (float64, error) {
	if s.command.Args[len(s.command.Args)-1] == floorArgument {
		return 0, nil
	}
	c := newClient(ctx, s.address)
	defer c.close()
	body, err := c.get("/metrics", "", 200)
	if err != nil {
		return 0, err
	}
	for line := range bytes.Lines(body) {
		if value, found := bytes.CutPrefix(line, []byte("go_memstats_mallocs_total ")); found {
			return strconv.ParseFloat(strings.TrimSpace(string(value)), 64)
		}
	}
	return 0, fmt.Errorf("/metrics has no number of allocations")
}

// processorTime returns the processor time of the database server's processes that
// serve this database, and 0 for SQLite or if the system does not tell it.
func (e *engine) processorTime(ctx context.Context) (total time.Duration) {
	if !e.isPostgres() {
		return 0
	}
	db, err := sql.Open("postgres", e.url)
	if err != nil {
		return 0
	}
	defer db.Close()
	rows, err := db.QueryContext(ctx, "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
	if err != nil {
		return 0
	}
	defer rows.Close()
	for rows.Next() {
		var pid int
		if rows.Scan(&pid) == nil {
			total += processorTimeOf(pid)
		}
	}
	return total
}
