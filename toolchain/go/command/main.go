// pulumi-resource-command runs commands on this host and over SSH. It serves the schema of the npm
// package @pulumi/command 1.2.1, so that one program runs with the official plugin and with this one.
package main

import (
	"context"
	"fmt"
	"os"

	"schedlab/toolchain/command/local"
	"schedlab/toolchain/command/remote"

	provider "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"
	"github.com/pulumi/pulumi-go-provider/middleware/schema"
	host "github.com/pulumi/pulumi/pkg/v3/resource/provider"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

const (
	name    = "command"
	version = "1.2.1"
)

func commandProvider() provider.Provider {
	return infer.Provider(infer.Options{
		Metadata: schema.Metadata{
			Description: "Runs commands on this host and over SSH",
			License:     "Apache-2.0",
		},
		Resources: []infer.InferredResource{
			infer.Resource(&local.Command{}),
			infer.Resource(&remote.Command{}),
			infer.Resource(&remote.CopyToRemote{}),
			infer.Resource(&remote.CopyFile{}),
		},
		Functions: []infer.InferredFunction{
			infer.Function(&local.Run{}),
		},
	})
}

// server drops the framework's note about itself from the checked configuration: the engine has
// since reserved its key, and warns.
type server struct {
	pulumirpc.ResourceProviderServer
}

func (s server) CheckConfig(ctx context.Context, request *pulumirpc.CheckRequest) (*pulumirpc.CheckResponse, error) {
	response, err := s.ResourceProviderServer.CheckConfig(ctx, request)
	if err == nil {
		delete(response.GetInputs().GetFields(), "__internal")
	}
	return response, err
}

func main() {
	serve := provider.RawServer(name, version, commandProvider())
	err := host.Main(name, func(client *host.HostClient) (pulumirpc.ResourceProviderServer, error) {
		inner, err := serve(client)
		return server{inner}, err
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
