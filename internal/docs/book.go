// Package docs makes the published documentation from the contract: a model
// from which pages are rendered, the same as Markdown, and files for language
// models. It contains no HTTP server. All its texts are Markdown.
package docs

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"

	"example.com/alta/internal/contract"
	"example.com/alta/internal/contract/source"
)

// Book is the whole documentation. It is immutable, so any number of goroutines
// may read it.
type Book struct {
	Title       string
	Version     string
	Date        string // of the version in the changelog, or Unreleased
	Hash        string // of openapi.yaml, 8 hexadecimal digits
	Description string
	Tags        []*Tag       // in the contract's order
	Operations  []*Operation // all operations, group by group
	Run         []*RunFolder // all operations, in an order in which they can be called
	ErrorCodes  []*ErrorCode // in the contract's order
	Releases    []Release    // the newest first
	Schemes     []Scheme     // how callers identify themselves, in the contract's order

	tags  map[string]*Tag
	pages map[string]*Operation // by path
	index index
	json  []byte
}

// Tag is a group of operations.
type Tag struct {
	Name        string // in the contract and in URLs, such as api-keys
	Title       string // for people, such as API keys
	Page        string // path of the page, such as /docs/api-keys
	Description string
	Operations  []*Operation // in the contract's order
}

// New makes the book from the contents of openapi.yaml and CHANGELOG.md. It
// returns an error if the contract lacks something that the pages show.
func New(document []byte, changelog string) (*Book, error) {
	written, err := source.Parse(document)
	if err != nil {
		return nil, fmt.Errorf("contract: %w", err)
	}
	raw, err := written.Root.JSON()
	if err != nil {
		return nil, fmt.Errorf("contract: %w", err)
	}
	spec, err := written.Load()
	if err != nil {
		return nil, fmt.Errorf("contract: %w", err)
	}
	// Full validation takes half a second, so it is left to tests.
	if spec.Info == nil || spec.Paths == nil || spec.Components == nil {
		return nil, errors.New("contract: wants info, paths and components")
	}
	parsed, err := contract.Parse(spec, nil)
	if err != nil {
		return nil, fmt.Errorf("contract: %w", err)
	}
	hash := sha256.Sum256(document)
	book := &Book{
		Title:       spec.Info.Title,
		Version:     spec.Info.Version,
		Hash:        hex.EncodeToString(hash[:4]),
		Description: spec.Info.Description,
		Releases:    parseChangelog(changelog),
		tags:        map[string]*Tag{},
		pages:       map[string]*Operation{},
		json:        raw,
	}
	book.Date = releaseDate(book.Releases, book.Version)
	w := &writer{book: book, spec: spec, contract: parsed, source: written}
	if err := w.write(); err != nil {
		return nil, fmt.Errorf("contract: %w", err)
	}
	return book, nil
}

// formerTags has the present names of groups by the names that they had in
// earlier versions.
var formerTags = map[string]string{"account": "tokens", "user": "developer", "users": "me"}

// TagName returns the present name of a group, which may be given by an earlier
// one.
func TagName(name string) string { return cmp.Or(formerTags[name], name) }

// Tag returns the group with the name, or nil.
func (b *Book) Tag(name string) *Tag { return b.tags[name] }

// Operation returns the operation of the page /docs/{tag}/{slug}, or nil.
func (b *Book) Operation(tag, slug string) *Operation { return b.pages[pagePath(tag, slug)] }

// operation returns the operation with the operationId, or nil.
func (b *Book) operation(id string) *Operation {
	i := slices.IndexFunc(b.Operations, func(op *Operation) bool { return op.ID == id })
	if i < 0 {
		return nil
	}
	return b.Operations[i]
}

// JSON returns the contract as JSON, with its keys in the order of
// openapi.yaml. Callers must not change it.
func (b *Book) JSON() []byte { return b.json }
