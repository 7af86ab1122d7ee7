import type { SwfBatch, SwfRow } from "./batch";
import { Executions } from "./executions";
import { isPart, largestSize, readFields } from "./fields";
import { HeaderReader, headerNumber, machineOf, preemption, type SwfHeader } from "./header";
import { NumberSet } from "./number-set";
import { PlainLines } from "./plain-line";
import { SwfError, type SwfField, type SwfRecord, swfFields } from "./record";
import { commentText } from "./text";
import { Traps, tenYears } from "./traps";

/**
 * `strict` refuses whatever the standard forbids. `tolerant` keeps the job, replaces an unreadable
 * value by −1 (unknown) and counts it; a line without a submit time or 18 fields is counted and left
 * out.
 */
export type SwfMode = "strict" | "tolerant";

const fieldCount = swfFields.length;
const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf]);

/** Reads a log line by line; keeps only the header and the job numbers as bits. */
export class SwfParser {
  /** Lines that were read as records: of whole jobs and of partial executions. */
  records = 0;
  jobs = 0;
  /** Jobs and executions that have to be taken before the next line is read. */
  readonly ready: SwfRow[] = [];
  /** How often each fault occurred that the strict mode refuses, and whether its line was left out. */
  readonly badRows = new Map<string, number>();
  private readonly comments = new HeaderReader();
  private readonly faults = new Map<string, number>();
  private readonly traps = new Traps();
  private readonly numbers = new NumberSet();
  private readonly plain = new PlainLines();
  private readonly executions: Executions;
  private decimals = 0;
  private line = 0;
  private recordsAtComment = 0;
  private lastSubmit = Number.NEGATIVE_INFINITY;
  private firstProblem: SwfError | undefined;

  constructor(
    private readonly file: string,
    private readonly mode: SwfMode,
    private readonly badRowsRemedy?: string,
  ) {
    this.executions = new Executions(this.numbers, (name, problem, line) =>
      this.odd(name, this.error(problem, undefined, line)),
    );
  }

  get header(): SwfHeader {
    return this.comments.header;
  }

  /** Most decimals of a submit, wait, run or requested time so far. */
  get timeDecimals(): number {
    return Math.max(this.decimals, this.plain.decimals);
  }

  /** How often each oddity occurred, in either mode. */
  get oddities(): Map<string, number> {
    return new Map([...this.comments.oddities, ...this.faults, ...this.traps.found]);
  }

  /**
   * Reads the line at `from`, which ends at its line feed or at the end of the bytes. An ordinary job
   * goes into the batch's next row; otherwise what the line completes becomes `ready`. Returns the next
   * line's place. Throws SwfError.
   */
  pushBytes(bytes: Buffer, from: number, batch: SwfBatch): number {
    const at = batch.rows * fieldCount;
    const next = this.plain.read(bytes, from, batch.values, at);
    if (next !== -1 && this.pushPlain(batch, at)) return next;
    const marked = this.line === 0 && bytes.subarray(from, from + 3).equals(byteOrderMark);
    const start = marked ? from + 3 : from;
    if (marked) this.count("byte order mark");
    const found = bytes.indexOf("\n", start);
    const end = found === -1 ? bytes.length : found;
    this.ready.push(...this.push(bytes.subarray(start, end)));
    return end + 1;
  }

  /** False for a line that is more than an ordinary job. */
  private pushPlain(batch: SwfBatch, at: number): boolean {
    const { values } = batch;
    const job = values[at] ?? 0;
    const submit = values[at + 1] ?? -1;
    const run = values[at + 3] ?? -1;
    const allocated = values[at + 4] ?? -1;
    const requested = values[at + 7] ?? -1;
    const status = values[at + 10] ?? 2;
    if (job < 1 || submit < 0 || allocated > largestSize || requested > largestSize) return false;
    if (status > 1 && status !== 5) return false;
    if (!this.executions.pass(job, run, this.line + 1)) return false;
    this.line += 1;
    this.checkNumber(job);
    this.checkSubmit(submit);
    this.traps.observe(
      this.lastSubmit,
      values[at + 2] ?? -1,
      run,
      allocated,
      requested,
      values[at + 8] ?? -1,
      values[at + 11] ?? -1,
      values[at + 16] ?? -1,
    );
    this.records += 1;
    this.jobs += 1;
    batch.rows += 1;
    return true;
  }

  /** The jobs and executions that this line completes. Throws SwfError. */
  push(line: Buffer): SwfRow[] {
    this.line += 1;
    if (line.includes(0)) throw this.error("a binary file, not an SWF log");
    const text = line.toString().trim();
    if (text === "") {
      this.count("blank line");
      return [];
    }
    if (text.startsWith(";")) {
      this.comment(line);
      return [];
    }
    const tokens = this.withoutRemark(text).split(/\s+/);
    if (tokens.length !== fieldCount) return this.refuseLength(tokens.length);
    const record = this.read(tokens);
    if (record === null) return [];
    if (isPart(record)) {
      if (record.job < 0) {
        return this.leaveOut("execution without a job number", this.error("no job number", "job"));
      }
      this.checkPart(record);
    } else {
      this.checkNumber(record.job);
      this.checkSubmit(record.submit);
    }
    this.records += 1;
    return this.handOut(this.executions.take(record, this.line));
  }

  /**
   * To be called after the last line; what it returns comes after everything else. Throws SwfError when
   * the log holds no job at all.
   */
  end(): SwfRow[] {
    if (this.records === 0) {
      if (this.firstProblem !== undefined) throw this.firstProblem;
      const what = this.header.size > 0 ? "only a header, no job" : "no job";
      throw new SwfError({ file: this.file }, this.line === 0 ? "the file is empty" : what);
    }
    const rows = this.handOut(this.executions.end());
    const { header } = this;
    const [jobs, records] = [headerNumber(header, "MaxJobs"), headerNumber(header, "MaxRecords")];
    if (jobs !== null && jobs !== this.jobs) this.count("header's job count differs");
    if (records !== null && records !== this.records) this.count("header's record count differs");
    if (machineOf(header)?.label === "MaxNodes") {
      this.count("no usable MaxProcs in the header, MaxNodes instead");
    }
    if (preemption(header) === "ts")
      this.count("time slicing (Preemption: TS): jobs shared processors");
    if (preemption(header) === null && header.has("Preemption")) this.count("unknown Preemption");
    return rows;
  }

  private comment(line: Buffer): void {
    const { text, utf8 } = commentText(line);
    if (!utf8) this.count("comment that is not UTF-8, read as Latin-1");
    this.comments.push(text, this.records > this.recordsAtComment);
    this.recordsAtComment = this.records;
    this.traps.processors = machineOf(this.header)?.procs ?? Number.POSITIVE_INFINITY;
  }

  private withoutRemark(text: string): string {
    const place = text.indexOf(";");
    if (place === -1) return text;
    this.odd("comment behind a job", this.error("a comment behind a job"));
    return text.slice(0, place).trim();
  }

  private refuseLength(count: number): [] {
    const problem = `expected ${fieldCount} fields, got ${count}`;
    if (this.records === 0 && count > fieldCount) {
      throw this.error(`${problem}: a dialect of SWF, not version 2.2`);
    }
    return this.leaveOut("wrong number of fields", this.error(problem));
  }

  private read(tokens: readonly string[]): SwfRecord | null {
    const { record, faults, decimals } = readFields(tokens);
    for (const { field, name, problem } of faults) {
      const error = this.error(problem, field);
      if (field === "submit") {
        this.leaveOut(name, error);
        return null;
      }
      this.odd(name, error);
    }
    this.decimals = Math.max(this.decimals, decimals);
    return record;
  }

  private checkNumber(job: number): void {
    if (job >= 0 && !this.numbers.add(job)) {
      this.odd("duplicate job number", this.error(`${job} occurred before`, "job"));
    }
  }

  private checkSubmit(submit: number): void {
    if (this.records === 0 && submit >= tenYears) {
      throw this.error(
        "an epoch submit time: a dialect of SWF, whose times count from the log's start",
        "submit",
      );
    }
    if (submit < this.lastSubmit) {
      const error = this.error(`${submit} is before ${this.lastSubmit}`, "submit");
      this.odd("submit out of order", error);
    } else this.lastSubmit = submit;
  }

  private checkPart({ job, submit }: SwfRecord): void {
    if (submit >= 0 && !this.executions.knows(job)) this.checkSubmit(submit);
    const said = preemption(this.header);
    if (said !== "no" && said !== "ts") return;
    const problem = `a partial execution, which "Preemption: ${said === "no" ? "No" : "TS"}" excludes`;
    this.odd("execution that Preemption excludes", this.error(problem, "status"));
  }

  private handOut(rows: SwfRow[]): SwfRow[] {
    for (const { kind, record } of rows) {
      if (kind === "part") continue;
      if (kind === "made") this.checkNumber(record.job);
      const { submit, wait, run, allocated, requested, estimate, user, preceding } = record;
      this.traps.observe(submit, wait, run, allocated, requested, estimate, user, preceding);
      this.jobs += 1;
    }
    return rows;
  }

  private odd(name: string, error: SwfError, fault = name): void {
    if (this.mode === "strict") {
      if (this.badRowsRemedy === undefined) throw error;
      throw error.remediedBy(`mend this line, or ${this.badRowsRemedy}`);
    }
    this.count(name);
    this.badRows.set(fault, (this.badRows.get(fault) ?? 0) + 1);
  }

  private leaveOut(name: string, error: SwfError): [] {
    this.odd(name, error, `line left out: ${name}`);
    this.firstProblem ??= error;
    this.count("line left out");
    return [];
  }

  private count(name: string): void {
    this.faults.set(name, (this.faults.get(name) ?? 0) + 1);
  }

  private error(problem: string, field?: SwfField, line = this.line): SwfError {
    const place = { file: this.file, line };
    return new SwfError(field === undefined ? place : { ...place, field }, problem);
  }
}
