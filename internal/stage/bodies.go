package stage

import (
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"sync"
	"time"

	"example.com/alta/internal/connlimit"
	"example.com/alta/internal/meter"
	"example.com/alta/internal/problem"
)

const (
	// bodyTimeout is how long a client may take to send a body.
	bodyTimeout = 15 * time.Second
	// unreadTimeout is how long the server waits, before it answers, for a body that no
	// stage has read: otherwise the client might not get the answer.
	unreadTimeout = time.Second
	// bodyUnit is what each body takes of the memory, even if little of it has arrived.
	bodyUnit = 4 << 10
	// minBodies is the least memory for bodies, in bytes.
	minBodies     = 1 << 20
	defaultBodies = 64 << 20
)

// bodies reads the bodies of requests within a bound of memory. If clients send so many
// bodies at once, or so slowly, that there is not enough, the network with the most
// loses those that it has been sending for the longest time.
type bodies struct {
	most int64 // bytes

	mu       sync.Mutex
	used     int64
	byClient map[string]*clientBodies // by network
}

// clientBodies are the bodies that the clients of one network are sending.
type clientBodies struct {
	used int64
	list []*body // the oldest first
}

// body is the body of a request while it is read.
type body struct {
	size  int64
	since time.Time
	cut   bool   // it has lost its memory
	stop  func() // ends the reading
}

func newBodies(most int64) *bodies {
	return &bodies{most: max(most, minBodies), byClient: map[string]*clientBodies{}}
}

// read reads the whole body of the request of a client in the network. Its errors are
// problem.ErrTooLarge, ErrBodyCutOff for a client that is too slow or hangs up, and
// ErrOverloaded.
func (b *bodies) read(w http.ResponseWriter, r *http.Request, network string) ([]byte, error) {
	if r.Body == nil || r.Body == http.NoBody {
		return nil, nil
	}
	defer connlimit.Waiting(r.Context())()
	controller := http.NewResponseController(w)
	_ = controller.SetReadDeadline(time.Now().Add(bodyTimeout)) // there is none if the call was made in this process
	this := &body{since: time.Now(), stop: func() { _ = controller.SetReadDeadline(time.Now()) }}
	defer b.free(this, network)
	return b.readInto(this, r.Body, network)
}

// readInto reads the source to its end, and accounts for what it reads.
func (b *bodies) readInto(this *body, source io.Reader, network string) (raw []byte, err error) {
	for {
		if len(raw) == cap(raw) {
			grown := max(bodyUnit, 2*cap(raw))
			if !b.grow(this, network, int64(grown)) {
				return nil, problem.ErrOverloaded
			}
			raw = append(make([]byte, 0, grown), raw...)
		}
		n, err := source.Read(raw[len(raw):cap(raw)])
		raw = raw[:len(raw)+n]
		if err != nil {
			return raw, b.problemOf(this, err)
		}
	}
}

// problemOf returns the problem of a body whose reading has ended with err; nil: it is
// complete.
func (b *bodies) problemOf(this *body, err error) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	_, tooLarge := errors.AsType[*http.MaxBytesError](err)
	switch {
	case errors.Is(err, io.EOF):
		return nil
	case tooLarge:
		return problem.ErrTooLarge
	case this.cut:
		return problem.ErrOverloaded
	}
	return problem.ErrBodyCutOff
}

// grow takes memory for the body, so that it has size bytes. It reports false if the
// body has lost its own.
func (b *bodies) grow(this *body, network string, size int64) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if this.cut {
		return false
	}
	client := b.byClient[network]
	if client == nil {
		client = &clientBodies{}
		b.byClient[network] = client
	}
	if this.size == 0 {
		client.list = append(client.list, this)
	}
	more := size - this.size
	b.used, client.used, this.size = b.used+more, client.used+more, size
	for b.used > b.most && !this.cut {
		b.cutOldest()
	}
	return !this.cut
}

// cutOldest ends the oldest body of the network with the most.
func (b *bodies) cutOldest() {
	largest := ""
	for network, client := range b.byClient {
		most := b.byClient[largest]
		if most == nil || client.used > most.used || client.used == most.used && client.list[0].since.Before(most.list[0].since) {
			largest = network
		}
	}
	oldest := b.byClient[largest].list[0]
	oldest.cut = true
	oldest.stop()
	b.drop(oldest, largest)
}

func (b *bodies) free(this *body, network string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !this.cut {
		b.drop(this, network)
	}
}

// drop gives the memory of the body back.
func (b *bodies) drop(this *body, network string) {
	client := b.byClient[network]
	if client == nil || this.size == 0 {
		return
	}
	client.list = slices.DeleteFunc(client.list, func(other *body) bool { return other == this })
	b.used, client.used = b.used-this.size, client.used-this.size
	if len(client.list) == 0 {
		delete(b.byClient, network)
	}
}

// hurryBody makes the server wait only briefly for a body that no stage reads. net/http
// wants to read it before it sends the answer.
func hurryBody(w http.ResponseWriter, r *http.Request) {
	if r.ContentLength != 0 {
		_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(unreadTimeout))
	}
}

// formClass is the rate class of forms on pages.
const formClass = "form"

// ReadForm returns the body of a form that was sent to a page, which may have at most
// limit bytes. Before it reads any of it, it counts the form against the limit of the
// client's network. Its errors are problem.ErrRateLimited, ErrTooLarge, ErrBodyCutOff
// and ErrOverloaded.
func (s *Stages) ReadForm(w http.ResponseWriter, r *http.Request, limit int64) ([]byte, error) {
	if err := s.allowForm(r.Context()); err != nil {
		return nil, err
	}
	if r.ContentLength > limit {
		return nil, problem.ErrTooLarge
	}
	r.Body = http.MaxBytesReader(w, r.Body, limit)
	return s.bodies.read(w, r, network(From(r.Context()).Address))
}

func (s *Stages) allowForm(ctx context.Context) error {
	rate, limited := s.rates[formClass]
	if !limited || rate.Calls == 0 {
		return nil
	}
	decision := s.limits.Allow(ctx, formClass+" "+network(From(ctx).Address), meter.Limit(rate))
	if !decision.Allowed {
		return problem.ErrRateLimited.After(decision.RetryAfter)
	}
	return nil
}
