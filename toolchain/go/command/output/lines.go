package output

import (
	"bytes"
	"strings"
)

// lineBytes bounds one shown line, and so what is kept of a line that never ends.
const lineBytes = 1000

// lines cuts a stream at newlines and at carriage returns, with which progress bars redraw.
type lines struct {
	show func(string)
	rest []byte
}

func (l *lines) add(chunk []byte) {
	for len(chunk) > 0 {
		end := bytes.IndexAny(chunk, "\r\n")
		if end < 0 {
			l.keep(chunk)
			return
		}
		l.keep(chunk[:end])
		if line := strings.ToValidUTF8(string(l.rest), "?"); strings.TrimSpace(line) != "" {
			l.show(line)
		}
		l.rest = l.rest[:0]
		chunk = chunk[end+1:]
	}
}

func (l *lines) keep(part []byte) {
	if room := lineBytes - len(l.rest); room > 0 {
		l.rest = append(l.rest, part[:min(room, len(part))]...)
	}
}
