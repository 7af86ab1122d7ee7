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

export function integer(min: number, max: number) {
  const error = expected(`${min}..${max}`);
  return z.int({ error }).min(min, { error }).max(max, { error });
}

const decimal = /^\d+(\.\d+)?$/;

/** A number that may have a fraction. `pulumi config set --path` stores 0.5 as text, so digits in quotes count. */
export function number(min: number, max: number) {
  const error = expected(`a number ${min}..${max}`);
  return z.preprocess(
    (value) => (typeof value === "string" && decimal.test(value) ? Number(value) : value),
    z.number({ error }).min(min, { error }).max(max, { error }),
  );
}

export function flag() {
  return z.boolean({ error: expected("true or false") });
}

export function choice<const T extends readonly [string, ...string[]]>(values: T) {
  return z.enum(values, { error: (issue) => oneOf(issue.input, values) });
}

/** `expected one of a, b, got "c", did you mean "b"?` */
export function oneOf(input: unknown, values: readonly string[]): string {
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

/** Objects told apart by one key, such as `kind`. */
export function variants<
  const K extends string,
  const T extends readonly [z.core.$ZodTypeDiscriminable, ...z.core.$ZodTypeDiscriminable[]],
>(key: K, names: readonly string[], options: T) {
  return z.discriminatedUnion(key, options, {
    error: (issue) => {
      const input = issue.input;
      if (typeof input !== "object" || input === null || Array.isArray(input)) {
        return `expected an object with ${key}, got ${show(input)}`;
      }
      return oneOf((input as Record<string, unknown>)[key], names);
    },
  });
}

/** Entries under names that the user chooses. */
export function named<T extends z.ZodType>(pattern: RegExp, what: string, value: T) {
  return z.record(
    z.string().regex(pattern, { error: (issue) => `expected ${what}, got ${show(issue.input)}` }),
    value,
    { error: (issue) => `expected an object, got ${show(issue.input)}` },
  );
}
