import type { z } from "zod";
import type { Problem } from "./problems";

/** JavaScript treats this key of an object as its prototype: an entry of that name would disappear. */
const prototypeKey = "__proto__";

/** Keys at any depth that no specification can have. */
export function unusableKeys(value: unknown, at: readonly (string | number)[]): Problem[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const path = [...at, key];
    return key === prototypeKey
      ? [{ path: path.join("."), message: "cannot be used as a name" }]
      : unusableKeys(inner, path);
  });
}

type Issue = z.core.$ZodIssue;

/** What zod refused, one problem for each unknown key. */
export function problemsOf(error: z.ZodError): Problem[] {
  return error.issues.flatMap(problemsOfIssue);
}

function problemsOfIssue(issue: Issue): Problem[] {
  if (issue.code === "unrecognized_keys") {
    const messages = issue.message.split("\n");
    return issue.keys.map((key, index) => ({
      path: [...issue.path, key].join("."),
      message: messages[index] ?? "unknown key",
    }));
  }
  if (issue.code === "invalid_key") {
    return issue.issues.map(({ message }) => ({ path: issue.path.join("."), message }));
  }
  return [{ path: issue.path.join("."), message: issue.message }];
}

/** Whether a path is one of those that were refused, or below it. */
export function within(path: string): (refused: string) => boolean {
  return (refused) => refused === "" || path === refused || path.startsWith(`${refused}.`);
}

/** Without what was said before. */
export function distinct(problems: readonly Problem[]): Problem[] {
  const seen = new Map(problems.map((problem) => [`${problem.path}\n${problem.message}`, problem]));
  return [...seen.values()];
}

/**
 * Each round can reveal something that is missing after the last removal, such as the `kind` of an
 * object.
 */
const repairRounds = 8;

/** Defaults in place of what was refused, so that the checks between fields can look at the rest. */
export function repaired<T extends z.ZodType>(schema: T, input: unknown): z.infer<T> | undefined {
  const copy = structuredClone(input);
  for (let round = 0; round < repairRounds; round += 1) {
    const result = schema.safeParse(copy);
    if (result.success) return result.data;
    for (const issue of result.error.issues) {
      if (issue.code !== "unrecognized_keys") remove(copy, issue.path);
      else for (const key of issue.keys) remove(copy, [...issue.path, key]);
    }
  }
  return undefined;
}

/** The input without the keys that the schema does not know. It may have other problems. */
export function withoutUnknownKeys(schema: z.ZodType, input: unknown): unknown {
  const copy = structuredClone(input);
  for (let round = 0; round < repairRounds; round += 1) {
    const unknown = (schema.safeParse(copy).error?.issues ?? []).filter(
      (issue) => issue.code === "unrecognized_keys",
    );
    if (unknown.length === 0) break;
    for (const { path, keys } of unknown) for (const key of keys) remove(copy, [...path, key]);
  }
  return copy;
}

/** Deletes the value at `path`, or, where it is absent, the object that should have held it. */
function remove(root: unknown, path: readonly PropertyKey[]): void {
  const last = path.at(-1);
  if (last === undefined) return;
  let holder: unknown = root;
  for (const key of path.slice(0, -1)) {
    if (typeof holder !== "object" || holder === null) return;
    holder = Reflect.get(holder, key);
  }
  if (typeof holder !== "object" || holder === null) return;
  if (Object.hasOwn(holder, last)) Reflect.deleteProperty(holder, last);
  else remove(root, path.slice(0, -1));
}
