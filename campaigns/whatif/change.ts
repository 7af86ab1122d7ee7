import { Failure } from "../../base/failure";
import { pathProblem } from "../../spec/campaign/tuple-keys";
import { configNamespace } from "../../spec/stack-keys";
import { parseOverride } from "../plan/override";

/** One thing that is otherwise: a key of the stack, or a parameter in the site's own configuration file. */
export type Change =
  | {
      readonly kind: "key";
      /** As it was written. */
      readonly text: string;
      /** Dotted path into the tuple. */
      readonly path: string;
      readonly value: unknown;
    }
  | {
      readonly kind: "parameter";
      /** `NAME=VALUE` in the words of that file. */
      readonly text: string;
    };

/**
 * `schedlab:scheduler.policy…=VALUE` is a key of the stack, as is any dotted name; the value is YAML. What
 * has no dot before its first = is a parameter of the scheduler. Throws Failure: no NAME=VALUE, an unknown
 * key, several values.
 */
export function parseChange(text: string): Change {
  const prefix = `${configNamespace}:`;
  const [name = ""] = text.split("=");
  if (!text.includes("=") || name === "") {
    throw new Failure(`the change "${text}" is no NAME=VALUE`, {
      remedy: `write --set NAME=VALUE for a parameter of the scheduler, or --set ${prefix}KEY=VALUE for a key of the stack`,
    });
  }
  if (!name.startsWith(prefix) && !name.includes(".")) return { kind: "parameter", text };
  const stripped = name.startsWith(prefix) ? text.slice(prefix.length) : text;
  const { key: path, action, values } = parseOverride(stripped);
  const problem = pathProblem(path);
  if (problem !== undefined) {
    throw new Failure(`${path}: ${problem}`, { remedy: "docs/configuration.md has all keys" });
  }
  const [value, ...others] = values;
  if (action !== "set" || others.length > 0) {
    throw new Failure(`the change "${text}" is no single value`, {
      remedy: `one comparison has one change; a list is written in brackets: ${path}=[a, b]`,
    });
  }
  return { kind: "key", text: stripped, path, value };
}
