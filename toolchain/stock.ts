import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { execa } from "execa";
import { parse } from "yaml";
import { z } from "zod";
import { Failure } from "../base/failure";
import { repoRoot } from "../base/paths";
import { toolchainDir } from "./cache";
import { ensureLibvirtSdk } from "./libvirt-sdk";
import { pins } from "./pins";
import { withProgress } from "./progress";
import { releasedPulumi } from "./release";
import { run } from "./run";
import { newEnough, type Source } from "./source";
import type { SourceContext, Toolchain } from "./toolchain";

/** Plugins come from Pulumi's release host and the Terraform provider from its registry. */
const downloadMinutes = 10;

/** null when no installed CLI is new enough, or its plugins cannot be fetched. */
export async function installedToolchain(context: SourceContext): Promise<Toolchain | null> {
  const pulumi = await findOnPath("pulumi", process.env.PATH ?? "");
  if (pulumi === null) {
    context.decline("no Pulumi is installed");
    return null;
  }
  const answer = await execa(pulumi, ["version"], {
    reject: false,
    timeout: 20_000,
    env: { PULUMI_SKIP_UPDATE_CHECK: "true" },
  });
  const version = answer.failed ? "broken" : answer.stdout;
  if (!newEnough(version)) {
    context.decline(`${pulumi} is ${version}; ${pins.pulumi} or newer is needed`);
    return null;
  }
  return prepare("installed", pulumi, version, context);
}

/** null when the release host does not answer, or the plugins cannot be fetched. */
export async function releaseToolchain(context: SourceContext): Promise<Toolchain | null> {
  const pulumi = await releasedPulumi(context);
  return pulumi === null ? null : prepare("release", pulumi, pins.pulumi, context);
}

/** The first executable of that name, but not one that was built or fetched here before. */
export async function findOnPath(name: string, searchPath: string): Promise<string | null> {
  for (const directory of searchPath.split(path.delimiter)) {
    if (directory === "" || path.resolve(directory).startsWith(toolchainDir() + path.sep)) continue;
    const entries = await readdir(directory).catch((): string[] => []);
    if (entries.includes(name)) return path.resolve(directory, name);
  }
  return null;
}

async function prepare(
  source: Source,
  pulumi: string,
  version: string,
  { report, decline }: SourceContext,
): Promise<Toolchain | null> {
  try {
    await withProgress(report, "fetching Pulumi plugins", () => fetchPlugins(pulumi));
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    decline([`${pulumi} cannot be used: ${error.message}`, error.detail].join("\n"));
    return null;
  }
  return {
    source,
    pulumi,
    pathDirs: [path.dirname(pulumi)],
    environment: {},
    versions: {
      pulumi: version.replace(/^v/, ""),
      libvirt: pins.libvirt,
      command: pins.command,
    },
  };
}

const projectSchema = z.object({
  packages: z.object({
    libvirt: z.object({
      source: z.string(),
      version: z.string(),
      parameters: z.array(z.string()),
    }),
  }),
});

/**
 * The SDK comes from the package that Pulumi.yaml names. `pulumi install` would write it too, but
 * also edit package.json; here it is linked as the one of a built toolchain is.
 */
async function fetchPlugins(pulumi: string): Promise<void> {
  const project = await readFile(path.join(repoRoot, "Pulumi.yaml"), "utf8");
  const { source, version, parameters } = projectSchema.parse(parse(project)).packages.libvirt;
  await install(pulumi, ["plugin", "install", "resource", "command", pins.command]);
  await install(pulumi, ["plugin", "install", "resource", source, version]);
  await ensureLibvirtSdk(
    { kind: "parameterised", source, version, parameters: parameters.join(" ") },
    async (directory) => {
      await install(pulumi, [
        ...["package", "gen-sdk", `${source}@${version}`],
        ...["--language", "nodejs", "--local", "--out", directory],
        ...["--", ...parameters],
      ]);
      return path.join(directory, "nodejs");
    },
  );
}

const install = (pulumi: string, args: readonly string[]) =>
  run(pulumi, args, {
    cwd: repoRoot,
    env: { PULUMI_SKIP_UPDATE_CHECK: "true" },
    minutes: downloadMinutes,
  });
