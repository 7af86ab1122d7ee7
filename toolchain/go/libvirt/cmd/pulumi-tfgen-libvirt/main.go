// pulumi-tfgen-libvirt writes the provider's schema and SDKs.
package main

import (
	bridge "schedlab/toolchain/libvirt"

	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfgen"
)

func main() {
	tfgen.Main(bridge.Name, bridge.Version, bridge.Info())
}
