import { readFile } from "node:fs/promises";
import path from "node:path";
import { parse } from "yaml";
import { Failure } from "../host/failure";
import { repoRoot } from "../host/paths";
import type { Problem } from "../infra/spec/problems";
import type { ExperimentSpec } from "../infra/spec/spec";
import { validateStackFile } from "../infra/spec/stack-file";

export type Validated = { readonly file: string } & (
  | { readonly valid: true; readonly problems: readonly []; readonly spec: ExperimentSpec }
  | { readonly valid: false; readonly problems: readonly Problem[] }
);

/** Where Pulumi keeps a stack's configuration. */
export function stackFile(stack: string): string {
  return path.join(repoRoot, `Pulumi.${stack}.yaml`);
}

/** @throws Failure when the file is missing or is not YAML. */
export async function validateFile(file: string): Promise<Validated> {
  const { spec, problems } = validateStackFile(parseYaml(file, await readStackFile(file)));
  return spec === undefined
    ? { file, valid: false, problems }
    : { file, valid: true, problems: [], spec };
}

export async function readStackFile(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    throw new Failure(`cannot read ${file}`, {
      cause: error,
      remedy: "name a stack that has a Pulumi.<stack>.yaml here, or a file",
    });
  }
}

/** The message of a syntax error names its line and column. */
export function parseYaml(file: string, text: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    throw new Failure(`${file} is not YAML: ${error instanceof Error ? error.message : error}`);
  }
}
