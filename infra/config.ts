import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { repoRoot } from "../host/paths";
import { SpecError } from "./spec/problems";
import type { ExperimentSpec } from "./spec/spec";
import { keyProblems, parseStackConfig } from "./spec/stack-file";
import { parseStackYaml, stackText } from "./stack-yaml";

/**
 * The stack's configuration as a validated tuple.
 * @throws SpecError with every problem at once.
 */
export function readSpec(): ExperimentSpec {
  const written = writtenProblems();
  try {
    const spec = parseStackConfig(pulumi.runtime.allConfig());
    if (written.length === 0) return spec;
  } catch (error) {
    if (!(error instanceof SpecError)) throw error;
    const known = new Set(error.problems.map((problem) => problem.path));
    const further = written.filter((problem) => !known.has(problem.path));
    throw new SpecError([...error.problems, ...further]);
  }
  throw new SpecError(written);
}

/**
 * What is wrong with the keys as they stand in the stack's file. Pulumi hands them over in its own
 * spelling; a stack whose configuration lies elsewhere has no such file.
 */
function writtenProblems() {
  const file = path.join(repoRoot, `Pulumi.${pulumi.getStack()}.yaml`);
  if (!existsSync(file)) return [];
  return keyProblems(parseStackYaml(file, stackText(file, readFileSync(file))));
}
