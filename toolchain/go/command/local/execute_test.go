package local

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

func pointer[T any](value T) *T { return &value }

func TestOutputsStdinEnvironmentAndDirectory(t *testing.T) {
	dir := t.TempDir()
	inputs := BaseInputs{
		Dir:         &dir,
		Stdin:       pointer("given"),
		Environment: &map[string]string{"COLOUR": "blue"},
	}
	var results BaseOutputs
	if err := execute(context.Background(), `cat; echo " $COLOUR $(pwd)"; echo oops >&2`, inputs, &results); err != nil {
		t.Fatal(err)
	}
	if results.Stdout != "given blue "+dir || results.Stderr != "oops" {
		t.Fatalf("%+v", results)
	}
}

func TestTheInterpreterGetsTheScriptAsItsLastArgument(t *testing.T) {
	interpreter := []string{"/bin/sh", "-c", `printf %s "$1"`, "sh"}
	var results BaseOutputs
	if err := execute(context.Background(), "$HOME", BaseInputs{Interpreter: &interpreter}, &results); err != nil {
		t.Fatal(err)
	}
	if results.Stdout != "$HOME" {
		t.Fatalf("%+v", results)
	}
}

func TestThePreviousOutputIsOfferedUnlessSwitchedOff(t *testing.T) {
	const script = `echo "[$PULUMI_COMMAND_STDOUT]"`
	results := BaseOutputs{Stdout: "before"}
	if err := execute(context.Background(), script, BaseInputs{}, &results); err != nil || results.Stdout != "[before]" {
		t.Fatalf("%+v %v", results, err)
	}
	off := BaseInputs{AddPreviousOutputInEnv: pointer(false)}
	if err := execute(context.Background(), script, off, &results); err != nil || results.Stdout != "[]" {
		t.Fatalf("%+v %v", results, err)
	}
}

func TestAFailureShowsTheOutputAndKeepsTheOldResults(t *testing.T) {
	results := BaseOutputs{Stdout: "before"}
	err := execute(context.Background(), "echo why; exit 3 # hunter2", BaseInputs{}, &results)
	if err == nil || !strings.Contains(err.Error(), "exit status 3") || !strings.Contains(err.Error(), "why") {
		t.Fatalf("got %v", err)
	}
	if strings.Contains(err.Error(), "hunter2") || results.Stdout != "before" {
		t.Fatalf("%v %+v", err, results)
	}
}

func TestCancellingEndsWhatTheCommandHasStarted(t *testing.T) {
	dir := t.TempDir()
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		for ctx.Err() == nil {
			if _, err := os.Stat(filepath.Join(dir, "pid")); err == nil {
				cancel()
			}
			time.Sleep(10 * time.Millisecond)
		}
	}()
	err := execute(ctx, `sleep 60 & echo $! > pid.new; mv pid.new pid; wait`, BaseInputs{Dir: &dir}, &BaseOutputs{})
	if err == nil || !strings.Contains(err.Error(), "cancelled") {
		t.Fatalf("got %v", err)
	}
	text, err := os.ReadFile(filepath.Join(dir, "pid"))
	if err != nil {
		t.Fatal(err)
	}
	child, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(5 * time.Second); syscall.Kill(child, 0) == nil; time.Sleep(10 * time.Millisecond) {
		if status, err := os.ReadFile("/proc/" + strconv.Itoa(child) + "/stat"); err == nil && strings.Contains(string(status), ") Z ") {
			return // dead, and not yet collected by the host's first process
		}
		if time.Now().After(deadline) {
			t.Fatalf("process %d is still alive", child)
		}
	}
}

func TestAssetsFollowTheLastRuleThatMatches(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"a/one.js", "a/secret.js", "b.txt"} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	inputs := BaseInputs{
		Dir:          &dir,
		AssetPaths:   &[]string{"**.js", "!**secret.*"},
		ArchivePaths: &[]string{"*.txt"},
	}
	var results BaseOutputs
	if err := execute(context.Background(), "true", inputs, &results); err != nil {
		t.Fatal(err)
	}
	if len(*results.Assets) != 1 || (*results.Assets)["a/one.js"].Asset.Path != filepath.Join(dir, "a/one.js") {
		t.Fatalf("%+v", *results.Assets)
	}
	if archived := results.Archive.Assets; len(archived) != 1 || archived["b.txt"] == nil {
		t.Fatalf("%+v", archived)
	}
}
