import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import type { DuckDBConnection } from "@duckdb/node-api";
import { batchRows } from "../swf/batch";
import type { SwfHeader } from "../swf/header";
import type { JobLog, LogJob } from "../swf/log";
import type { SwfMode } from "../swf/parse";
import type { LogDatabase } from "./database";
import { JobMaker } from "./jobs";
import { type LoadedLog, loadLog } from "./load";
import type { Recognised } from "./recognise";

/** A log of another format than the standard's. Read once, by `batches()` or by `load()`. */
export class ForeignLog implements JobLog {
  private loaded: LoadedLog | undefined;
  private sha256: string | undefined;

  /** @param name what errors call it. */
  constructor(
    readonly file: string,
    readonly name: string,
    readonly recognised: Recognised,
    private readonly database: LogDatabase,
    private readonly mode: SwfMode,
    private readonly zone: string | undefined,
  ) {}

  /** The labels of the standard that can be said of this log; complete after it has been read. */
  get header(): SwfHeader {
    const { mapping } = this.recognised;
    const header = new Map([["Conversion", [`schedlab, from the format ${mapping.name}`]]]);
    if (mapping.procs !== undefined) header.set("MaxProcs", [String(mapping.procs)]);
    if (this.loaded !== undefined) {
      header.set("UnixStartTime", [String(Math.floor(this.loaded.firstSubmit))]);
      header.set("MaxJobs", [String(this.loaded.jobs)]);
      header.set("MaxRecords", [String(this.loaded.records)]);
    }
    return header;
  }

  get jobs(): number {
    return this.loaded?.jobs ?? 0;
  }

  get records(): number {
    return this.loaded?.records ?? 0;
  }

  get oddities(): ReadonlyMap<string, number> {
    return this.loaded?.oddities ?? new Map();
  }

  get hash(): string {
    if (this.sha256 === undefined) throw new Error(`${this.name} is not read to its end`);
    return this.sha256;
  }

  /**
   * Reads the log into the tables `log_jobs` and `log_attempts` of a connection, and hashes its bytes
   * meanwhile. Throws LogError, Failure.
   */
  async load(connection: DuckDBConnection): Promise<LoadedLog> {
    const options = {
      file: this.file,
      name: this.name,
      mode: this.mode,
      zone: this.zone,
      scratch: () => this.database.scratch(),
    };
    const [loaded, hash] = await Promise.all([
      loadLog(connection, this.recognised, options),
      hashOf(this.file),
    ]);
    this.sha256 = hash;
    this.loaded = loaded;
    return loaded;
  }

  /** Every job once, in order of submission. Throws LogError, Failure. */
  async *batches(): AsyncGenerator<LogJob[], void, undefined> {
    const connection = await this.database.connect();
    const { firstSubmit } = await this.load(connection);
    const maker = await JobMaker.over(connection, firstSubmit);
    let batch: LogJob[] = [];
    for await (const job of maker.jobs(connection)) {
      batch.push(job);
      if (batch.length < batchRows) continue;
      yield batch;
      batch = [];
    }
    if (batch.length > 0) yield batch;
  }
}

async function hashOf(file: string): Promise<string> {
  const digest = createHash("sha256");
  for await (const chunk of createReadStream(file, { highWaterMark: 1024 * 1024 })) {
    digest.update(chunk);
  }
  return digest.digest("hex");
}
