import { parseAllDocuments, type ScalarTag } from "yaml";
import { Failure } from "../base/failure";

/**
 * The YAML that Pulumi reads: Go's yaml.v3, whose plain scalars are those of YAML 1.2 with some of 1.1.
 * Octal 012 is 10, 1_000 is 1000, merge keys work; yes, no, on and off are text.
 */

const float = /^[-+]?(\.\d+|\d+(\.\d*)?)([eE][-+]?\d+)?$/;

/** Base by the prefix behind the sign, as Go's ParseInt takes it with base 0. */
const bases: readonly (readonly [prefix: RegExp, digits: RegExp, base: string])[] = [
  [/^0[xX]/, /^[\da-fA-F]+$/, "0x"],
  [/^0[oO]/, /^[0-7]+$/, "0o"],
  [/^0[bB]/, /^[01]+$/, "0b"],
  [/^0(?=\d)/, /^[0-7]+$/, "0o"],
];

/** Largest magnitude of a 64-bit whole number without a sign. */
const largest = 2n ** 64n - 1n;

/** A plain scalar as a number, or undefined where Go keeps it as text. */
function numberOf(plain: string): number | undefined {
  if (!/^[-+\d.]/.test(plain)) return undefined;
  // An underscore is dropped only from what begins with a digit or a sign.
  const text = plain.startsWith(".") ? plain : plain.replaceAll("_", "");
  const sign = /^[-+]/.exec(text)?.[0] ?? "";
  const unsigned = text.slice(sign.length);
  for (const [prefix, digits, base] of bases) {
    if (!prefix.test(unsigned)) continue;
    const rest = unsigned.replace(prefix, "");
    if (!digits.test(rest)) continue;
    const value = BigInt(`${base}${rest}`);
    if (value <= largest) return signed(sign, Number(value));
  }
  if (!float.test(text)) return undefined;
  const value = Number(unsigned);
  return Number.isFinite(value) ? signed(sign, value) : undefined;
}

/** JSON, in which Pulumi keeps structured values, has no need of a negative zero. */
function signed(sign: string, value: number): number {
  return sign === "-" && value !== 0 ? -value : value;
}

/** Go's reading of a date, in the words in which Pulumi keeps it. */
function dateText(plain: string): string | undefined {
  const [, year, month = "", day = ""] = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(plain) ?? [];
  if (year === undefined) return undefined;
  const date = `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;
  const at = Date.parse(`${date}T00:00:00Z`);
  const exists = !Number.isNaN(at) && new Date(at).toISOString().startsWith(date);
  return exists ? `${date} 00:00:00 +0000 UTC` : undefined;
}

const tags: readonly ScalarTag[] = [
  {
    default: true,
    tag: "tag:yaml.org,2002:null",
    test: /^(~|null|Null|NULL)?$/,
    resolve: () => null,
  },
  {
    default: true,
    tag: "tag:yaml.org,2002:bool",
    test: /^(true|True|TRUE|false|False|FALSE)$/,
    resolve: (text) => text.toLowerCase() === "true",
  },
  {
    default: true,
    tag: "tag:yaml.org,2002:float",
    test: /^([-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))$/,
    resolve: (text, onError) => {
      onError(`Pulumi cannot keep ${text}`);
      return text;
    },
  },
  {
    default: true,
    tag: "tag:yaml.org,2002:int",
    test: /^[-+.\d]/,
    resolve: (text) => numberOf(text) ?? dateText(text) ?? text,
  },
];

/**
 * A stack file's text as Pulumi reads it: the first document, with keys as text.
 * @throws Failure with line and column when it is not YAML, or when Pulumi refuses it.
 */
export function parseStackYaml(file: string, text: string): unknown {
  const documents = parseAllDocuments(text, {
    version: "1.2",
    schema: "failsafe",
    customTags: (all) => [...all, ...tags],
    merge: true,
    uniqueKeys: true,
    stringKeys: false,
  });
  const first = "empty" in documents ? undefined : documents[0];
  if (first === undefined) return null;
  const [problem] = first.errors;
  if (problem !== undefined) throw new Failure(`${file} is not YAML: ${problem.message}`);
  return first.toJS();
}

/** The text of a stack file. @throws Failure when its bytes are not UTF-8, which Pulumi refuses. */
export function stackText(file: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new Failure(`${file} is not YAML: it is not encoded in UTF-8`);
  }
}
