import { z } from "zod";
import { show, suggestion, unknownKey } from "./problems";

/**
 * The building blocks of the schemas. Each says what it expected and what it got, so that a problem
 * reads the same whether the type, the form or the range is wrong.
 */

type RawIssue = { readonly code?: string | undefined; readonly input?: unknown };

function expected(what: string): (issue: RawIssue) => string {
  return (issue) => `expected ${what}, got ${show(issue.input)}`;
}

const decimal = /^[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?$/;

/**
 * `pulumi config set --path` stores 0.5 and 5e-4 as text, and every secret is text. So a number in
 * quotes counts as the number.
 */
function numberOfText(value: unknown): unknown {
  if (typeof value !== "string" || !decimal.test(value)) return value;
  const parsed = Number(value);
  return Number.isFinite(parsed) ? parsed : value;
}

export function integer(min: number, max: number) {
  const error = expected(`${min}..${max}`);
  return z.preprocess(numberOfText, z.int({ error }).min(min, { error }).max(max, { error }));
}

/** A number that may have a fraction. */
export function number(min: number, max: number) {
  const error = expected(`a number ${min}..${max}`);
  return z.preprocess(numberOfText, z.number({ error }).min(min, { error }).max(max, { error }));
}

const flags: ReadonlyMap<unknown, boolean> = new Map([
  ["true", true],
  ["false", false],
]);

export function flag() {
  return z.preprocess(
    (value) => flags.get(value) ?? value,
    z.boolean({ error: expected("true or false") }),
  );
}

export function choice<const T extends readonly [string, ...string[]]>(values: T) {
  return z.enum(values, { error: (issue) => oneOf(issue.input, values) });
}

/** `expected one of a, b, got "c", did you mean "b"?` */
function oneOf(input: unknown, values: readonly string[]): string {
  const hint = typeof input === "string" ? suggestion(input, values) : "";
  return `expected one of ${values.join(", ")}, got ${show(input)}${hint}`;
}

export function text(pattern: RegExp, what: string) {
  const error = expected(what);
  return z.string({ error }).regex(pattern, { error });
}

/** An object that refuses unknown keys: one line of message for each, in the order of `issue.keys`. */
export function strict<T extends z.core.$ZodLooseShape>(shape: T) {
  const known = Object.keys(shape);
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === "unrecognized_keys"
        ? issue.keys.map((key) => unknownKey(key, known)).join("\n")
        : `expected an object with ${known.join(", ")}, got ${show(issue.input)}`,
  });
}

/** Objects that are distinguished by one key, such as `kind`. */
export function distinguished<
  const K extends string,
  const T extends readonly [z.core.$ZodTypeDiscriminable, ...z.core.$ZodTypeDiscriminable[]],
>(key: K, names: readonly string[], options: T) {
  return z.discriminatedUnion(key, options, {
    error: (issue) =>
      isObject(issue.input)
        ? oneOf(issue.input[key], names)
        : `expected an object with ${key}, got ${show(issue.input)}`,
  });
}

/** As above; an object without the key is of the kind `fallback`, and gets the key. */
export function variants<
  const K extends string,
  const T extends readonly [z.core.$ZodTypeDiscriminable, ...z.core.$ZodTypeDiscriminable[]],
>(key: K, names: readonly string[], options: T, fallback: string) {
  return z.preprocess(
    (value) =>
      isObject(value) && !Object.hasOwn(value, key) ? { [key]: fallback, ...value } : value,
    distinguished(key, names, options),
  );
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Entries under names that the user chooses. */
export function named<T extends z.ZodType>(pattern: RegExp, what: string, value: T) {
  return z.record(
    z.string().regex(pattern, { error: (issue) => `expected ${what}, got ${show(issue.input)}` }),
    value,
    { error: (issue) => `expected an object, got ${show(issue.input)}` },
  );
}
