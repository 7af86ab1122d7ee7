import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { repoRoot } from "../base/paths";
import type { ExperimentSpec } from "../spec/spec";
import { keyProblems, parseStackConfig } from "../spec/stack-file";
import { withSite } from "./site";
import { parseStackYaml, stackText } from "./stack-yaml";

/**
 * The stack's configuration as a validated tuple.
 * @throws SpecError with every problem at once.
 */
export function readSpec(): ExperimentSpec {
  return parseStackConfig(pulumi.runtime.allConfig(), writtenProblems(), withSite);
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
