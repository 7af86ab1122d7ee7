package main

import (
	"context"
	"encoding/json"
	"testing"

	provider "github.com/pulumi/pulumi-go-provider"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// What the npm package @pulumi/command 1.2.1 sends and expects.
var resources = map[string]struct{ inputs, outputs []string }{
	"command:local:Command": {
		[]string{"addPreviousOutputInEnv", "archivePaths", "assetPaths", "create", "delete", "dir", "environment",
			"interpreter", "logging", "stdin", "triggers", "update"},
		[]string{"archive", "assets", "stderr", "stdout"},
	},
	"command:remote:Command": {
		[]string{"addPreviousOutputInEnv", "connection", "create", "delete", "environment", "logging", "stdin",
			"triggers", "update"},
		[]string{"stderr", "stdout"},
	},
	"command:remote:CopyToRemote": {[]string{"connection", "remotePath", "source", "triggers"}, nil},
	"command:remote:CopyFile":     {[]string{"connection", "localPath", "remotePath", "triggers"}, nil},
}

var connection = []string{"agentSocketPath", "dialErrorLimit", "host", "hostKey", "password", "perDialTimeout",
	"port", "privateKey", "privateKeyPassword", "user"}

type property struct {
	Secret  bool
	Default any
}

func TestTheSchemaIsTheOneOfThePinnedSDK(t *testing.T) {
	server, err := provider.RawServer(name, version, commandProvider())(nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := server.GetSchema(context.Background(), &pulumirpc.GetSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	var schema struct {
		Resources map[string]struct{ InputProperties, Properties map[string]property }
		Types     map[string]struct{ Properties map[string]property }
		Functions map[string]any
	}
	if err := json.Unmarshal([]byte(response.Schema), &schema); err != nil {
		t.Fatal(err)
	}
	if len(schema.Resources) != len(resources) || len(schema.Functions) != 1 || schema.Functions["command:local:run"] == nil {
		t.Fatalf("%d resources, functions %v", len(schema.Resources), schema.Functions)
	}
	for token, want := range resources {
		got := schema.Resources[token]
		same(t, token+" inputs", got.InputProperties, want.inputs)
		same(t, token+" properties", got.Properties, append(want.outputs, want.inputs...))
		if _, connects := got.InputProperties["connection"]; connects &&
			!(got.InputProperties["connection"].Secret && got.Properties["connection"].Secret) {
			t.Errorf("%s: the connection is not secret", token)
		}
	}
	same(t, "Connection", schema.Types["command:remote:Connection"].Properties, append(connection, "proxy"))
	same(t, "ProxyConnection", schema.Types["command:remote:ProxyConnection"].Properties, connection)
	for name, value := range map[string]any{"port": 22.0, "user": "root", "dialErrorLimit": 10.0, "perDialTimeout": 15.0} {
		for _, token := range []string{"command:remote:Connection", "command:remote:ProxyConnection"} {
			if got := schema.Types[token].Properties[name].Default; got != value {
				t.Errorf("%s.%s: default %v, want %v", token, name, got, value)
			}
		}
	}
}

func same(t *testing.T, what string, got map[string]property, want []string) {
	t.Helper()
	for _, name := range want {
		if _, there := got[name]; !there {
			t.Errorf("%s: %s is missing", what, name)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%s: %d, want %d: %v", what, len(got), len(want), got)
	}
}
