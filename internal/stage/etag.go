package stage

import (
	"encoding/json"
	"slices"
	"strings"

	"example.com/alta/internal/identity"
	"example.com/alta/internal/problem"
)

const headerETag = "ETag"

// tagLength is the length of the opaque part of an entity tag, in hexadecimal digits.
const tagLength = 32

// ETag returns the entity tag of a resource, for the header of a response.
// representation is the body that GET has for the resource. The tag is an HMAC of
// it: all servers with the same secret have the same tag, the tag differs if
// anything in the body does, and it reveals nothing about the body.
func (s *Stages) ETag(representation any) (string, error) {
	tags, err := s.tagsOf(representation)
	if err != nil {
		return "", err
	}
	return tags[0], nil
}

// tagsOf returns the entity tag under each of the operator's secrets. The first is
// the present one.
func (s *Stages) tagsOf(representation any) ([]string, error) {
	text, err := json.Marshal(representation)
	if err != nil {
		return nil, err
	}
	var tags []string
	for _, digest := range s.keys.Digests(identity.PurposeTag, string(text)) {
		tags = append(tags, `"`+digest.Sum[:tagLength]+`"`)
	}
	return tags, nil
}

// CheckMatch returns problem.ErrPreconditionFailed unless the resource has one of the
// entity tags in ifMatch, a valid If-Match. nil and * match every resource. Callers
// pass a representation that they read in the transaction of their write, under a
// lock that every writer of the resource takes. Then only one of several calls with
// the same tag can change the resource.
func (s *Stages) CheckMatch(ifMatch *string, representation any) error {
	if ifMatch == nil {
		return nil
	}
	tags, err := s.tagsOf(representation)
	if err != nil {
		return err
	}
	isOwn := func(tag string) bool { return tag == "*" || slices.Contains(tags, tag) }
	if !slices.ContainsFunc(splitTags(*ifMatch), isOwn) {
		return problem.ErrPreconditionFailed
	}
	return nil
}

// splitTags returns the elements of a valid If-Match. A tag may contain commas, and a
// weak one keeps its prefix: it equals no strong tag (RFC 9110 section 8.8.3.2).
func splitTags(ifMatch string) (tags []string) {
	isSeparator := func(r rune) bool { return r == ' ' || r == '\t' || r == ',' }
	for rest := strings.TrimLeftFunc(ifMatch, isSeparator); rest != ""; rest = strings.TrimLeftFunc(rest, isSeparator) {
		opened := strings.IndexByte(rest, '"')
		if opened < 0 { // *
			return append(tags, strings.TrimRightFunc(rest, isSeparator))
		}
		closed := opened + 1 + strings.IndexByte(rest[opened+1:], '"')
		tags, rest = append(tags, rest[:closed+1]), rest[closed+1:]
	}
	return tags
}
