import { pins } from "./pins";

/** A program that is built from a pinned Go module below toolchain/go. */
export interface Binary {
  readonly name: string;
  /** Folder with go.mod and go.sum, below toolchain/go unless absolute. */
  readonly module: string;
  /** Go package of the program, relative to the module or with its full path. */
  readonly package: string;
  /** Variables set by the linker. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Dependency that is built with the files in the module's folder `patch` added to it. */
  readonly patched?: string;
  /** Where the program embeds the schema that the other one writes. */
  readonly schema?: { readonly writer: Binary; readonly directory: string };
}

const versionVariable = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version";

export const pulumiCli: Binary = {
  name: "pulumi",
  module: "pulumi",
  package: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
  variables: { [versionVariable]: `v${pins.pulumi}` },
};

export const nodejsHost: Binary = {
  name: "pulumi-language-nodejs",
  module: "language-nodejs",
  package: "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs",
  variables: { [versionVariable]: `v${pins.nodejsHost}` },
};

/** Writes an SDK's sources from a schema. */
export const sdkWriter: Binary = {
  name: "write-nodejs-sdk",
  module: "pulumi",
  package: "./cmd/write-nodejs-sdk",
};

/** Writes the libvirt provider's schema. */
export const libvirtGenerator: Binary = {
  name: "pulumi-tfgen-libvirt",
  module: "libvirt",
  package: "./cmd/pulumi-tfgen-libvirt",
};

export const libvirtPlugin: Binary = {
  name: "pulumi-resource-libvirt",
  module: "libvirt",
  package: "./cmd/pulumi-resource-libvirt",
  schema: { writer: libvirtGenerator, directory: "cmd/pulumi-resource-libvirt" },
};

/** Checks the workflows of GitHub Actions. */
export const actionlint: Binary = {
  name: "actionlint",
  module: "actionlint",
  package: "github.com/rhysd/actionlint/cmd/actionlint",
};

export const commandPlugin: Binary = {
  name: "pulumi-resource-command",
  module: "command",
  package: ".",
};
