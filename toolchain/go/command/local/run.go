package local

import (
	"context"

	"github.com/pulumi/pulumi-go-provider/infer"
)

// Run is the function command:local:run. It runs at every preview and update.
type Run struct{}

// RunInputs are the function's arguments.
type RunInputs struct {
	BaseInputs
	Command string `pulumi:"command"`
}

// RunOutputs are the function's results.
type RunOutputs struct {
	RunInputs
	BaseOutputs
}

func (*Run) Invoke(
	ctx context.Context, request infer.FunctionRequest[RunInputs],
) (infer.FunctionResponse[RunOutputs], error) {
	result := RunOutputs{RunInputs: request.Input}
	err := execute(ctx, result.Command, result.BaseInputs, &result.BaseOutputs)
	return infer.FunctionResponse[RunOutputs]{Output: result}, err
}
