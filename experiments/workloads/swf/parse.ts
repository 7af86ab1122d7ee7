import type { SwfBatch } from "./batch";
import { NumberSet } from "./number-set";
import { readPlainLine } from "./plain-line";
import {
  maxProcs,
  SwfError,
  type SwfField,
  type SwfHeader,
  type SwfRecord,
  swfFields,
} from "./record";

/**
 * `strict` refuses whatever the standard forbids. `tolerant` keeps the job, replaces an unreadable
 * value by −1 (unknown) and counts it; a line without a job number, submit time or 18 fields is
 * counted and left out.
 */
export type SwfMode = "strict" | "tolerant";

const fieldCount = swfFields.length;
const number = /^[+-]?\d+(\.\d*)?$/;
/** Ten years. A log's submit times count from its own start; more than this is an epoch time. */
const tenYears = 10 * 365 * 24 * 3600;
/** Sizes are 32-bit in the store and in every scheduler. */
const largestSize = 2 ** 31 - 1;
const sizes: ReadonlySet<SwfField> = new Set(["allocated", "requested"]);
/** Fields whose fractions are harmless. Only the CPU time may have them by the standard. */
const fractional: ReadonlySet<SwfField> = new Set(["submit", "wait", "run", "cpu", "memory"]);
/** Without these a line is no job. */
const essential: ReadonlySet<SwfField> = new Set(["job", "submit"]);

/** Reads a log line by line; holds nothing of it but the header and the gaps of the job numbers. */
export class SwfParser {
  readonly header: SwfHeader;
  records = 0;
  private readonly entries = new Map<string, string[]>();
  private readonly faults = new Map<string, number>();
  /** What the standard allows and is a trap all the same. */
  private readonly trapped = {
    "unknown wait time": 0,
    "unknown run time": 0,
    "run time of 0": 0,
    "run time above requested time": 0,
    "unknown allocated processors": 0,
    "allocated differs from requested processors": 0,
    "more processors than the machine has": 0,
    "unknown user": 0,
    "time of more than ten years": 0,
  };
  private readonly numbers = new NumberSet();
  private line = 0;
  private lastSubmit = Number.NEGATIVE_INFINITY;
  private processors = Number.POSITIVE_INFINITY;
  private firstProblem: SwfError | undefined;

  constructor(
    private readonly file: string,
    private readonly mode: SwfMode,
  ) {
    this.header = this.entries;
  }

  /** How often each oddity occurred, in either mode. */
  get oddities(): Map<string, number> {
    const trapped = Object.entries(this.trapped).filter(([, count]) => count > 0);
    return new Map([...this.faults, ...trapped]);
  }

  /**
   * Reads the line at `from`, which lasts to its line feed or the end of the bytes, into the batch's
   * next row when it is a job. Returns the next line's place. Throws SwfError.
   */
  pushBytes(bytes: Buffer, from: number, batch: SwfBatch): number {
    const at = batch.rows * fieldCount;
    const next = readPlainLine(bytes, from, batch.values, at);
    if (next !== -1 && this.pushPlain(batch, at)) return next;
    const found = bytes.indexOf("\n", from);
    const end = found === -1 ? bytes.length : found;
    const record = this.push(bytes.toString("utf8", from, end));
    if (record !== null) batch.add(record);
    return end + 1;
  }

  /** False when a value is out of its range. */
  private pushPlain(batch: SwfBatch, at: number): boolean {
    const { values } = batch;
    const job = values[at] ?? 0;
    const submit = values[at + 1] ?? -1;
    const allocated = values[at + 4] ?? -1;
    const requested = values[at + 7] ?? -1;
    if (job < 1 || submit < 0 || allocated > largestSize || requested > largestSize) return false;
    this.line += 1;
    this.check(job, submit);
    this.observe(
      values[at + 2] ?? -1,
      values[at + 3] ?? -1,
      allocated,
      requested,
      values[at + 8] ?? -1,
      values[at + 11] ?? -1,
    );
    batch.rows += 1;
    return true;
  }

  /** The job of this line, or null for a comment, a blank line or a line left out. Throws SwfError. */
  push(text: string): SwfRecord | null {
    this.line += 1;
    if (text.includes("\0")) throw this.error("a binary file, not an SWF log");
    const trimmed = text.trim();
    if (trimmed === "") {
      this.count("blank line");
      return null;
    }
    if (trimmed.startsWith(";")) {
      this.comment(trimmed);
      return null;
    }
    const tokens = trimmed.split(/\s+/);
    if (tokens.length !== swfFields.length) {
      const problem = `expected ${swfFields.length} fields, got ${tokens.length}`;
      const dialect = this.records === 0 && tokens.length > swfFields.length;
      if (dialect) throw this.error(`${problem}: a dialect of SWF, not version 2.2`);
      return this.leaveOut("wrong number of fields", this.error(problem));
    }
    const record = this.values(tokens);
    if (record === null) return null;
    this.check(record.job, record.submit);
    const { wait, run, allocated, requested, estimate, user } = record;
    this.observe(wait, run, allocated, requested, estimate, user);
    return record;
  }

  /** To be called after the last line. Throws SwfError when the log holds no job at all. */
  end(): void {
    if (this.records === 0) {
      if (this.firstProblem !== undefined) throw this.firstProblem;
      const what = this.entries.size > 0 ? "only a header, no job" : "no job";
      throw new SwfError({ file: this.file }, this.line === 0 ? "the file is empty" : what);
    }
    const promised = this.header.get("MaxJobs")?.[0] ?? this.header.get("MaxRecords")?.[0];
    if (promised !== undefined && Number(promised) !== this.records) {
      this.count("header's job count differs");
    }
  }

  private comment(text: string): void {
    const match = /^;\s*([A-Za-z]\w*):\s*(.*)$/.exec(text);
    const key = match?.[1];
    if (key === undefined) return;
    const values = this.entries.get(key);
    if (values === undefined) this.entries.set(key, [match?.[2] ?? ""]);
    else values.push(match?.[2] ?? "");
    this.processors = maxProcs(this.entries) ?? Number.POSITIVE_INFINITY;
  }

  private values(tokens: readonly string[]): SwfRecord | null {
    const record: Partial<SwfRecord> = {};
    for (const [index, [field, name]] of swfFields.entries()) {
      const token = tokens[index] ?? "";
      const problem = fault(field, token);
      if (problem === null) {
        record[field] = Number(token);
        continue;
      }
      const error = this.error(`expected ${problem.expected}, got "${token.slice(0, 40)}"`, field);
      if (this.mode === "tolerant" && problem.kind === "fraction" && fractional.has(field)) {
        this.count(`fractional ${name}`);
        record[field] = Number(token);
      } else if (essential.has(field)) {
        return this.leaveOut(`unreadable ${name}`, error);
      } else {
        this.odd(`unreadable ${name}`, error);
        record[field] = -1;
      }
    }
    return record as SwfRecord;
  }

  private check(job: number, submit: number): void {
    if (this.records === 0 && submit >= tenYears) {
      throw this.error(
        "an epoch submit time: a dialect of SWF, whose times count from the log's start",
        "submit",
      );
    }
    if (!this.numbers.add(job)) {
      this.odd("duplicate job number", this.error(`${job} occurred before`, "job"));
    }
    if (submit < this.lastSubmit) {
      const error = this.error(`${submit} is before ${this.lastSubmit}`, "submit");
      this.odd("submit out of order", error);
    }
    this.lastSubmit = Math.max(this.lastSubmit, submit);
    this.records += 1;
  }

  private observe(
    wait: number,
    run: number,
    allocated: number,
    requested: number,
    estimate: number,
    user: number,
  ): void {
    const { trapped } = this;
    if (wait < 0) trapped["unknown wait time"] += 1;
    if (run < 0) trapped["unknown run time"] += 1;
    if (run === 0) trapped["run time of 0"] += 1;
    if (estimate >= 0 && run > estimate) trapped["run time above requested time"] += 1;
    if (allocated <= 0) trapped["unknown allocated processors"] += 1;
    else if (requested > 0 && allocated !== requested) {
      trapped["allocated differs from requested processors"] += 1;
    }
    if ((allocated > 0 ? allocated : requested) > this.processors) {
      trapped["more processors than the machine has"] += 1;
    }
    if (user < 0) trapped["unknown user"] += 1;
    if (wait > tenYears || run > tenYears || estimate > tenYears || this.lastSubmit > tenYears) {
      trapped["time of more than ten years"] += 1;
    }
  }

  private odd(name: string, error: SwfError): void {
    if (this.mode === "strict") throw error;
    this.count(name);
  }

  private leaveOut(name: string, error: SwfError): null {
    this.odd(name, error);
    this.firstProblem ??= error;
    this.count("line left out");
    return null;
  }

  private count(name: string): void {
    this.faults.set(name, (this.faults.get(name) ?? 0) + 1);
  }

  private error(problem: string, field?: SwfField): SwfError {
    const place = { file: this.file, line: this.line };
    return new SwfError(field === undefined ? place : { ...place, field }, problem);
  }
}

interface Fault {
  readonly kind: "form" | "fraction" | "range";
  readonly expected: string;
}

function fault(field: SwfField, token: string): Fault | null {
  if (!number.test(token)) return { kind: "form", expected: "a number" };
  const value = Number(token);
  if (!Number.isSafeInteger(Math.trunc(value))) {
    return { kind: "range", expected: `at most ${Number.MAX_SAFE_INTEGER}` };
  }
  if (field === "job" || field === "submit") {
    const least = field === "job" ? 1 : 0;
    if (value < least) return { kind: "range", expected: `at least ${least}` };
  } else if (value < 0 && value !== -1) {
    return { kind: "range", expected: "-1 or more" };
  }
  if (sizes.has(field) && value > largestSize) {
    return { kind: "range", expected: `at most ${largestSize}` };
  }
  if (field !== "cpu" && !Number.isInteger(value)) {
    return { kind: "fraction", expected: "a whole number" };
  }
  return null;
}
