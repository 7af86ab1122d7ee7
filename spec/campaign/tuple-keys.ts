import { z } from "zod";
import { suggestion } from "../problems";
import { experimentSchema } from "../spec";

type JsonSchema = {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly oneOf?: readonly JsonSchema[];
  readonly anyOf?: readonly JsonSchema[];
};

let root: JsonSchema | undefined;

function schemaOfTuple(): JsonSchema {
  root ??= z.toJSONSchema(experimentSchema, { io: "input", unrepresentable: "any" }) as JsonSchema;
  return root;
}

/** The schema and all of its variants. */
function variantsOf(schema: JsonSchema): JsonSchema[] {
  const options = [...(schema.oneOf ?? []), ...(schema.anyOf ?? [])];
  return [schema, ...options.flatMap(variantsOf)];
}

function below(schemas: readonly JsonSchema[], key: string): JsonSchema[] {
  return schemas.flatMap(variantsOf).flatMap(({ properties = {}, additionalProperties }) => {
    if (Object.hasOwn(properties, key)) return [properties[key] ?? {}];
    return typeof additionalProperties === "object" ? [additionalProperties] : [];
  });
}

/** Keys directly below a path such as `workload.users`; those of all variants together. */
export function keysBelow(path: readonly string[]): string[] {
  const schemas = path.reduce(below, [schemaOfTuple()]);
  const keys = schemas
    .flatMap(variantsOf)
    .flatMap(({ properties = {} }) => Object.keys(properties));
  return [...new Set(keys)];
}

/** Dotted paths of all keys of the tuple below `at`, but not those under names of the user's. */
function pathsBelow(at: readonly string[]): string[] {
  return keysBelow(at).flatMap((key) => {
    const path = [...at, key];
    return [path.join("."), ...pathsBelow(path)];
  });
}

/**
 * What is wrong with a dotted path into the tuple, or undefined if some variant has such a key. A path
 * that lacks its beginning is answered with the whole one: `seed` with `workload.seed`.
 */
export function pathProblem(path: string): string | undefined {
  const parts = path.split(".");
  for (const [index, key] of parts.entries()) {
    const at = parts.slice(0, index);
    if (below(at.reduce(below, [schemaOfTuple()]), key).length > 0) continue;
    const whole = pathsBelow([]).find((known) => known.endsWith(`.${path}`));
    if (whole !== undefined) return `unknown key, did you mean "${whole}"?`;
    const known = keysBelow(at);
    const near = suggestion(key, known);
    if (near === "" && known.length > 0) return `unknown key (known: ${known.join(", ")})`;
    return at.length === 0 ? `unknown key${near}` : `unknown key ${key} in ${at.join(".")}${near}`;
  }
  return undefined;
}
