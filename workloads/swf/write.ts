import type { SwfHeader } from "./header";
import { type SwfRecord, swfFields } from "./record";

const fields = swfFields.map(([field]) => field);

/** The lines of a log, without line ends: header comments, then one line a job. */
export function* swfLines(
  header: SwfHeader,
  records: Iterable<SwfRecord>,
): Generator<string, void, undefined> {
  yield* headerLines(header);
  for (const record of records) yield jobLine(record);
}

export function jobLine(record: SwfRecord): string {
  let line = "";
  for (const field of fields) line += ` ${decimal(record[field])}`;
  return line.slice(1);
}

/**
 * Comments without a label come first, so that they continue none; labels whose values go on over
 * several lines last, so that no line of theirs can be taken for a label that is still missing.
 */
export function* headerLines(header: SwfHeader): Generator<string, void, undefined> {
  for (const text of header.get("") ?? []) yield `; ${text}`;
  const labels = [...header].filter(([label]) => label !== "");
  const goesOn = ([, values]: (typeof labels)[number]) =>
    values.some((value) => value.includes("\n"));
  for (const [label, values] of labels.filter((entry) => !goesOn(entry))) {
    for (const value of values) yield `; ${label}: ${value}`;
  }
  for (const [label, values] of labels.filter(goesOn)) {
    const indent = " ".repeat(label.length + 3);
    for (const value of values) {
      const [first = "", ...others] = value.split("\n");
      yield `; ${label}: ${first}`;
      for (const line of others) yield line === "" ? ";" : `;${indent}${line}`;
    }
  }
}

/** The shortest decimal number that is read as the same double, without an exponent. */
function decimal(value: number): string {
  const text = String(value);
  if (Number.isSafeInteger(value)) return text;
  const match = /^(-?)(\d+)(?:\.(\d+))?e([+-]\d+)$/.exec(text);
  if (match === null) return text;
  const [, sign = "", whole = "", fraction = "", exponent = "0"] = match;
  const digits = whole + fraction;
  const point = whole.length + Number(exponent);
  if (point <= 0) return `${sign}0.${"0".repeat(-point)}${digits}`;
  return `${sign}${digits.padEnd(point, "0")}`;
}
