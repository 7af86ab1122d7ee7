import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import type { Connect } from "./recognise";

/** MiB of rows in memory; the rest goes to disk. Two threads of DuckDB's CSV reader need half of it. */
const logMemory = 768;

/** A database in memory that is made when it is first asked for, with a folder for what it moves to disk. */
export class LogDatabase {
  private instance: DuckDBInstance | undefined;
  private opened: DuckDBConnection | undefined;
  private folder: string | undefined;

  readonly connect: Connect = async () => {
    if (this.opened !== undefined) return this.opened;
    const { DuckDBInstance } = require("@duckdb/node-api") as typeof import("@duckdb/node-api");
    this.instance = await DuckDBInstance.create(":memory:", {
      memory_limit: `${logMemory}MiB`,
      temp_directory: await this.scratch(),
    });
    this.opened = await this.instance.connect();
    return this.opened;
  };

  /** A folder of its own, which goes with it. */
  async scratch(): Promise<string> {
    this.folder ??= await mkdtemp(path.join(tmpdir(), "schedlab-log-"));
    return this.folder;
  }

  async close(): Promise<void> {
    this.opened?.closeSync();
    this.instance?.closeSync();
    if (this.folder !== undefined) await rm(this.folder, { recursive: true, force: true });
  }
}
