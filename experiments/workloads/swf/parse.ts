import {
  maxProcs,
  SwfError,
  type SwfField,
  type SwfHeader,
  type SwfRecord,
  size,
  swfFields,
} from "./record";

/**
 * `strict` refuses whatever the standard forbids. `tolerant` keeps the job, replaces an unreadable
 * value by −1 (unknown) and counts it; a line without a job number, submit time or 18 fields is
 * counted and left out.
 */
export type SwfMode = "strict" | "tolerant";

/** What real logs hold and the standard allows or not; counted in either mode. */
export type Oddities = Map<string, number>;

const number = /^[+-]?\d+(\.\d*)?$/;
/** Ten years. A log's submit times count from its own start; more than this is an epoch time. */
const longestOffset = 10 * 365 * 24 * 3600;
/** Fields whose fractions are harmless. Only the CPU time may have them by the standard. */
const fractional: ReadonlySet<SwfField> = new Set(["submit", "wait", "run", "cpu", "memory"]);
/** Without these a line is no job. */
const essential: ReadonlySet<SwfField> = new Set(["job", "submit"]);

/** Reads a log line by line; holds nothing of it but the header and the job numbers seen. */
export class SwfParser {
  readonly header: SwfHeader;
  readonly oddities: Oddities = new Map();
  records = 0;
  private readonly entries = new Map<string, string[]>();
  private readonly numbers = new Set<number>();
  private line = 0;
  private lastSubmit = Number.NEGATIVE_INFINITY;
  private processors: number | null = null;
  private firstProblem: SwfError | undefined;

  constructor(
    private readonly file: string,
    private readonly mode: SwfMode,
  ) {
    this.header = this.entries;
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
    return record === null ? null : this.check(record);
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
    this.processors = maxProcs(this.entries);
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

  private check(record: SwfRecord): SwfRecord {
    if (this.records === 0 && record.submit >= longestOffset) {
      throw this.error(
        "an epoch submit time: a dialect of SWF, whose times count from the log's start",
        "submit",
      );
    }
    if (this.numbers.has(record.job)) {
      this.odd("duplicate job number", this.error(`${record.job} occurred before`, "job"));
    }
    this.numbers.add(record.job);
    if (record.submit < this.lastSubmit) {
      const error = this.error(`${record.submit} is before ${this.lastSubmit}`, "submit");
      this.odd("submit out of order", error);
    }
    this.lastSubmit = Math.max(this.lastSubmit, record.submit);
    this.records += 1;
    this.observe(record);
    return record;
  }

  /** Allowed by the standard, and a trap all the same. */
  private observe(record: SwfRecord): void {
    if (record.wait < 0) this.count("unknown wait time");
    if (record.run < 0) this.count("unknown run time");
    if (record.run === 0) this.count("run time of 0");
    if (record.estimate >= 0 && record.run > record.estimate) {
      this.count("run time above requested time");
    }
    if (record.allocated <= 0) this.count("unknown allocated processors");
    else if (record.requested > 0 && record.allocated !== record.requested) {
      this.count("allocated differs from requested processors");
    }
    if (this.processors !== null && (size(record) ?? 0) > this.processors) {
      this.count("more processors than the machine has");
    }
    if (record.user < 0) this.count("unknown user");
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
    this.oddities.set(name, (this.oddities.get(name) ?? 0) + 1);
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
  if (field !== "cpu" && !Number.isInteger(value)) {
    return { kind: "fraction", expected: "a whole number" };
  }
  return null;
}
