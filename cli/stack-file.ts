import { readFile } from "node:fs/promises";
import path from "node:path";
import { Failure } from "../base/failure";
import { repoRoot } from "../base/paths";
import { planCluster } from "../infra/plan";
import type { Change } from "../infra/schedulers/changes";
import { siteChanges } from "../infra/schedulers/registry";
import { withSite } from "../infra/site";
import { parseStackYaml, stackText } from "../infra/stack-yaml";
import type { Problem } from "../spec/problems";
import type { ExperimentSpec } from "../spec/spec";
import { validateStackFile } from "../spec/stack-file";

export type Validated = {
  readonly file: string;
  /** Paths of secrets, which only `up` can check. */
  readonly encrypted: readonly string[];
} & (
  | {
      readonly valid: true;
      readonly problems: readonly [];
      readonly spec?: ExperimentSpec;
      /** What of a site's own configuration is otherwise here. */
      readonly siteChanges?: readonly Change[];
    }
  | { readonly valid: false; readonly problems: readonly Problem[] }
);

/** Where Pulumi keeps a stack's configuration. */
export function stackFile(stack: string): string {
  return path.join(repoRoot, `Pulumi.${stack}.yaml`);
}

/** @throws Failure when the file is missing or is not YAML. */
export async function validateFile(file: string): Promise<Validated> {
  const document = parseStackYaml(file, await readStackFile(file));
  const { spec, problems, encrypted } = validateStackFile(document, withSite);
  if (problems.length > 0) return { file, encrypted, valid: false, problems };
  const valid = { file, encrypted, valid: true, problems: [] } as const;
  if (spec === undefined) return valid;
  const changes = siteChanges(spec, planCluster(spec, { stack: "dev" }));
  return { ...valid, spec, ...(changes.length > 0 ? { siteChanges: changes } : {}) };
}

export async function readStackFile(file: string): Promise<string> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(file);
  } catch (error) {
    throw new Failure(`cannot read ${file}`, {
      cause: error,
      remedy: "name a stack that has a Pulumi.<stack>.yaml here, or a file",
    });
  }
  return stackText(file, bytes);
}
