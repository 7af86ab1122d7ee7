import { instantFields, realFields } from "./plain-line";
import { type SwfField, type SwfRecord, swfFields } from "./record";

const number = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
/** Sizes are 32-bit in the store and in every scheduler. */
export const largestSize = 2 ** 31 - 1;
const sizes: ReadonlySet<SwfField> = new Set(["allocated", "requested"]);
/** 2 to 4 are those of partial executions. */
const largestStatus = 5;
const statusPlace = swfFields.findIndex(([field]) => field === "status");

/** Whether a line describes one of the executions of a job that was preempted. */
export function isPart({ status }: SwfRecord): boolean {
  return status >= 2 && status <= 4;
}

export interface FieldFault {
  readonly field: SwfField;
  /** The name of the oddity. */
  readonly name: string;
  readonly problem: string;
}

export interface ReadFields {
  /** What cannot be read is −1. */
  readonly record: SwfRecord;
  readonly faults: readonly FieldFault[];
  /** Most decimals of a field from which instants are made. */
  readonly decimals: number;
}

/** The values of 18 words. */
export function readFields(tokens: readonly string[]): ReadFields {
  const record: Partial<SwfRecord> = {};
  const faults: FieldFault[] = [];
  let decimals = 0;
  const ofPart = /^[+]?[234](\.0*)?$/.test(tokens[statusPlace] ?? "");
  for (const [index, [field, name]] of swfFields.entries()) {
    const token = tokens[index] ?? "";
    const expected = expectation(field, token, ofPart);
    if (expected === null) {
      // Adding 0 turns −0 into 0.
      record[field] = Number(token) + 0;
      if (instantFields.has(field)) decimals = Math.max(decimals, decimalsOf(token));
      continue;
    }
    const problem = `expected ${expected}, got "${token.slice(0, 40)}"`;
    if (field === "job" && Number(token) === 0 && number.test(token)) {
      record.job = 0;
      faults.push({ field, name: "job number of 0", problem });
    } else {
      record[field] = -1;
      faults.push({ field, name: `unreadable ${name}`, problem });
    }
  }
  return { record: record as SwfRecord, faults, decimals };
}

/** What the standard expects in place of the token, or null when the token is right. */
function expectation(field: SwfField, token: string, ofPart: boolean): string | null {
  if (!number.test(token)) return "a number";
  const value = Number(token);
  if (!Number.isSafeInteger(Math.trunc(value))) return `at most ${Number.MAX_SAFE_INTEGER}`;
  // Only the first execution of a job has a submit time.
  const unknown = value === -1 && (field !== "submit" || ofPart);
  if (field === "job") {
    if (value < 1) return "at least 1";
  } else if (value < 0 && !unknown) return field === "submit" ? "at least 0" : "-1 or more";
  if (sizes.has(field) && value > largestSize) return `at most ${largestSize}`;
  if (!realFields.has(field) && !Number.isInteger(value)) return "a whole number";
  if (field === "status" && value > largestStatus) return `a status from -1 to ${largestStatus}`;
  return null;
}

function decimalsOf(token: string): number {
  const [digits = "", exponent = "0"] = token.toLowerCase().split("e");
  const fraction = digits.split(".")[1] ?? "";
  return Math.max(0, fraction.length - Number(exponent));
}
