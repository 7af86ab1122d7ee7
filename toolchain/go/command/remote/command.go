// Package remote runs commands and copies files over SSH.
package remote

import (
	"context"

	"schedlab/toolchain/command/output"

	"github.com/pulumi/pulumi-go-provider/infer"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// Command is the resource command:remote:Command.
type Command struct{}

// CommandInputs are what a program sets.
type CommandInputs struct {
	Connection             *Connection       `pulumi:"connection" provider:"secret"`
	Triggers               *[]any            `pulumi:"triggers,optional" provider:"replaceOnChanges"`
	Create                 *string           `pulumi:"create,optional"`
	Update                 *string           `pulumi:"update,optional"`
	Delete                 *string           `pulumi:"delete,optional"`
	Stdin                  *string           `pulumi:"stdin,optional"`
	Logging                *Logging          `pulumi:"logging,optional"`
	Environment            map[string]string `pulumi:"environment,optional"`
	AddPreviousOutputInEnv *bool             `pulumi:"addPreviousOutputInEnv,optional"`
}

// CommandOutputs are what the last run printed.
type CommandOutputs struct {
	Stdout string `pulumi:"stdout"`
	Stderr string `pulumi:"stderr"`
}

// CommandState is kept in the stack.
type CommandState struct {
	CommandInputs
	CommandOutputs
}

// Annotate sets the schema's defaults.
func (i *CommandInputs) Annotate(annotator infer.Annotator) {
	annotator.SetDefault(&i.AddPreviousOutputInEnv, true)
}

func (*Command) Create(
	ctx context.Context, request infer.CreateRequest[CommandInputs],
) (infer.CreateResponse[CommandState], error) {
	state := CommandState{CommandInputs: request.Inputs}
	id, err := resource.NewUniqueHex(request.Name, 8, 0)
	if err == nil && !request.DryRun && state.Create != nil {
		err = execute(ctx, *state.Create, state.CommandInputs, &state.CommandOutputs)
	}
	return infer.CreateResponse[CommandState]{ID: id, Output: state}, err
}

func (*Command) Update(
	ctx context.Context, request infer.UpdateRequest[CommandInputs, CommandState],
) (infer.UpdateResponse[CommandState], error) {
	state := CommandState{CommandInputs: request.Inputs, CommandOutputs: request.State.CommandOutputs}
	script := state.Update
	if script == nil {
		script = state.Create
	}
	var err error
	if !request.DryRun && script != nil {
		err = execute(ctx, *script, state.CommandInputs, &state.CommandOutputs)
	}
	return infer.UpdateResponse[CommandState]{Output: state}, err
}

func (*Command) Delete(
	ctx context.Context, request infer.DeleteRequest[CommandState],
) (infer.DeleteResponse, error) {
	state := request.State
	if state.Delete == nil {
		return infer.DeleteResponse{}, nil
	}
	return infer.DeleteResponse{}, execute(ctx, *state.Delete, state.CommandInputs, &state.CommandOutputs)
}

// WireDependencies makes what a command prints secret as soon as anything that it was given is. The
// connection, always secret, does not count: the command cannot see it.
func (*Command) WireDependencies(fields infer.FieldSelector, inputs *CommandInputs, state *CommandState) {
	given := []infer.InputField{
		fields.InputField(&inputs.Create),
		fields.InputField(&inputs.Update),
		fields.InputField(&inputs.Stdin),
		fields.InputField(&inputs.Environment),
	}
	fields.OutputField(&state.Stdout).DependsOn(given...)
	fields.OutputField(&state.Stderr).DependsOn(given...)
}

// Logging says which streams are shown while the command runs.
type Logging string

// Values lists the enumeration for the schema.
func (Logging) Values() []infer.EnumValue[Logging] {
	return []infer.EnumValue[Logging]{
		{Name: "stdout", Value: "stdout"},
		{Name: "stderr", Value: "stderr"},
		{Name: "stdoutAndStderr", Value: "stdoutAndStderr"},
		{Name: "none", Value: "none"},
	}
}

func (l *Logging) streams() output.Streams {
	both := l == nil || *l == "stdoutAndStderr"
	return output.Streams{Stdout: both || *l == "stdout", Stderr: both || *l == "stderr"}
}
