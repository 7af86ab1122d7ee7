import { mkdir, stat } from "node:fs/promises";
import path from "node:path";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import pRetry from "p-retry";
import { Failure } from "../base/failure";
import type { Reporter } from "../base/reporter";
import { messageOf } from "../base/thrown";
import { migrate, newestVersion, schemaVersion } from "./migrate";
import { viewsAreCurrent } from "./views";

export interface StoreOptions {
  /** How long to wait for another process that holds the file, in ms. Default 10 s. */
  readonly patienceMs?: number;
  readonly report?: Reporter | undefined;
  /** What a person should do when DuckDB itself fails, such as on a full disk. */
  readonly remedy?: string;
}

/** Time between two attempts to open a locked file. */
const retryMs = 250;

/**
 * Opens the store for `use`, creating or migrating it first, and closes it again. Throws Failure:
 * locked by another process, not a store, made by a newer schedlab, no space.
 */
export async function writeStore<T>(
  file: string,
  use: (connection: DuckDBConnection) => Promise<T>,
  options: StoreOptions = {},
): Promise<T> {
  await mkdir(path.dirname(file), { recursive: true });
  return session(file, "READ_WRITE", options, async (connection) => {
    await migrate(connection, file, options.report);
    return use(connection);
  });
}

/** The same, read-only; also throws Failure when there is no store, or when its schema or views differ. */
export async function readStore<T>(
  file: string,
  use: (connection: DuckDBConnection) => Promise<T>,
  options: StoreOptions = {},
): Promise<T> {
  if ((await stat(file).catch(() => null)) === null) {
    throw new Failure(`there is no store at ${file}`, {
      remedy: "run an experiment first, or load a run's directory with: schedlab load RUNDIR",
    });
  }
  return session(file, "READ_ONLY", options, async (connection) => {
    const version = await schemaVersion(connection);
    if (version !== newestVersion()) {
      throw new Failure(
        `${file} has schema version ${version}, this schedlab reads version ${newestVersion()}`,
        {
          remedy:
            version < newestVersion()
              ? `bring the store up to date, its runs are kept: schedlab load --store ${file}`
              : "use the schedlab that wrote it, or a newer one",
        },
      );
    }
    if (!(await viewsAreCurrent(connection))) {
      throw new Failure(`${file} has the views of another version of schedlab`, {
        remedy: `make them again, its runs are kept: schedlab load --store ${file}`,
      });
    }
    return use(connection);
  });
}

/**
 * DuckDB's file lock holds between processes only: a second instance in this one would open, and on
 * closing drop the first one's lock. So the sessions of a file queue up.
 */
const queues = new Map<string, Promise<unknown>>();

function session<T>(
  file: string,
  access: "READ_ONLY" | "READ_WRITE",
  options: StoreOptions,
  use: (connection: DuckDBConnection) => Promise<T>,
): Promise<T> {
  const key = path.resolve(file);
  const before = queues.get(key) ?? Promise.resolve();
  const result = before.then(async () => {
    const instance = await open(key, access, options);
    try {
      const connection = await instance.connect();
      try {
        return await use(connection);
      } finally {
        connection.closeSync();
      }
    } catch (error) {
      throw isDuckdbError(error) ? storeFailure(key, error, options.remedy) : error;
    } finally {
      instance.closeSync();
    }
  });
  queues.set(
    key,
    result.catch(() => undefined),
  );
  return result;
}

async function open(
  file: string,
  access: string,
  { patienceMs = 10_000, report, remedy }: StoreOptions,
): Promise<DuckDBInstance> {
  let waiting = false;
  try {
    return await pRetry(() => DuckDBInstance.create(file, { access_mode: access }), {
      retries: Math.ceil(patienceMs / retryMs),
      factor: 1,
      minTimeout: retryMs,
      maxRetryTime: patienceMs,
      shouldRetry: ({ error }) => lockHolder(error) !== null,
      onFailedAttempt: ({ error }) => {
        if (!waiting) report?.(`waiting for the store: it is held by ${lockHolder(error)}`);
        waiting = true;
      },
    });
  } catch (error) {
    const holder = lockHolder(error);
    if (holder !== null) {
      throw new Failure(
        `the store ${file} is held by ${holder}; waited ${patienceMs / 1000} s for it`,
        { remedy: "close that program and try again", cause: error },
      );
    }
    throw storeFailure(file, error, remedy);
  }
}

/** DuckDB's own errors begin with their class: `IO Error: …`, `Out of Memory Error: …`. */
function isDuckdbError(error: unknown): boolean {
  return !(error instanceof Failure) && /^[A-Z][A-Za-z ]* Error: /.test(messageOf(error));
}

/** The process that holds the lock, or null when the error is another one. */
function lockHolder(error: unknown): string | null {
  const text = messageOf(error);
  if (!/could not set lock on file/i.test(text)) return null;
  return /held in (.+? \(PID \d+\))/.exec(text)?.[1] ?? "another process";
}

/** DuckDB's errors as Failures that say what to do. */
function storeFailure(file: string, error: unknown, remedy?: string): Failure {
  const text = messageOf(error);
  const options = { detail: text, cause: error };
  if (/no space left on device/i.test(text)) {
    return new Failure(`no space left for the store ${file}`, {
      ...options,
      remedy: remedy ?? "free some space and try again; what the store held is untouched",
    });
  }
  if (/not a valid DuckDB database/i.test(text)) {
    return new Failure(`${file} is not a DuckDB file`, {
      ...options,
      remedy: "choose another path for the store",
    });
  }
  return new Failure(`the store ${file} failed: ${text.split("\n")[0]}`, {
    ...options,
    ...(remedy === undefined ? {} : { remedy }),
  });
}
