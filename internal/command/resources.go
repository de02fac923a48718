package command

import (
	"log/slog"
	"net"
	"net/netip"

	"example.com/alta/internal/connlimit"
	"example.com/alta/internal/contract"
	"example.com/alta/internal/memory"
	"example.com/alta/internal/netaddr"
)

// Shares of the memory of Go's runtime. The rest is for the calls themselves.
const (
	answersShare     = 4  // a quarter is for large answers
	connectionsShare = 4  // a quarter is for connections
	bodiesShare      = 16 // a sixteenth is for bodies that clients are sending

	// connectionMemory is what a connection takes whose client has sent most of a
	// header, in bytes.
	connectionMemory = 32 << 10
	// maxHeaderBytes bounds the header of a request.
	maxHeaderBytes = 16 << 10
	// headerSlop is what net/http takes beyond its MaxHeaderBytes.
	headerSlop = 4 << 10
	// descriptorsKept are not for connections: the database takes 24 of them, mails 64,
	// Redis some 40, and files, the issuer of sign-ins and the process itself the rest.
	descriptorsKept = 160
	// leastConnections are admitted however little there is of everything.
	leastConnections = 16
)

// LimitFlags are the settings about what clients may use at once.
type LimitFlags struct {
	FormRate                 string `help:"Rate limit per client address for forms on pages: N/s, N/m, N/h or off (default ${default})." default:"600/m" placeholder:"RATE"`
	MaxConnections           string `help:"Maximum number of open connections of clients; fewer if open files or memory do not suffice (default ${default})." default:"10000" placeholder:"N"`
	MaxConnectionsPerAddress string `help:"Maximum number of them from one address, or one /64 of IPv6; a quarter of all if unset. Trusted proxies have no limit of their own." placeholder:"N"`
}

func (f *LimitFlags) parse(s *settings, check checkFunc) {
	var err error
	s.rates["form"], err = contract.ParseRate(f.FormRate)
	check("ALTA_FORM_RATE", err)
	s.maxConnections, err = parseNumber(f.MaxConnections, leastConnections, 1_000_000)
	check("ALTA_MAX_CONNECTIONS", err)
	if f.MaxConnectionsPerAddress != "" {
		s.perAddress, err = parseNumber(f.MaxConnectionsPerAddress, 1, 1_000_000)
		check("ALTA_MAX_CONNECTIONS_PER_ADDRESS", err)
	}
}

// limitConnections returns the listener with the limits of the settings, or with lower
// ones if the process has not enough descriptors or memory for them.
func (p *process) limitConnections(listener net.Listener) (*connlimit.Listener, error) {
	descriptors, err := maxDescriptors()
	if err != nil {
		return nil, err
	}
	total := boundConnections(p.maxConnections, descriptors, p.memory.Go)
	perAddress := p.perAddress
	if perAddress == 0 {
		perAddress = total / 4
	}
	perAddress = max(min(perAddress, total), 1)
	p.log.Info("limits", "connections", total, "connections_per_address", perAddress, "descriptors", descriptors,
		"memory_bytes", p.memory.Go, "memory_from", p.memory.From)
	isProxy := func(address netip.Addr) bool { return netaddr.Contains(p.proxies, address) }
	limited := connlimit.New(listener, connlimit.Config{
		Total: total, PerAddress: perAddress, IsProxy: isProxy, Closed: p.metrics.ConnectionClosed, Log: p.log,
	})
	p.metrics.WatchConnections(limited.Count)
	return limited, nil
}

// boundConnections returns how many of the connections that the operator wants fit into
// the descriptors and the memory.
func boundConnections(wanted, descriptors int, memory int64) int {
	byDescriptors := max(descriptors-descriptorsKept, descriptors/4)
	byMemory := int(memory / connectionsShare / connectionMemory)
	return max(min(wanted, byDescriptors, byMemory), leastConnections)
}

// limitMemory sets the limit of the memory, and warns of one that is too low.
func limitMemory(getenv func(string) string, log *slog.Logger) memory.Limit {
	limit := memory.Set(getenv)
	if limit.Go < leastMemory {
		log.Warn("there is little memory: large answers are made one at a time, and may fail", "memory_bytes", limit.Go)
	}
	return limit
}

// leastMemory is what a server needs to make any answer with room to spare, in bytes.
const leastMemory = 64 << 20
