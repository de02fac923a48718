package memory

import (
	"bufio"
	"fmt"
	"os"
	"strings"
	"unsafe"

	"golang.org/x/sys/unix"
)

// dropProgram gives back the pages of the program's own file that only the start
// needed: much of what runs once, and the data that it read. The kernel reads a page
// again when it is used again. A part of which the process has changed a page, as a
// linker may have, stays as it is.
func dropProgram() error {
	program, err := os.Readlink("/proc/self/exe")
	if err != nil {
		return err
	}
	parts, err := readOnlyParts(program)
	if err != nil {
		return err
	}
	for _, part := range parts {
		// The memory is the kernel's and not Go's, so the pointer is made of a number.
		start := *(*unsafe.Pointer)(unsafe.Pointer(&part.start))
		if err := unix.Madvise(unsafe.Slice((*byte)(start), part.end-part.start), unix.MADV_DONTNEED); err != nil {
			return fmt.Errorf("madvise: %w", err)
		}
	}
	return nil
}

// mapping is a part of the address space.
type mapping struct{ start, end uintptr }

// readOnlyParts returns the mappings of the file that cannot be written to, and of which
// the process has no page of its own.
func readOnlyParts(file string) (parts []mapping, err error) {
	f, err := os.Open("/proc/self/smaps")
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var current *mapping
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		fields := strings.Fields(lines.Text())
		switch {
		case len(fields) >= 5 && strings.Contains(fields[0], "-"):
			current = nil
			var m mapping
			if _, err := fmt.Sscanf(fields[0], "%x-%x", &m.start, &m.end); err != nil {
				return nil, err
			}
			if len(fields) == 6 && fields[5] == file && fields[1][1] == '-' {
				current = &m
			}
		case current != nil && fields[0] == "Anonymous:":
			if fields[1] == "0" {
				parts = append(parts, *current)
			}
			current = nil
		}
	}
	return parts, lines.Err()
}
