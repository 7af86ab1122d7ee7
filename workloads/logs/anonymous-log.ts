import path from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import { Failure } from "../../base/failure";
import { messageOf } from "../../base/thrown";
import { headerNumber } from "../swf/header";
import { type AnonymousOptions, type AnonymousRows, anonymiseRows } from "./anonymous-rows";
import { findNames } from "./leak-scan";
import type { OpenedLog } from "./open";
import { copyRows, type WrittenRows, withRows } from "./parquet";

export interface AnonymousLogOptions extends AnonymousOptions {
  readonly format: "swf" | "parquet" | "csv";
  /** A folder for what is written on the way, none of which has a name in it. */
  readonly scratch: string;
  /** Writes a Parquet file of ours into the file, in the Standard Workload Format. */
  readonly toSwf: (parquet: string, file: string) => Promise<void>;
}

const anonymousSql = "SELECT * FROM log_anonymous ORDER BY rowid";

/**
 * Writes a log without its names into a draft, and looks for them there. Throws Failure: one is left, two names
 * have one alias; the log's own errors.
 */
export async function writeAnonymous(
  opened: OpenedLog,
  draft: string,
  options: AnonymousLogOptions,
): Promise<AnonymousRows & WrittenRows> {
  const { format, scratch, queues, toSwf } = options;
  return withRows(opened, async (connection, lost) => {
    if (options.weeks !== 0 && isRelative(opened)) {
      throw new Failure(
        `${opened.log.name} has no calendar: its times count from a moment of its own`,
        {
          remedy: "leave --shift-weeks and --shift-calendar away",
        },
      );
    }
    const rows = await anonymised(connection, options);
    const parquet = path.join(scratch, "anonymous.parquet");
    const [file, as] = format === "swf" ? ([parquet, "parquet"] as const) : [draft, format];
    const written = await copyRows(connection, anonymousSql, file, as);
    if (format === "swf") await toSwf(parquet, draft);
    const text = path.join(scratch, "anonymous.csv");
    const found = await findNames(connection, draft, rows, { format, queues, scratch: text });
    if (found !== null) throw leftOver(found, queues);
    return { ...rows, written, lost };
  });
}

/** Whether nothing says when the log was; known after it has been read. */
export function isRelative({ log }: OpenedLog): boolean {
  return headerNumber(log.header, "UnixStartTime") === null;
}

async function anonymised(
  connection: DuckDBConnection,
  options: AnonymousOptions,
): Promise<AnonymousRows> {
  try {
    return await anonymiseRows(connection, options);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new Failure(messageOf(error), { cause: error, remedy: "take another key" });
  }
}

function leftOver(
  { name, place }: { readonly name: string; readonly place: string },
  queues: boolean,
): Failure {
  return new Failure(
    `a name of the log is still in what was written, which is removed: "${name}", ${place}`,
    {
      remedy: queues
        ? "report it as an error of schedlab; until then, leave out that column with a mapping of your own"
        : "add --anonymise-queues if a partition, QOS or constraint holds it",
    },
  );
}
