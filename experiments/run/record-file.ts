import { randomBytes } from "node:crypto";
import fs from "node:fs";
import { unwritable, writeAll, writeWhole } from "../../base/whole-file";

/** A file of records, one a line, that only grows, by whole lines. */
export class RecordFile {
  readonly path: string;
  readonly fd: number;
  /** Bytes of whole lines. */
  #size: number;

  constructor(file: string) {
    this.path = file;
    this.fd = fs.openSync(file, "a", 0o644);
    this.#size = fs.fstatSync(this.fd).size;
  }

  /** Throws Failure; the record is then not in the file, nor a part of it. */
  append(record: unknown): void {
    const bytes = Buffer.from(`${JSON.stringify(record)}\n`);
    try {
      writeAll(this.fd, bytes);
      this.#size += bytes.length;
    } catch (error) {
      // What was begun would run into the next record. Cutting needs no space.
      fs.ftruncateSync(this.fd, this.#size);
      throw unwritable(this.path, error);
    }
  }
}

/** Takes up so much of the disk, to be given back later. Throws Failure when there is not so much. */
export function reserve(file: string, bytes: number): void {
  // Not zeros: some file systems store none.
  writeWhole(file, randomBytes(bytes));
}
