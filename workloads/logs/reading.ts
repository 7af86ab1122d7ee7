import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import type { DuckDBConnection } from "@duckdb/node-api";
import { SwfBatch } from "../swf/batch";
import type { SwfHeader } from "../swf/header";
import type { JobLog, LogJob } from "../swf/log";
import type { LogDatabase } from "./database";
import { jobsOf } from "./jobs";
import { type LoadedLog, type LoadOptions, loadLog } from "./load";
import { swfLosses } from "./losses";
import type { Recognised } from "./recognise";

/** A log of another format than the standard's. Read once, by `batches()` or by `load()`. */
export class ForeignLog implements JobLog {
  private loaded: LoadedLog | undefined;
  private sha256: string | undefined;
  /** What the Standard Workload Format cannot hold of this log; known after `numbers()`. */
  lost: readonly string[] = [];

  /** @param name what errors call it. */
  constructor(
    readonly file: string,
    readonly name: string,
    readonly recognised: Recognised,
    private readonly database: LogDatabase,
    private readonly options: Pick<LoadOptions, "mode" | "zone" | "badRowsRemedy">,
  ) {}

  /** The labels of the standard that can be said of this log; complete after it has been read. */
  get header(): SwfHeader {
    const { mapping } = this.recognised;
    const header = new Map([["Conversion", [`schedlab, from the format ${mapping.name}`]]]);
    if (mapping.procs !== undefined) header.set("MaxProcs", [String(mapping.procs)]);
    if (this.loaded !== undefined) {
      if (mapping.relative !== true) header.set("UnixStartTime", [String(this.loaded.origin)]);
      header.set("MaxJobs", [String(this.loaded.jobs)]);
      header.set("MaxRecords", [String(this.loaded.records)]);
      if (this.lost.length > 0) {
        header.set(
          "Note",
          this.lost.map((each) => `lost in the conversion, ${each}`),
        );
      }
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

  get badRows(): ReadonlyMap<string, number> {
    return this.loaded?.badRows ?? new Map();
  }

  get hash(): string {
    if (this.sha256 === undefined) throw new Error(`${this.name} is not read to its end`);
    return this.sha256;
  }

  /**
   * Reads the log into the tables `log_jobs` and `log_attempts` of a connection, and hashes its bytes
   * meanwhile; `lean` leaves out what the store does not keep. Throws LogError, Failure.
   */
  async load(connection: DuckDBConnection, lean = false): Promise<LoadedLog> {
    const { mode, zone, badRowsRemedy } = this.options;
    const options = {
      ...{ file: this.file, name: this.name, mode, zone, badRowsRemedy },
      lean,
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

  /** Reads the log into tables of a database in memory. Throws LogError, Failure. */
  async read(): Promise<DuckDBConnection> {
    const connection = await this.database.connect();
    await this.load(connection);
    return connection;
  }

  /** Every job once, in order of submission. Throws LogError, Failure. */
  async *batches(): AsyncGenerator<LogJob[], void, undefined> {
    const connection = await this.read();
    yield* jobsOf(connection, this.loaded?.origin ?? 0);
  }

  /**
   * The same as numbers, without what the standard cannot hold: `lost` then says what that is. The batch
   * is filled again in every iteration.
   */
  async *numbers(): AsyncGenerator<SwfBatch, void, undefined> {
    const batch = new SwfBatch();
    const connection = await this.read();
    this.lost = await swfLosses(connection);
    for await (const jobs of jobsOf(connection, this.loaded?.origin ?? 0)) {
      for (const record of jobs) {
        batch.add({ kind: "job", record });
        if (!batch.full) continue;
        yield batch;
        batch.clear();
      }
    }
    if (batch.rows > 0) yield batch;
  }

  /** Of the times in the jobs, which are rounded to milliseconds. */
  readonly timeDecimals = 3;
}

async function hashOf(file: string): Promise<string> {
  const digest = createHash("sha256");
  for await (const chunk of createReadStream(file, { highWaterMark: 1024 * 1024 })) {
    digest.update(chunk);
  }
  return digest.digest("hex");
}
