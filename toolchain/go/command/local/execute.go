package local

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"schedlab/toolchain/command/output"

	provider "github.com/pulumi/pulumi-go-provider"
)

// cancelGrace is how long a cancelled command may take to put things in order after SIGTERM.
const cancelGrace = 10 * time.Second

// execute runs script and fills results, which come in holding those of the run before.
func execute(ctx context.Context, script string, inputs BaseInputs, results *BaseOutputs) error {
	arguments := []string{"/bin/sh", "-c"}
	if inputs.Interpreter != nil && len(*inputs.Interpreter) > 0 {
		arguments = *inputs.Interpreter
	}
	arguments = append(arguments[:len(arguments):len(arguments)], script)
	capture := output.NewCapture(inputs.Logging.streams(), provider.GetLogger(ctx).InfoStatus)

	command := exec.CommandContext(ctx, arguments[0], arguments[1:]...)
	command.Stdout, command.Stderr = capture.Stdout(), capture.Stderr()
	command.Env = environment(inputs, *results)
	if inputs.Dir != nil {
		command.Dir = *inputs.Dir
	}
	if inputs.Stdin != nil {
		command.Stdin = strings.NewReader(*inputs.Stdin)
	}
	// A group of its own, so that cancelling reaches what the command has started too.
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	command.Cancel = func() error { return syscall.Kill(-command.Process.Pid, syscall.SIGTERM) }
	command.WaitDelay = cancelGrace

	err := command.Run()
	if err != nil && ctx.Err() != nil {
		if command.Process != nil {
			_ = syscall.Kill(-command.Process.Pid, syscall.SIGKILL)
		}
		return capture.Failure("command was cancelled", context.Cause(ctx))
	}
	if err != nil && !errors.Is(err, exec.ErrWaitDelay) {
		return capture.Failure("command failed on this host", err)
	}
	results.Stdout, results.Stderr = capture.Results()
	return collect(inputs, results)
}

func environment(inputs BaseInputs, previous BaseOutputs) []string {
	variables := os.Environ()
	if inputs.AddPreviousOutputInEnv == nil || *inputs.AddPreviousOutputInEnv {
		variables = append(variables, output.Previous(previous.Stdout, previous.Stderr)...)
	}
	if inputs.Environment != nil {
		for name, value := range *inputs.Environment {
			variables = append(variables, name+"="+value)
		}
	}
	return variables
}
