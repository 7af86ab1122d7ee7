import { createWriteStream } from "node:fs";
import { stat } from "node:fs/promises";
import path from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { SwfMode } from "../swf/parse";
import { SwfReading } from "../swf/read";
import { isStandardInput, sourceChunks, sourceName } from "../swf/source";
import { LogDatabase } from "./database";
import { swfName } from "./mappings";
import { ForeignLog } from "./reading";
import { recognise } from "./recognise";

export interface OpenOptions {
  readonly mode: SwfMode;
  /** What whoever reads strictly can do to have bad rows left out, such as "read it without --strict". */
  readonly badRowsRemedy?: string | undefined;
  /** A format's name or the path of a mapping; left out: the format is recognised by the content. */
  readonly format?: string | undefined;
  /** Zone of times without one; left out: the mapping's. */
  readonly zone?: string | undefined;
  /** What errors call it; default: its path. */
  readonly name?: string | undefined;
  /** Where a relative path of a mapping begins; default: the current directory. */
  readonly directory?: string | undefined;
}

/** A log of either kind; `why` says which format was taken and by what. */
export type OpenedLog =
  | { readonly swf: SwfReading; readonly log: SwfReading; readonly why: string }
  | { readonly swf: null; readonly log: ForeignLog; readonly why: string };

/**
 * Calls `use` with the log at a path, of whatever format; everything that was opened is closed after it.
 * A pipe and standard input (`-`) are copied to a file first, unless the format is said to be `swf`.
 * Throws Failure: see `recognise`; a missing file is told by SwfReading, as SwfError.
 */
export async function openLog<T>(
  source: string,
  options: OpenOptions,
  use: (opened: OpenedLog) => Promise<T>,
): Promise<T> {
  const { mode, format, name = sourceName(source), directory = process.cwd() } = options;
  const swf = (file: string, why: string) => {
    const log = new SwfReading(file, mode, name, options.badRowsRemedy);
    return use({ swf: log, log, why });
  };
  const kind = isStandardInput(source) ? "pipe" : await kindOf(source);
  if (format === swfName || kind === "none") return swf(source, "swf, as --format says");
  const database = new LogDatabase();
  try {
    const file = kind === "file" ? source : await copied(source, await database.scratch());
    const recognised = await recognise(file, format, directory, database.connect);
    if (recognised === swfName) return await swf(file, "swf (Standard Workload Format)");
    const log = new ForeignLog(file, name, recognised, database, options);
    return await use({ swf: null, log, why: recognised.why });
  } finally {
    await database.close();
  }
}

/** `none`: whoever reads it says why it cannot. */
async function kindOf(source: string): Promise<"file" | "pipe" | "none"> {
  const found = await stat(source).catch(() => null);
  if (found === null || found.isDirectory()) return "none";
  return found.isFile() ? "file" : "pipe";
}

async function copied(source: string, folder: string): Promise<string> {
  const copy = path.join(folder, "log");
  await pipeline(
    Readable.from(sourceChunks(source), { objectMode: false }),
    createWriteStream(copy),
  );
  return copy;
}
