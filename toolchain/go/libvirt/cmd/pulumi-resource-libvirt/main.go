// pulumi-resource-libvirt serves the Terraform provider for libvirt as a Pulumi plugin.
package main

import (
	_ "embed"

	bridge "schedlab/toolchain/libvirt"

	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
)

// schema.json is written by pulumi-tfgen-libvirt before this program is built.
//
//go:embed schema.json
var schema []byte

func main() {
	tfbridge.Main(bridge.Name, bridge.Version, bridge.Info(), schema)
}
