package handlers

import (
	"bytes"
	"errors"
	"io"
	"os"
)

// bufferMemory is the part of a responseBuffer that is kept in memory. It is enough for
// most exports.
const bufferMemory = 1 << 20

// responseBuffer holds a response until it is complete. Either the complete response
// is sent or an error, and a slow client does not keep a database connection busy. A
// response that is too long for memory continues in a file. It must be closed.
type responseBuffer struct {
	memory bytes.Buffer
	file   *os.File
	size   int64

	rewound bool // Read is in the file
}

// Write is part of io.Writer.
func (s *responseBuffer) Write(p []byte) (n int, err error) {
	if s.file == nil && s.memory.Len()+len(p) > bufferMemory {
		if s.file, err = os.CreateTemp("", "alta-answer-*"); err != nil {
			return 0, err
		}
		// If the system allows it, the file loses its name now, so that it is deleted
		// even if the process crashes.
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

// Read is part of io.Reader, for what has been written. It must not be mixed with
// WriteTo or followed by Write.
func (s *responseBuffer) Read(p []byte) (int, error) {
	if s.memory.Len() > 0 {
		return s.memory.Read(p)
	}
	if s.file == nil {
		return 0, io.EOF
	}
	if !s.rewound {
		if _, err := s.file.Seek(0, io.SeekStart); err != nil {
			return 0, err
		}
		s.rewound = true
	}
	return s.file.Read(p)
}

// WriteTo is part of io.WriterTo. It can be called once.
func (s *responseBuffer) WriteTo(w io.Writer) (int64, error) {
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

// reset discards the written bytes, so that the buffer can be used again.
func (s *responseBuffer) reset() error {
	err := s.Close()
	*s = responseBuffer{}
	return err
}

// Close deletes the file, if any.
func (s *responseBuffer) Close() error {
	if s.file == nil {
		return nil
	}
	err := s.file.Close()
	if removeErr := os.Remove(s.file.Name()); removeErr != nil && !errors.Is(removeErr, os.ErrNotExist) {
		err = errors.Join(err, removeErr)
	}
	return err
}
