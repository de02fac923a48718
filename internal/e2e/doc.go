// Package e2e tests the binary as it is shipped: processes, signals, real
// databases, HTTP over sockets. It has tests only.
package e2e
