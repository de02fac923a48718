// Package docs makes the published documentation from the contract: a model
// that pages are rendered from, the same as Markdown, and files for language
// models. It knows no HTTP server. All its texts are Markdown.
package docs

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"

	"example.com/alta/internal/contract"
	"example.com/alta/internal/contract/source"
)

// Book is the whole documentation. It does not change once it is made, so any
// number of goroutines may read it.
type Book struct {
	Title       string
	Version     string
	Date        string // of the version's entry in the changelog, or Unreleased
	Hash        string // of the contract as written, 8 hexadecimal digits
	Description string
	Tags        []*Tag       // in the contract's order
	Operations  []*Operation // all of them, group by group
	ErrorCodes  []*ErrorCode // in the contract's order
	Releases    []Release    // the newest first
	Schemes     []Scheme     // ways to say who calls, in the contract's order

	tags  map[string]*Tag
	pages map[string]*Operation // by path
	index index
	json  []byte
}

// Tag is a group of operations.
type Tag struct {
	Name        string // as in the contract and in URLs: api-keys
	Title       string // for people: API keys
	Page        string // /docs/api-keys
	Description string
	Operations  []*Operation // in the contract's order
}

// New makes the book from openapi.yaml and CHANGELOG.md, as they are written.
// It fails where the contract lacks something that the pages show.
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
	// That the document is valid in every way is for tests: it takes half a second.
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

// Tag returns the group of that name, or nil.
func (b *Book) Tag(name string) *Tag { return b.tags[name] }

// Operation returns the operation of the page /docs/{tag}/{slug}, or nil.
func (b *Book) Operation(tag, slug string) *Operation { return b.pages[page(tag, slug)] }

// JSON returns the contract as JSON, its keys in the order in which they are
// written. Callers do not change it.
func (b *Book) JSON() []byte { return b.json }
