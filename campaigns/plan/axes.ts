import { canonicalJson } from "../../base/canonical-json";
import { mostValues, rangeForm, rangeValues } from "../../spec/campaign/range";
import type { Campaign } from "../../spec/campaign/schema";
import { keysBelow, pathProblem } from "../../spec/campaign/tuple-keys";
import { isObject } from "../../spec/fields";
import { type Problem, show } from "../../spec/problems";
import { isSection, readSection } from "../../spec/sections";
import { type Layer, layerAt } from "./layer";
import { type Parts, unknownPart } from "./parts";

export interface AxisValue {
  /** As written. */
  readonly value: unknown;
  /** For labels. */
  readonly text: string;
  /** What it says of the tuple, the later ones over the earlier ones. */
  readonly layers: readonly Layer[];
}

export interface Axis {
  readonly name: string;
  /** Values of a key lie over those that choose parts. */
  readonly kind: "parts" | "key";
  readonly values: readonly AxisValue[];
}

/** The axes with what their values say, in the order of the file; and what is wrong with them. */
export function readAxes(
  axes: Campaign["axes"],
  parts: Parts,
): { readonly axes: readonly Axis[]; readonly problems: readonly Problem[] } {
  const read = Object.entries(axes).map(([name, written]) => readAxis(name, written, parts));
  return {
    axes: read.flatMap(({ axis }) => axis ?? []),
    problems: read.flatMap(({ problems }) => problems),
  };
}

function readAxis(
  name: string,
  written: Campaign["axes"][string],
  parts: Parts,
): { readonly axis?: Axis; readonly problems: readonly Problem[] } {
  const refused = (...messages: string[]) => ({
    problems: messages.map((message) => ({ path: `axes.${name}`, message })),
  });
  const values = writtenValues(written);
  if (values === undefined) {
    const most = `with at most ${mostValues} values`;
    return refused(`expected a list of values or ${rangeForm}, ${most}, got ${show(written)}`);
  }
  const kind = name.includes(".") ? "key" : "parts";
  const misspelt = kind === "key" ? pathProblem(name) : partsProblem(name, values, parts.names);
  if (misspelt !== undefined) return refused(misspelt);
  if (values.length === 0) return refused("has no values");
  const messages: string[] = [];
  const seen = new Set<string>();
  const read = values.flatMap((value): AxisValue[] => {
    if (seen.has(valueKey(value))) {
      messages.push(`has the value ${valueText(value)} twice`);
      return [];
    }
    seen.add(valueKey(value));
    const layers = kind === "key" ? [layerAt(name, value)] : chosenLayers(name, value, parts);
    if (typeof layers !== "string") return [{ value, text: valueText(value), layers }];
    messages.push(layers);
    return [];
  });
  // With the values that are in order, so that the tuples' own problems are found as well.
  return {
    ...refused(...messages),
    ...(read.length > 0 && { axis: { name, kind, values: read } }),
  };
}

/** The values of an axis as it is written; undefined for a text that is no range. */
export function writtenValues(written: Campaign["axes"][string]): readonly unknown[] | undefined {
  return typeof written === "string" ? rangeValues(written) : written;
}

/** A name that is no section's is the user's own if its values are parts, and else misspelt. */
function partsProblem(
  name: string,
  values: readonly unknown[],
  parts: readonly string[],
): string | undefined {
  if (isSection(name)) return undefined;
  const some = values.some((value) => typeof value === "string" && parts.includes(value));
  return some ? undefined : `${pathProblem(name)}; and its values are no names of parts`;
}

/** What a value of an axis of parts stands for, or what is wrong with it. */
function chosenLayers(name: string, value: unknown, parts: Parts): readonly Layer[] | string {
  if (typeof value === "string") {
    return parts.layers(value) ?? sectionOfKind(name, value) ?? unknownPart(value, parts.names);
  }
  if (isSection(name) && isObject(value)) return [{ [name]: value }];
  const also = isSection(name) ? " or an object" : "";
  return `expected names of parts${also}, got ${show(value)}`;
}

/**
 * `scheduler: [NAME]` stands for `scheduler: [{kind: NAME}]` in sections that have kinds. Undefined for
 * others, and what is wrong with a name that is neither a part nor a kind.
 */
function sectionOfKind(name: string, kind: string): readonly Layer[] | string | undefined {
  if (!isSection(name) || !keysBelow([name]).includes("kind")) return undefined;
  const { problems } = readSection(name, { kind });
  const refused = problems.find(({ path }) => path === `${name}.kind`);
  return refused === undefined
    ? [{ [name]: { kind } }]
    : `no such part; as ${refused.path}: ${refused.message}`;
}

/** Equal for equal values. */
export function valueKey(value: unknown): string {
  return canonicalJson(value ?? null);
}

/** A value as a label has it; a null is the key's default. */
export function valueText(value: unknown): string {
  if (value === null || value === undefined) return "default";
  return typeof value === "string" ? value : canonicalJson(value);
}
