package output

import (
	"errors"
	"strings"
	"testing"
)

func TestLinesAreShownAsSoonAsTheyAreComplete(t *testing.T) {
	var shown []string
	capture := NewCapture(Streams{Stdout: true, Stderr: true}, func(line string) { shown = append(shown, line) })
	write := func(text string) {
		if _, err := capture.Stdout().Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	write("one\ntw")
	if strings.Join(shown, "|") != "one" {
		t.Fatalf("after half a line: %q", shown)
	}
	write("o\n10 %\r20 %\r\n\n")
	if strings.Join(shown, "|") != "one|two|10 %|20 %" {
		t.Fatalf("at the end: %q", shown)
	}
	stdout, _ := capture.Results()
	if stdout != "one\ntwo\n10 %\r20 %\r\n" {
		t.Fatalf("captured %q", stdout)
	}
}

func TestAnEndlessLineIsCutInTheDisplayOnly(t *testing.T) {
	var shown string
	capture := NewCapture(Streams{Stderr: true}, func(line string) { shown = line })
	if _, err := capture.Stderr().Write([]byte(strings.Repeat("x", 3*lineBytes) + "\n")); err != nil {
		t.Fatal(err)
	}
	if _, stderr := capture.Results(); len(shown) != lineBytes || len(stderr) != 3*lineBytes {
		t.Fatalf("shown %d, captured %d", len(shown), len(stderr))
	}
}

func TestAStreamThatIsNotLoggedIsNeitherShownNorInTheError(t *testing.T) {
	capture := NewCapture(Streams{Stderr: true}, func(line string) {
		if strings.Contains(line, "hidden") {
			t.Errorf("shown: %q", line)
		}
	})
	capture.Stdout().Write([]byte("hidden\n"))
	capture.Stderr().Write([]byte("reason\n"))
	message := capture.Failure("it", errors.New("exit status 1")).Error()
	if strings.Contains(message, "hidden") || !strings.Contains(message, "reason") {
		t.Fatal(message)
	}
	silent := NewCapture(Streams{}, nil)
	silent.Stderr().Write([]byte("hidden\n"))
	if message := silent.Failure("it", errors.New("exit status 1")).Error(); strings.Contains(message, "hidden") {
		t.Fatal(message)
	}
}
