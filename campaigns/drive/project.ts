import { chmodSync, mkdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { LocalWorkspace, PulumiCommand } from "@pulumi/pulumi/automation";
import { parseDocument } from "yaml";
import { repoRoot } from "../../base/paths";
import { shellQuote } from "../../base/quote";
import { writeWhole } from "../../base/whole-file";
import { type PulumiEnvironment, stateDir } from "../../toolchain/environment";
import type { Toolchain } from "../../toolchain/toolchain";

/** Where the generated stack files of a campaign lie, outside the repository. It holds nothing that cannot be made again. */
function projectDirectory(campaign: string): string {
  return path.join(stateDir(), "campaigns", campaign);
}

/**
 * This project's program, seen from a directory of the campaign's own, so that the configuration of its
 * stacks leaves the repository as it is.
 */
export async function campaignProject(
  campaign: string,
  toolchain: Toolchain,
  envVars: PulumiEnvironment,
): Promise<LocalWorkspace> {
  const directory = projectDirectory(campaign);
  const programs = path.join(directory, "bin");
  mkdirSync(programs, { recursive: true });
  const project = parseDocument(readFileSync(path.join(repoRoot, "Pulumi.yaml"), "utf8"));
  project.set("main", path.join(repoRoot, String(project.get("main"))));
  writeWhole(path.join(directory, "Pulumi.yaml"), project.toString());
  const pulumi = path.join(programs, "pulumi");
  writeWhole(pulumi, ownSession(toolchain.pulumi));
  chmodSync(pulumi, 0o755);
  const pulumiCommand = await PulumiCommand.get({ root: directory });
  return LocalWorkspace.create({ workDir: directory, pulumiCommand, envVars: { ...envVars } });
}

/** In a session of its own Pulumi is not reached by the terminal's Ctrl-C: the driver decides when it stops. */
function ownSession(binary: string): string {
  return `#!/bin/sh\nexec setsid ${shellQuote(binary)} "$@"\n`;
}
