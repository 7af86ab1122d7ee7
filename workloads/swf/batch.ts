import { type SwfRecord, swfFields } from "./record";

/** Rows of a full batch: DuckDB's vector size, so that a batch is one data chunk. */
export const batchRows = 2048;
const fields = swfFields.length;

/**
 * `job`: a line for a whole job. `made`: a job without such a line, made from its partial executions.
 * `part`: a partial execution of the job with its number; it may come many rows later.
 */
export type RowKind = "job" | "made" | "part";

export interface SwfRow {
  readonly kind: RowKind;
  readonly record: SwfRecord;
}

/** Rows of 18 numbers each, in file order. */
export interface SwfNumbers {
  readonly values: Float64Array;
  readonly rows: number;
}

/** Lines of a log as numbers, row by row, the fields in file order. */
export class SwfBatch implements SwfNumbers {
  readonly values: Float64Array;
  rows = 0;
  /** The kinds of the rows that are not plain jobs. */
  private readonly kinds = new Map<number, RowKind>();

  /** @param capacity rows of the full batch, at least 1. */
  constructor(private readonly capacity: number = batchRows) {
    this.values = new Float64Array(capacity * fields);
  }

  get full(): boolean {
    return this.rows === this.capacity;
  }

  /** Whether every row is a plain job. */
  get plain(): boolean {
    return this.kinds.size === 0;
  }

  kind(row: number): RowKind {
    return this.kinds.get(row) ?? "job";
  }

  clear(): void {
    this.rows = 0;
    this.kinds.clear();
  }

  add({ kind, record }: SwfRow): void {
    if (kind !== "job") this.kinds.set(this.rows, kind);
    let at = this.rows * fields;
    for (const [field] of swfFields) this.values[at++] = record[field];
    this.rows += 1;
  }

  /** The jobs without their partial executions. */
  jobNumbers(): SwfNumbers {
    if (this.plain) return this;
    const values = new Float64Array(this.rows * fields);
    let rows = 0;
    for (let row = 0; row < this.rows; row += 1) {
      if (this.kind(row) === "part") continue;
      values.set(this.values.subarray(row * fields, (row + 1) * fields), rows * fields);
      rows += 1;
    }
    return { values, rows };
  }

  /** Every job once, whether it has a line of its own or is made of its partial executions. */
  jobs(): SwfRecord[] {
    const jobs: SwfRecord[] = [];
    for (let row = 0; row < this.rows; row += 1) {
      if (this.kind(row) !== "part") jobs.push(this.record(row));
    }
    return jobs;
  }

  all(): SwfRow[] {
    return Array.from({ length: this.rows }, (_, row) => ({
      kind: this.kind(row),
      record: this.record(row),
    }));
  }

  record(row: number): SwfRecord {
    let at = row * fields;
    const next = () => this.values[at++] ?? Number.NaN;
    return {
      job: next(),
      submit: next(),
      wait: next(),
      run: next(),
      allocated: next(),
      cpu: next(),
      memory: next(),
      requested: next(),
      estimate: next(),
      requestedMemory: next(),
      status: next(),
      user: next(),
      group: next(),
      executable: next(),
      queue: next(),
      partition: next(),
      preceding: next(),
      think: next(),
    };
  }
}
