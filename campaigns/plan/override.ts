import { Failure } from "../../base/failure";
import { messageOf } from "../../base/thrown";
import { parseStackYaml } from "../../infra/stack-yaml";
import { mostValues, rangeValues } from "../../spec/campaign/range";

/** One override of the command line: what it is for, and the values in the order in which they stand. */
export interface Override {
  /** As it was written. */
  readonly text: string;
  /** `key=…` sets, `+key=…` adds an axis, `~key` takes away. */
  readonly action: "set" | "add" | "remove";
  readonly key: string;
  /** Empty for `~key`. */
  readonly values: readonly unknown[];
}

const keyPattern = /^[A-Za-z0-9][\w-]*(\.[A-Za-z0-9][\w-]*)*$/;
const forms = "key=value, key=a,b, key=range(1,6), +key=value or ~key";

/**
 * An override as Hydra's users write it. Values are YAML; commas outside quotes and brackets separate
 * them. @throws Failure for a text of another form.
 */
export function parseOverride(text: string): Override {
  const [, sign = "", key = "", equals, written = ""] =
    /^([+~]?)([^=]*)(=?)([\s\S]*)$/.exec(text) ?? [];
  const refused = (why: string) =>
    new Failure(`the override "${text}" ${why}`, { remedy: `write ${forms}` });
  if (!keyPattern.test(key)) throw refused("has no key");
  if (sign === "~") {
    if (equals === "=") throw refused("takes a key away and gives it a value");
    return { text, action: "remove", key, values: [] };
  }
  if (equals !== "=") throw refused("has no value");
  const action = sign === "+" ? "add" : "set";
  const values = separated(written).flatMap((part): unknown[] => {
    if (part === "") throw refused("has an empty value; an empty text is ''");
    if (!part.startsWith("range(")) return [yamlValue(part, text)];
    const range = rangeValues(part);
    if (range === undefined) {
      throw refused(`has no range of at most ${mostValues} whole numbers in ${part}`);
    }
    if (range.length === 0) throw refused(`has the empty range ${part}`);
    return range;
  });
  return { text, action, key, values };
}

function yamlValue(written: string, override: string): unknown {
  try {
    return parseStackYaml("it", written);
  } catch (error) {
    throw new Failure(`the value of the override "${override}" cannot be read`, {
      detail: messageOf(error),
    });
  }
}

const closing: Readonly<Record<string, string>> = { "(": ")", "[": "]", "{": "}" };

/** The parts between the commas that are in no quotes and no brackets, without blanks around them. */
function separated(text: string): string[] {
  const parts: string[] = [];
  const open: string[] = [];
  let [part, quote] = ["", ""];
  let escaped = false;
  for (const character of text) {
    if (quote !== "") {
      if (character === quote && !escaped) quote = "";
      escaped = quote === '"' && character === "\\" && !escaped;
    } else if (character === "," && open.length === 0) {
      parts.push(part);
      part = "";
      continue;
    } else if (isQuote(character)) {
      // Elsewhere it is a character like any other: it's.
      if (part.trim() === "" || open.length > 0) quote = character;
    } else if (closing[character] !== undefined) open.push(closing[character]);
    else if (character === open.at(-1)) open.pop();
    part += character;
  }
  return [...parts, part].map((value) => value.trim());
}

function isQuote(character: string): boolean {
  return character === "'" || character === '"';
}
