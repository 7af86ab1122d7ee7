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
  const read = values.map((value): AxisValue => {
    const layers = kind === "key" ? [layerAt(name, value)] : chosenLayers(name, value, parts);
    if (typeof layers === "string") messages.push(layers);
    return { value, text: valueText(value), layers: typeof layers === "string" ? [] : layers };
  });
  messages.push(...repeated(values).map((text) => `has the value ${text} twice`));
  return messages.length > 0
    ? refused(...messages)
    : { axis: { name, kind, values: read }, problems: [] };
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
    return parts.layers(value) ?? shortForm(name, value) ?? unknownPart(value, parts.names);
  }
  if (isSection(name) && isObject(value)) return [{ [name]: value }];
  const also = isSection(name) ? " or an object" : "";
  return `expected names of parts${also}, got ${show(value)}`;
}

/** `scheduler: [NAME]` for `scheduler: [{kind: NAME}]`, in sections that have kinds. */
function shortForm(name: string, kind: string): readonly Layer[] | undefined {
  if (!isSection(name) || !keysBelow([name]).includes("kind")) return undefined;
  const known = !readSection(name, { kind }).problems.some(({ path }) => path === `${name}.kind`);
  return known ? [{ [name]: { kind } }] : undefined;
}

function repeated(values: readonly unknown[]): string[] {
  const seen = new Set<string>();
  const twice = new Set<string>();
  for (const value of values) {
    const key = valueKey(value);
    if (seen.has(key)) twice.add(valueText(value));
    seen.add(key);
  }
  return [...twice];
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
