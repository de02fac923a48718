package identity

import (
	"slices"
	"sync"
)

// Parts of the places of a queue.
const (
	knownPart = 4 // one in four places is kept for known callers
	groupPart = 2 // one group of callers has at most half of the places of its lane
)

// Caller says for whom a password is hashed. Callers of one group take turns with the
// other groups, and have a share of the places only.
type Caller struct {
	Network string // the call's, as large as one client may have it
	Known   string // the user that the caller has been before, or whose mail it has; "": a stranger
}

// hashQueue is the bounded queue of a Hasher. Known callers have places of their own,
// in which strangers cannot wait, and every other turn.
type hashQueue struct {
	mu        sync.Mutex
	ready     *sync.Cond // there is a job, or the queue is closed
	known     lane
	strangers lane
	knownNext bool // it is the turn of a known caller
	idle      int  // workers that wait for a job
	closed    bool
}

func newHashQueue(places int) *hashQueue {
	known := places / knownPart
	q := &hashQueue{known: newLane(known), strangers: newLane(places - known)}
	q.ready = sync.NewCond(&q.mu)
	return q
}

// add appends the job, and reports whether there was a place for it. A known caller
// without a place among the known waits among the strangers.
func (q *hashQueue) add(j *job) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return false
	}
	free := q.idle > q.known.waiting+q.strangers.waiting // a worker takes it at once
	added := j.caller.Known != "" && q.known.add(j, j.caller.Known, free)
	if !added && !q.strangers.add(j, j.caller.Network, free) {
		return false
	}
	q.ready.Signal()
	return true
}

// next waits for a job and removes it. It returns nil when the queue is closed and
// empty.
func (q *hashQueue) next() *job {
	q.mu.Lock()
	defer q.mu.Unlock()
	for q.known.waiting+q.strangers.waiting == 0 {
		if q.closed {
			return nil
		}
		q.idle++
		q.ready.Wait()
		q.idle--
	}
	first, second := &q.strangers, &q.known
	if q.knownNext {
		first, second = second, first
	}
	if first.waiting == 0 {
		first = second
	}
	q.knownNext = first == &q.strangers
	return first.next()
}

// remove removes a job that gives up, and reports whether it was still waiting.
func (q *hashQueue) remove(j *job) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.known.remove(j, j.caller.Known) || q.strangers.remove(j, j.caller.Network)
}

func (q *hashQueue) waiting() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.known.waiting + q.strangers.waiting
}

// close lets next return what waits, and then nil. Nothing is added any more.
func (q *hashQueue) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	q.ready.Broadcast()
}

// lane is a queue of groups that take turns. The hashQueue's mutex guards it.
type lane struct {
	places  int // for jobs of all groups
	share   int // for jobs of one
	waiting int
	jobs    map[string][]*job // by group, the oldest first; a group without jobs is absent
	turns   []string          // the groups, the next one first
}

func newLane(places int) lane {
	return lane{places: places, share: (places + groupPart - 1) / groupPart, jobs: map[string][]*job{}}
}

// add appends the job to its group. If all places are taken, it gets the place of the
// newest job of the group that has the most, which is refused, unless that group has
// hardly more than its own. free says that the job needs no place.
func (l *lane) add(j *job, group string, free bool) bool {
	n := len(l.jobs[group])
	switch {
	case free:
	case n >= l.share, l.waiting >= l.places && !l.displace(n+1):
		return false
	}
	if n == 0 {
		l.turns = append(l.turns, group)
	}
	l.jobs[group] = append(l.jobs[group], j)
	l.waiting++
	return true
}

// displace refuses the newest job of the largest group, if that has more than most.
func (l *lane) displace(most int) bool {
	var group string
	var jobs []*job
	for other, theirs := range l.jobs {
		if len(theirs) > most {
			group, jobs, most = other, theirs, len(theirs)
		}
	}
	if jobs == nil {
		return false
	}
	refused := jobs[len(jobs)-1]
	l.remove(refused, group)
	refused.skipped = true
	close(refused.finished)
	return true
}

// next removes the oldest job of the group whose turn it is.
func (l *lane) next() *job {
	group := l.turns[0]
	j := l.jobs[group][0]
	l.remove(j, group)
	if len(l.jobs[group]) > 0 { // it is its turn again after all others
		l.turns = append(l.turns[1:], group)
	}
	return j
}

// remove removes the job, and reports whether the group had it.
func (l *lane) remove(j *job, group string) bool {
	jobs := l.jobs[group]
	i := slices.Index(jobs, j)
	if i < 0 {
		return false
	}
	l.waiting--
	if l.jobs[group] = slices.Delete(jobs, i, i+1); len(jobs) == 1 {
		delete(l.jobs, group)
		l.turns = slices.DeleteFunc(l.turns, func(other string) bool { return other == group })
	}
	return true
}
