package handlers

import (
	"bytes"
	"errors"
	"io"
	"os"
)

// spoolMemory is how much of a spool is kept in memory. What most people have
// fits into it.
const spoolMemory = 1 << 20

// spool keeps an answer until all of it is known: it is sent whole, or an error
// instead; and nobody waits in the database for a client that reads slowly. What
// is too long for memory goes on in a file. It must be closed.
type spool struct {
	memory bytes.Buffer
	file   *os.File
	size   int64
}

// Write is part of io.Writer.
func (s *spool) Write(p []byte) (n int, err error) {
	if s.file == nil && s.memory.Len()+len(p) > spoolMemory {
		if s.file, err = os.CreateTemp("", "alta-answer-*"); err != nil {
			return 0, err
		}
		// Where the system lets it, the file has no name from now on, and is gone with
		// the process whatever becomes of that.
		_ = os.Remove(s.file.Name())
	}
	if s.file == nil {
		n, err = s.memory.Write(p)
	} else {
		n, err = s.file.Write(p)
	}
	s.size += int64(n)
	return n, err
}

// WriteTo is part of io.WriterTo. It can be called once.
func (s *spool) WriteTo(w io.Writer) (int64, error) {
	n, err := s.memory.WriteTo(w)
	if err != nil || s.file == nil {
		return n, err
	}
	if _, err := s.file.Seek(0, io.SeekStart); err != nil {
		return n, err
	}
	m, err := io.Copy(w, s.file)
	return n + m, err
}

// reset forgets what was written. More can be.
func (s *spool) reset() error {
	err := s.Close()
	*s = spool{}
	return err
}

// Close ends the spool.
func (s *spool) Close() error {
	if s.file == nil {
		return nil
	}
	err := s.file.Close()
	if gone := os.Remove(s.file.Name()); gone != nil && !errors.Is(gone, os.ErrNotExist) {
		err = errors.Join(err, gone)
	}
	return err
}
