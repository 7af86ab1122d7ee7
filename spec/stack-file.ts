import { messageOf } from "../base/thrown";
import { withoutSecrets } from "./encrypted";
import { isObject } from "./fields";
import { parseSpec } from "./parse";
import { type Problem, SpecError, show, unknownKey } from "./problems";
import type { ExperimentSpec } from "./spec";
import { configKey } from "./stack-keys";

/**
 * A Pulumi stack's configuration, as Pulumi hands it to the program, as a specification. Keys of other
 * namespaces are Pulumi's own and left alone, unless they were meant to be ours. Problems of the values
 * are given by their path in the tuple (`topology.nodes.count`). `written` are the problems of the keys
 * as they are written in a file, since Pulumi hands them over in its own spelling. `completed` puts in the
 * content of the files that the tuple names. Throws SpecError.
 */
export function parseStackConfig(
  config: Readonly<Record<string, unknown>>,
  written: readonly Problem[] = [],
  completed: Completed = (tuple) => tuple,
): ExperimentSpec {
  const { tuple, problems } = tupleOf(config, false);
  const spec = collected(() => parseSpec(completed(tuple)));
  const own = [...problems, ...(spec.problems ?? [])];
  const all = [...own, ...written.filter(({ path }) => own.every((known) => known.path !== path))];
  if (spec.value === undefined || all.length > 0) throw new SpecError(all);
  return spec.value;
}

/** A tuple with the content of the files that it names; throws SpecError. */
type Completed = (tuple: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>;

/** The sections of the tuple, and what is wrong with the keys and with JSON in values. */
function tupleOf(
  config: Readonly<Record<string, unknown>>,
  written: boolean,
): { readonly tuple: Record<string, unknown>; readonly problems: Problem[] } {
  const tuple: Record<string, unknown> = {};
  const problems: Problem[] = [];
  for (const [key, value] of Object.entries(config)) {
    const known = configKey(key, written);
    if (known.kind === "refused") problems.push({ path: key, message: known.message });
    if (known.kind !== "section") continue;
    const read = structured(value);
    if (read.problem === undefined) tuple[known.section] = read.value;
    else problems.push({ path: known.section, message: read.problem });
  }
  return { tuple, problems };
}

/** Pulumi hands structured values over as JSON and plain ones as they are; a null is an empty text. */
function structured(value: unknown): { readonly value: unknown; readonly problem?: string } {
  if (value === null) return { value: "" };
  if (typeof value !== "string" || !/^\s*[[{]/.test(value)) return { value };
  try {
    return { value: JSON.parse(value) };
  } catch (error) {
    const why = messageOf(error);
    return { value, problem: `begins like JSON and is none: ${why}` };
  }
}

/** `encrypted` are the paths of secrets, which can only be checked by `up`. */
export type Validation =
  | {
      /** Undefined where it needs a value that is encrypted. */
      readonly spec: ExperimentSpec | undefined;
      readonly problems: readonly [];
      readonly encrypted: readonly string[];
    }
  | {
      readonly spec: undefined;
      readonly problems: readonly [Problem, ...Problem[]];
      readonly encrypted: readonly string[];
    };

/**
 * Checks a parsed YAML document: a Pulumi.<stack>.yaml, which is recognised by its `config`, or a bare
 * tuple with topology, scheduler, workload and run. Never throws because of what the document contains.
 */
export function validateStackFile(
  document: unknown,
  completed: Completed = (tuple) => tuple,
): Validation {
  const { tuple, problems } = documentTuple(document);
  const read = withoutSecrets(tuple, "");
  const encrypted = read.encrypted.map((path) => path.replace(/^\./, ""));
  const spec = collected(() =>
    parseSpec(isObject(read.value) ? completed(read.value) : read.value),
  );
  const hidden = (path: string) =>
    encrypted.some(
      (secret) => secret === path || secret.startsWith(`${path}.`) || path.startsWith(`${secret}.`),
    );
  const [first, ...others] = [
    ...problems,
    ...(spec.problems ?? []).filter(({ path }) => !hidden(path)),
  ];
  return first === undefined
    ? { spec: spec.value, problems: [], encrypted }
    : { spec: undefined, problems: [first, ...others], encrypted };
}

/** What is wrong with the keys of a document; for a program that sees Pulumi's reading of it only. */
export function keyProblems(document: unknown): readonly Problem[] {
  return documentTuple(document).problems;
}

/**
 * The tuple of a parsed stack file, or of a bare tuple, as it is written: the sections with the keys that
 * they have there. `encrypted` are the paths of secrets, which are left out.
 */
export function writtenTuple(document: unknown): {
  readonly tuple: unknown;
  readonly problems: readonly Problem[];
  readonly encrypted: readonly string[];
} {
  const { tuple, problems } = documentTuple(document);
  const { value, encrypted } = withoutSecrets(tuple, "");
  return { tuple: value, problems, encrypted: encrypted.map((path) => path.replace(/^\./, "")) };
}

/** What Pulumi itself keeps beside `config` in a stack file. */
const pulumiKeys = ["config", "secretsprovider", "encryptedkey", "encryptionsalt", "environment"];

function documentTuple(document: unknown): {
  readonly tuple: unknown;
  readonly problems: readonly Problem[];
} {
  if (!isObject(document)) return { tuple: document ?? {}, problems: [] };
  const keys = Object.keys(document);
  if (!keys.some((key) => pulumiKeys.includes(key))) return { tuple: document, problems: [] };
  const unknown = keys
    .filter((key) => !pulumiKeys.includes(key))
    .map((key) => ({ path: key, message: unknownKey(key, pulumiKeys) }));
  const config = document.config ?? {};
  if (!isObject(config)) {
    const message = `expected an object, got ${show(config)}`;
    return { tuple: {}, problems: [...unknown, { path: "config", message }] };
  }
  const { tuple, problems } = tupleOf(config, true);
  return { tuple, problems: [...unknown, ...problems] };
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
