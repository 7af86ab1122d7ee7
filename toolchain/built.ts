import { chmod, copyFile, link, mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { repoRoot } from "../base/paths";
import type { Reporter } from "../base/reporter";
import {
  commandPlugin,
  libvirtGenerator,
  libvirtPlugin,
  nodejsHost,
  pulumiCli,
  sdkWriter,
} from "./binaries";
import { type Built, ensureBinary, isBuilt, writeSchema } from "./build";
import { cached } from "./cache";
import { contentKey } from "./key";
import { ensureLibvirtSdk } from "./libvirt-sdk";
import { pins } from "./pins";
import { duration } from "./progress";
import { run } from "./run";
import type { SourceContext, Toolchain } from "./toolchain";

const wanted = [
  ["cli", pulumiCli],
  ["host", nodejsHost],
  ["sdkWriter", sdkWriter],
  ["generator", libvirtGenerator],
  ["libvirt", libvirtPlugin],
  ["command", commandPlugin],
] as const;

type BuiltParts = Record<(typeof wanted)[number][0], Built>;

/** Whether a CLI has been built for these versions and this compiler. */
export const isToolchainBuilt = () => isBuilt(pulumiCli);

/** Builds what the cache lacks. @throws Failure without a Go compiler, or when a build fails. */
export async function builtToolchain({ report }: SourceContext): Promise<Toolchain> {
  const parts = await build(report);
  const bin = await binDirectory(parts);
  const pulumi = path.join(bin, pulumiCli.name);
  const home = await pluginHome(pulumi, parts);
  await ensureLibvirtSdk(
    { kind: "plain", generator: parts.generator.key, writer: parts.sdkWriter.key },
    (directory) => writeSdk(parts, directory),
  );
  return {
    source: "built",
    pulumi,
    pathDirs: [bin],
    environment: { PULUMI_HOME: home, PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true" },
    versions: {
      pulumi: pins.pulumi,
      nodejsHost: pins.nodejsHost,
      libvirt: pins.libvirt,
      command: pins.command,
    },
  };
}

async function build(report: Reporter): Promise<BuiltParts> {
  const parts: Partial<BuiltParts> = {};
  // One after the other: the compiler itself uses every core.
  for (const [index, [role, binary]] of wanted.entries()) {
    const ordinal = ` (${index + 1} of ${wanted.length})`;
    parts[role] = await ensureBinary(binary, { report, ordinal });
  }
  const built = wanted.flatMap(([role, { name }]) => {
    const took = parts[role]?.milliseconds ?? 0;
    return took > 0 ? [`${name} ${duration(took)}`] : [];
  });
  if (built.length > 0) report(`built from source: ${built.join(", ")}`);
  return parts as BuiltParts;
}

/**
 * This CLI hands the options of Pulumi.yaml over in a call that the old host does not know: it reads
 * them from its arguments only, and would load ts-node otherwise.
 */
const hostLauncher = `#!/bin/sh
exec "$(dirname "$0")/lib/pulumi-language-nodejs" -typescript=false "-nodeargs=--import tsx" "$@"
`;

/**
 * The CLI looks for its language host and for the dynamic provider next to itself; found anywhere
 * else on PATH they cost a warning.
 */
function binDirectory({ cli, host }: BuiltParts): Promise<string> {
  const files = { "pulumi-language-nodejs": hostLauncher };
  const key = contentKey({ files, facts: { cli: cli.key, host: host.key } });
  return cached(`bin-${key}`, async (directory) => {
    const place = async (file: string, target: string) =>
      link(file, target).catch(() => copyFile(file, target));
    await place(cli.path, path.join(directory, pulumiCli.name));
    await mkdir(path.join(directory, "lib"));
    await place(host.path, path.join(directory, "lib", nodejsHost.name));
    await writeFile(path.join(directory, nodejsHost.name), hostLauncher, { mode: 0o755 });
    const script = "pulumi-resource-pulumi-nodejs";
    const target = path.join(directory, script);
    await copyFile(path.join(repoRoot, "node_modules", "@pulumi", "pulumi", script), target);
    await chmod(target, 0o755);
  });
}

/**
 * A home of the CLI with both plugins. A changed plugin keeps its version, so it gets another home:
 * a program that runs is not disturbed.
 */
function pluginHome(pulumi: string, { libvirt, command }: BuiltParts): Promise<string> {
  const key = contentKey({ files: {}, facts: { libvirt: libvirt.key, command: command.key } });
  return cached(`home-${key}`, async (home) => {
    for (const [name, { path: file }] of [
      ["libvirt", libvirt],
      ["command", command],
    ] as const) {
      await run(pulumi, ["plugin", "install", "resource", name, pins[name], "--file", file], {
        env: { PULUMI_HOME: home, PULUMI_SKIP_UPDATE_CHECK: "true" },
      });
    }
  });
}

async function writeSdk({ generator, sdkWriter }: BuiltParts, directory: string) {
  await writeSchema(generator.path, directory);
  await run(sdkWriter.path, [path.join(directory, "schema.json"), directory]);
  return directory;
}
