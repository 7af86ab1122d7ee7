package remote

import (
	"context"
	"fmt"
	"strings"
	"time"

	"schedlab/toolchain/command/output"

	provider "github.com/pulumi/pulumi-go-provider"
	"golang.org/x/crypto/ssh"
)

const (
	// A cancelled command may put things in order after SIGTERM.
	cancelGrace = 10 * time.Second
	killGrace   = 5 * time.Second
)

// execute runs script and fills results, which come in holding those of the run before.
func execute(ctx context.Context, script string, inputs CommandInputs, results *CommandOutputs) error {
	connected, err := inputs.Connection.dial(ctx)
	if err != nil {
		return err
	}
	defer connected.Close()
	session, err := connected.NewSession()
	if err != nil {
		return fmt.Errorf("SSH session on %s: %w", inputs.Connection.Host, err)
	}
	defer session.Close()
	if err := setEnvironment(ctx, session, inputs, *results); err != nil {
		return err
	}
	capture := output.NewCapture(inputs.Logging.streams(), provider.GetLogger(ctx).InfoStatus)
	session.Stdout, session.Stderr = capture.Stdout(), capture.Stderr()
	if inputs.Stdin != nil {
		session.Stdin = strings.NewReader(*inputs.Stdin)
	}
	if err := run(ctx, session, script, connected); err != nil {
		return capture.Failure("command failed on "+inputs.Connection.Host, err)
	}
	results.Stdout, results.Stderr = capture.Results()
	return nil
}

// run returns when the command is over; a cancelled one gets SIGTERM and, after a grace, SIGKILL.
func run(ctx context.Context, session *ssh.Session, script string, connected *client) error {
	if err := session.Start(script); err != nil {
		return err
	}
	over := make(chan error, 1)
	go func() { over <- session.Wait() }()
	select {
	case err := <-over:
		return err
	case <-ctx.Done():
	}
	// A connection that has died must not keep this from ending.
	deadline := time.AfterFunc(cancelGrace+killGrace, func() { _ = connected.Client.Close() })
	defer deadline.Stop()
	connected.signal(session, ssh.SIGTERM)
	select {
	case <-over:
	case <-time.After(cancelGrace):
		connected.signal(session, ssh.SIGKILL)
		<-over
	}
	return fmt.Errorf("cancelled: %w", context.Cause(ctx))
}

// signal reaches the command's process group. OpenSSH refuses a session's signals when root is logged
// in, so a second session sends it: both are children of the server's process for this connection,
// and nothing else is.
func (c *client) signal(session *ssh.Session, signal ssh.Signal) {
	const siblings = `for p in $(cat /proc/$PPID/task/$PPID/children); do [ $p = $$ ] || kill -%s -- -$p; done`
	second, err := c.NewSession()
	if err == nil {
		defer second.Close()
		err = second.Run(fmt.Sprintf(siblings, signal))
	}
	if err != nil {
		_ = session.Signal(signal)
	}
}

// setEnvironment needs the server's AcceptEnv for each name. What the run before printed is only an
// offer, so a server that refuses it is no error.
func setEnvironment(ctx context.Context, session *ssh.Session, inputs CommandInputs, previous CommandOutputs) error {
	const advice = "the SSH server has to list it in AcceptEnv; a shell command can set it itself: NAME=value command"
	for name, value := range inputs.Environment {
		if err := session.Setenv(name, value); err != nil {
			return fmt.Errorf("environment variable %s on %s: %w (%s)", name, inputs.Connection.Host, err, advice)
		}
	}
	if !valueOr(inputs.AddPreviousOutputInEnv, true) {
		return nil
	}
	for _, variable := range output.Previous(previous.Stdout, previous.Stderr) {
		name, value, _ := strings.Cut(variable, "=")
		if err := session.Setenv(name, value); err != nil {
			provider.GetLogger(ctx).Warningf("%s is not set on %s: %v (%s; addPreviousOutputInEnv: false silences this)",
				name, inputs.Connection.Host, err, advice)
		}
	}
	return nil
}
