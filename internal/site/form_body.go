package site

import (
	"bytes"
	"errors"
	"io"
	"net/http"

	"example.com/alta/internal/problem"
	"example.com/alta/internal/recorder"
)

// handleForm adds a path that forms are sent to. The whole form has been read, within
// the limits of the server, before answer is called.
func (s *Site) handleForm(path string, answer http.HandlerFunc) {
	s.mux.HandleFunc("POST "+muxPattern(path), func(w http.ResponseWriter, r *http.Request) {
		raw, err := s.config.ReadForm(w, r, maxForm)
		if err != nil {
			s.showUnreadForm(w, r, err)
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(raw))
		answer(w, r)
	})
}

// showUnreadForm says why a form was not read: err is a problem.
func (s *Site) showUnreadForm(w http.ResponseWriter, r *http.Request, err error) {
	v := s.newVisit(w, r)
	if errors.Is(err, problem.ErrBodyCutOff) {
		v.showMalformed()
		return
	}
	told := recorder.New(http.Header{})
	if err := (problem.Writer{}).Write(told, r, "", err); err != nil {
		panic(err) // a recorder takes everything
	}
	v.showRetry(readAnswer(told, problem.Of(err)), card{Heading: v.text.Failed})
}

// readWhole reads a form without a limit but its length.
func readWhole(w http.ResponseWriter, r *http.Request, limit int64) ([]byte, error) {
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, limit))
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		return nil, problem.ErrTooLarge
	}
	return raw, err
}
