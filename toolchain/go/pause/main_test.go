package main

import (
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"
)

// The shell becomes pause, so pause has children that it did not start, as the first process of a pod.
func TestReapsChildrenThatEnd(t *testing.T) {
	const inherit = `for second in 0 0 0.2 0.4; do sleep $second & done; exec "$0"`
	pause := exec.Command("sh", "-c", inherit, os.Args[0])
	pause.Env = append(os.Environ(), "PAUSE=run")
	if err := pause.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		_ = pause.Process.Signal(syscall.SIGTERM)
		_ = pause.Wait()
	}()
	children := fmt.Sprintf("/proc/%d/task/%[1]d/children", pause.Process.Pid)
	seen := false
	for deadline := time.Now().Add(5 * time.Second); time.Now().Before(deadline); {
		left, err := os.ReadFile(children)
		if err != nil {
			t.Fatal(err)
		}
		if len(left) > 0 {
			seen = true
		} else if seen {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatal("a child that has ended was not reaped")
}

func TestMain(m *testing.M) {
	if os.Getenv("PAUSE") == "run" {
		main()
		return
	}
	os.Exit(m.Run())
}

func TestEndsOnTermination(t *testing.T) {
	for _, end := range []os.Signal{syscall.SIGTERM, syscall.SIGINT} {
		pause := exec.Command(os.Args[0])
		pause.Env = append(os.Environ(), "PAUSE=run")
		if err := pause.Start(); err != nil {
			t.Fatal(err)
		}
		done := make(chan error, 1)
		go func() { done <- pause.Wait() }()
		select {
		case err := <-done:
			t.Fatalf("ended before a signal: %v", err)
		case <-time.After(300 * time.Millisecond):
		}
		if err := pause.Process.Signal(end); err != nil {
			t.Fatal(err)
		}
		select {
		case err := <-done:
			if err != nil {
				t.Fatalf("%v: %v", end, err)
			}
		case <-time.After(5 * time.Second):
			t.Fatalf("%v did not end it", end)
		}
	}
}
