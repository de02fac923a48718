package docs

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Hit is an operation that Search has found.
type Hit struct {
	Operation *Operation
	Score     int // higher is better
}

// Weights of words by the place where they occur.
const (
	weightName        = 8 // method, path and id
	weightSummary     = 6
	weightTag         = 5
	weightParameter   = 3
	weightCode        = 3
	weightDescription = 1

	scoreExact = 1000 // for a query that is exactly the operation's path
)

// index holds the words of each operation.
type index []indexed

type indexed struct {
	operation *Operation
	names     []string // folded names that a whole query may match
	weights   map[string]int
}

func newIndex(operations []*Operation) index {
	all := make(index, len(operations))
	for i, op := range operations {
		all[i] = newIndexed(op)
	}
	return all
}

func newIndexed(op *Operation) indexed {
	entry := indexed{operation: op, names: []string{foldCase(op.Endpoint()), foldCase(op.Path)}, weights: map[string]int{}}
	entry.addWords(weightName, op.Method, op.Path, op.ID)
	entry.addWords(weightSummary, op.Summary)
	entry.addWords(weightTag, op.Tag.Name)
	for _, parameter := range op.Parameters {
		entry.addWords(weightParameter, parameter.Name)
	}
	for _, code := range op.Codes {
		entry.addWords(weightCode, code.Name)
	}
	entry.addWords(weightDescription, op.Description, op.Why, op.UseCase)
	entry.addWords(weightDescription, op.SideEffects...)
	return entry
}

func (e indexed) addWords(weight int, texts ...string) {
	for _, text := range texts {
		for _, word := range wordsOf(text) {
			e.weights[word] = max(e.weights[word], weight)
		}
	}
}

// Search returns the operations that contain every word of the query, or a word
// that begins with it, the best first. Case and accents are ignored. A query
// without words finds nothing.
func (b *Book) Search(query string) []Hit {
	words := wordsOf(query)
	if len(words) == 0 {
		return nil
	}
	whole := foldCase(strings.TrimSpace(query))
	var hits []Hit
	for _, entry := range b.index {
		score := entry.score(words)
		if score == 0 {
			continue
		}
		if slices.Contains(entry.names, whole) {
			score += scoreExact
		}
		hits = append(hits, Hit{entry.operation, score})
	}
	slices.SortStableFunc(hits, func(a, b Hit) int { return cmp.Compare(b.Score, a.Score) })
	return hits
}

// score returns 0 if a word is missing. A whole word counts twice as much as
// the beginning of one.
func (e indexed) score(words []string) int {
	total := 0
	for _, word := range words {
		best := 2 * e.weights[word]
		for candidate, weight := range e.weights {
			if strings.HasPrefix(candidate, word) {
				best = max(best, weight)
			}
		}
		if best == 0 {
			return 0
		}
		total += best
	}
	return total
}

// foldCase removes case and accents from a text.
func foldCase(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFD.String(text))
}

// wordsOf returns the folded words of a text. A name such as resendVerification
// counts as a word, and so do its parts.
func wordsOf(text string) []string {
	var words []string
	for _, name := range strings.FieldsFunc(text, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.Is(unicode.Mn, r)
	}) {
		words = append(words, foldCase(name))
		start, wasLower := 0, false
		for i, r := range name {
			if unicode.IsUpper(r) && wasLower {
				words = append(words, foldCase(name[start:i]))
				start = i
			}
			wasLower = unicode.IsLower(r)
		}
		if start > 0 {
			words = append(words, foldCase(name[start:]))
		}
	}
	return words
}
