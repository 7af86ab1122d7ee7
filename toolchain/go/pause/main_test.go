package main

import (
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"
)

func TestReapLeavesNoEndedChild(t *testing.T) {
	const children = 5
	for range children {
		if _, err := syscall.ForkExec("/bin/true", []string{"true"}, nil); err != nil {
			t.Fatal(err)
		}
	}
	deadline := time.Now().Add(5 * time.Second)
	for {
		reap()
		_, err := syscall.Wait4(-1, nil, syscall.WNOHANG, nil)
		if err == syscall.ECHILD {
			return
		}
		if time.Now().After(deadline) {
			t.Fatal("a child was not reaped")
		}
		time.Sleep(time.Millisecond)
	}
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
