import * as pulumi from "@pulumi/pulumi";
import type { ExperimentSpec } from "./spec/spec";
import { parseStackConfig } from "./spec/stack-file";

/**
 * The stack's configuration as a validated tuple.
 * @throws SpecError with every problem at once.
 */
export function readSpec(): ExperimentSpec {
  const project = pulumi.getProject();
  const own = Object.entries(pulumi.runtime.allConfig()).filter(([key]) =>
    key.startsWith(`${project}:`),
  );
  return parseStackConfig(Object.fromEntries(own.map(([key, value]) => [key, structured(value)])));
}

/** Pulumi hands structured values over as JSON and plain ones as they are. */
function structured(value: string): unknown {
  return /^\s*[[{]/.test(value) ? JSON.parse(value) : value;
}
