// Package bridge describes the Terraform provider for libvirt to Pulumi.
package bridge

import (
	"github.com/dmacvicar/terraform-provider-libvirt/libvirt"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge/tokens"
	sdkv2 "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfshim/sdk-v2"
)

const (
	// Name is the plugin's name, and so the package's in every SDK made from it.
	Name = "libvirt"
	// Version is that of the Terraform provider inside.
	Version = "0.8.3"
)

// Info maps every libvirt_thing to the token libvirt:index/thing:Thing, which is what Pulumi's own
// "any Terraform provider" makes of them, so that one program serves both.
func Info() tfbridge.ProviderInfo {
	info := tfbridge.ProviderInfo{
		P:                sdkv2.NewProvider(libvirt.Provider()),
		Name:             Name,
		Version:          Version,
		GitHubOrg:        "dmacvicar",
		License:          "Apache-2.0",
		UpstreamRepoPath: ".",
		MetadataInfo:     tfbridge.NewProviderMetadata([]byte("{}")),
	}
	info.MustComputeTokens(tokens.SingleModule("libvirt_", "index", tokens.MakeStandard(Name)))
	info.SetAutonaming(255, "-")
	return info
}
