// Package output keeps what a command prints and shows it, line by line, while it runs.
package output

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"sync"
)

// tailBytes is how much of a failed command's output goes into its error message.
const tailBytes = 4096

// Streams says which of a command's streams may be shown.
type Streams struct {
	Stdout, Stderr bool
}

// Capture collects a command's two streams; its writers may be used at the same time.
type Capture struct {
	mutex          sync.Mutex
	shown          Streams
	stdout, stderr bytes.Buffer
	// both streams in the order in which they came, for the error message
	mixed   bytes.Buffer
	partial map[io.Writer]*lines
}

// NewCapture calls show with every line of the shown streams as soon as it is complete.
func NewCapture(shown Streams, show func(line string)) *Capture {
	capture := &Capture{shown: shown, partial: map[io.Writer]*lines{}}
	for buffer, visible := range map[io.Writer]bool{
		&capture.stdout: shown.Stdout,
		&capture.stderr: shown.Stderr,
	} {
		if visible {
			capture.partial[buffer] = &lines{show: show}
		}
	}
	return capture
}

// Stdout is where the command writes its standard output.
func (c *Capture) Stdout() io.Writer { return stream{c, &c.stdout} }

// Stderr is where the command writes its standard error.
func (c *Capture) Stderr() io.Writer { return stream{c, &c.stderr} }

// Results are both outputs without their last newline.
func (c *Capture) Results() (stdout, stderr string) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return strings.TrimSuffix(c.stdout.String(), "\n"), strings.TrimSuffix(c.stderr.String(), "\n")
}

// Failure wraps the error of a command. The command's text is left out, as it may hold a secret,
// and so is a stream that must not be shown.
func (c *Capture) Failure(what string, cause error) error {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if !c.shown.Stdout && !c.shown.Stderr {
		return fmt.Errorf("%s: %w (its output is withheld: logging is \"none\")", what, cause)
	}
	tail := c.mixed.Bytes()
	if len(tail) > tailBytes {
		tail = append([]byte("[…] "), tail[len(tail)-tailBytes:]...)
	}
	if len(bytes.TrimSpace(tail)) == 0 {
		return fmt.Errorf("%s: %w (it printed nothing)", what, cause)
	}
	return fmt.Errorf("%s: %w:\n%s", what, cause, strings.ToValidUTF8(string(tail), "?"))
}

type stream struct {
	capture *Capture
	buffer  *bytes.Buffer
}

func (s stream) Write(chunk []byte) (int, error) {
	s.capture.mutex.Lock()
	defer s.capture.mutex.Unlock()
	s.buffer.Write(chunk)
	if partial, visible := s.capture.partial[s.buffer]; visible {
		s.capture.mixed.Write(chunk)
		partial.add(chunk)
	}
	return len(chunk), nil
}
