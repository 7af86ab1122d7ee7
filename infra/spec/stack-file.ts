import { parseSpec } from "./parse";
import { type Problem, SpecError, show, unknownKey } from "./problems";
import { type ExperimentSpec, experimentSchema } from "./spec";

/** The project's name in Pulumi.yaml, before the colon of its configuration keys. */
export const configNamespace = "schedlab";

const sections = Object.keys(experimentSchema.shape);
const configKeys = sections.map((section) => `${configNamespace}:${section}`);

/**
 * A Pulumi stack's configuration as a specification. Keys of other namespaces are Pulumi's own and
 * left alone. Problems of the values are given by their path in the tuple (`topology.nodes.count`).
 * Throws SpecError.
 */
export function parseStackConfig(config: Readonly<Record<string, unknown>>): ExperimentSpec {
  const own = Object.entries(config).filter(([key]) => key.startsWith(`${configNamespace}:`));
  const known = own.filter(([key]) => configKeys.includes(key));
  const unknown = own
    .filter(([key]) => !configKeys.includes(key))
    .map(([key]) => ({ path: key, message: unknownConfigKey(key) }));
  const tuple = Object.fromEntries(
    known.map(([key, value]) => [key.slice(configNamespace.length + 1), value]),
  );
  const spec = collected(() => parseSpec(tuple));
  const problems = [...unknown, ...(spec.problems ?? [])];
  if (spec.value === undefined || problems.length > 0) throw new SpecError(problems);
  return spec.value;
}

function unknownConfigKey(key: string): string {
  const dotted = key.slice(configNamespace.length + 1).split(".")[0] ?? "";
  if (key.includes(".") && sections.includes(dotted)) {
    return `unknown key; set a nested value with pulumi config set --path '${key}' VALUE`;
  }
  return unknownKey(key, configKeys);
}

export type Validation =
  | { readonly spec: ExperimentSpec; readonly problems: readonly [] }
  | { readonly spec: undefined; readonly problems: readonly Problem[] };

/**
 * Checks a parsed YAML document: a Pulumi.<stack>.yaml, told by its `config`, or a bare tuple with
 * topology, scheduler, workload and run. Never throws for what the document holds.
 */
export function validateStackFile(document: unknown): Validation {
  const { value, problems } = collected(() => parseDocument(document));
  return value === undefined
    ? { spec: undefined, problems: problems ?? [] }
    : { spec: value, problems: [] };
}

/** What Pulumi itself keeps beside `config` in a stack file. */
const pulumiKeys = ["config", "secretsprovider", "encryptedkey", "encryptionsalt", "environment"];

function parseDocument(document: unknown): ExperimentSpec {
  if (!isObject(document)) return parseSpec(document);
  const keys = Object.keys(document);
  if (!keys.some((key) => pulumiKeys.includes(key))) return parseSpec(document);
  const problems = keys
    .filter((key) => !pulumiKeys.includes(key))
    .map((key) => ({ path: key, message: unknownKey(key, pulumiKeys) }));
  const config = document.config ?? {};
  if (!isObject(config)) {
    problems.push({ path: "config", message: `expected an object, got ${show(config)}` });
    throw new SpecError(problems);
  }
  const spec = collected(() => parseStackConfig(config));
  problems.push(...(spec.problems ?? []));
  if (spec.value === undefined || problems.length > 0) throw new SpecError(problems);
  return spec.value;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function collected<T>(
  parse: () => T,
):
  | { readonly value: T; readonly problems?: never }
  | { readonly value?: never; readonly problems: readonly Problem[] } {
  try {
    return { value: parse() };
  } catch (error) {
    if (error instanceof SpecError) return { problems: error.problems };
    throw error;
  }
}
