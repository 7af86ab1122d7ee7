// Package local runs commands on the host of the Pulumi program.
package local

import (
	"context"

	"github.com/pulumi/pulumi-go-provider/infer"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// Command is the resource command:local:Command.
type Command struct{}

// CommandInputs are what a program sets.
type CommandInputs struct {
	BaseInputs
	Triggers *[]any  `pulumi:"triggers,optional" provider:"replaceOnChanges"`
	Create   *string `pulumi:"create,optional"`
	Update   *string `pulumi:"update,optional"`
	Delete   *string `pulumi:"delete,optional"`
}

// CommandState is kept in the stack.
type CommandState struct {
	CommandInputs
	BaseOutputs
}

func (*Command) Create(
	ctx context.Context, request infer.CreateRequest[CommandInputs],
) (infer.CreateResponse[CommandState], error) {
	state := CommandState{CommandInputs: request.Inputs}
	id, err := resource.NewUniqueHex(request.Name, 8, 0)
	if err == nil && !request.DryRun && state.Create != nil {
		err = execute(ctx, *state.Create, state.BaseInputs, &state.BaseOutputs)
	}
	return infer.CreateResponse[CommandState]{ID: id, Output: state}, err
}

func (*Command) Update(
	ctx context.Context, request infer.UpdateRequest[CommandInputs, CommandState],
) (infer.UpdateResponse[CommandState], error) {
	state := CommandState{CommandInputs: request.Inputs, BaseOutputs: request.State.BaseOutputs}
	script := state.Update
	if script == nil {
		script = state.Create
	}
	var err error
	if !request.DryRun && script != nil {
		err = execute(ctx, *script, state.BaseInputs, &state.BaseOutputs)
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
	return infer.DeleteResponse{}, execute(ctx, *state.Delete, state.BaseInputs, &state.BaseOutputs)
}

// WireDependencies makes what a command prints secret as soon as anything that it was given is.
func (*Command) WireDependencies(fields infer.FieldSelector, inputs *CommandInputs, state *CommandState) {
	given := []infer.InputField{
		fields.InputField(&inputs.Create),
		fields.InputField(&inputs.Update),
		fields.InputField(&inputs.Stdin),
		fields.InputField(&inputs.Environment),
		fields.InputField(&inputs.Interpreter),
	}
	fields.OutputField(&state.Stdout).DependsOn(given...)
	fields.OutputField(&state.Stderr).DependsOn(given...)
	fields.OutputField(&state.Assets).DependsOn(given...)
	fields.OutputField(&state.Archive).DependsOn(given...)
}
