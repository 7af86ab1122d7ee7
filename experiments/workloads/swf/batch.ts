import { type SwfRecord, swfFields } from "./record";

/** Rows of a full batch: DuckDB's vector size, so that a batch is one data chunk. */
export const batchRows = 2048;
const fields = swfFields.length;

/** Job lines as numbers, row by row, the fields in file order. */
export class SwfBatch {
  readonly values = new Float64Array(batchRows * fields);
  rows = 0;

  get full(): boolean {
    return this.rows === batchRows;
  }

  add(record: SwfRecord): void {
    let at = this.rows * fields;
    for (const [field] of swfFields) this.values[at++] = record[field];
    this.rows += 1;
  }

  records(): SwfRecord[] {
    return Array.from({ length: this.rows }, (_, row) => this.record(row));
  }

  private record(row: number): SwfRecord {
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
