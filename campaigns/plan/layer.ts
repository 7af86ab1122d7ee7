import { isObject } from "../../spec/fields";
import { readSection, type Section, withOwnKeys } from "../../spec/sections";

/** A part of a tuple as it is written: sections with some of their keys. */
export type Layer = Readonly<Partial<Record<Section, unknown>>>;

/**
 * The upper value over the lower one. Mappings are merged key by key; anything else replaces what was
 * there. A null takes a key away, so that it has its default again. Neither value is changed.
 */
export function merged(lower: unknown, upper: unknown): unknown {
  if (!isObject(upper)) return upper ?? undefined;
  const result: Record<string, unknown> = isObject(lower) ? { ...lower } : {};
  for (const [key, value] of Object.entries(upper)) {
    const inner = merged(result[key], value);
    if (inner === undefined) delete result[key];
    else result[key] = inner;
  }
  return result;
}

/**
 * A section of the tuple that these layers make, the later ones over the earlier ones. A layer that says
 * nothing of it but kinds and types, such as `{kind: …}`, keeps of what lies below it only what a section
 * of that kind has.
 */
export function sectionOf(section: Section, layers: readonly Layer[]): unknown {
  return layers.reduce<unknown>((lower, layer) => {
    if (!Object.hasOwn(layer, section)) return lower;
    const upper = layer[section];
    const result = merged(lower, upper);
    // What is wrong already stays, so that it is reported.
    const choice = isChoice(upper) && readSection(section, lower).problems.length === 0;
    return choice ? withOwnKeys(section, result) : result;
  }, undefined);
}

/** The keys by which variants of a section are told apart. */
const discriminators = ["kind", "type"];

function isChoice(value: unknown): boolean {
  return (
    isObject(value) &&
    Object.keys(value).length > 0 &&
    Object.entries(value).every(([key, inner]) => discriminators.includes(key) || isChoice(inner))
  );
}

/** The layer that sets one key, such as `workload.seed`. */
export function layerAt(path: string, value: unknown): Layer {
  return nested(path, value) as Layer;
}

/** `a.b` and a value as `{a: {b: value}}`. */
export function nested(path: string, value: unknown): unknown {
  return path.split(".").reduceRight<unknown>((inner, key) => ({ [key]: inner }), value);
}
