import { mkdir } from "node:fs/promises";
import path from "node:path";
import { Failure } from "../base/failure";
import type { Report } from "../base/report";
import { replaceFile } from "../base/whole-file";
import { readStore } from "../store/open";
import { rows } from "./query";

export type ExportFormat = "parquet" | "csv" | "json";

const copyOptions: Readonly<Record<ExportFormat, string>> = {
  parquet: "FORMAT parquet, COMPRESSION zstd",
  csv: "FORMAT csv, HEADER",
  json: "FORMAT json, ARRAY true",
};

export interface ExportedTable {
  readonly table: string;
  readonly file: string;
  readonly rows: number;
}

export interface ExportOptions {
  readonly format: ExportFormat;
  /** The views as well. */
  readonly views?: boolean | undefined;
  readonly report?: Report | undefined;
}

/**
 * Writes every table of the store to a file of its own in the directory, such as `jobs.parquet`; each
 * replaces an existing file of that name as a whole. Throws Failure.
 */
export async function exportStore(
  storePath: string,
  directory: string,
  { format, views = false, report }: ExportOptions,
): Promise<ExportedTable[]> {
  await mkdir(directory, { recursive: true }).catch((cause: unknown) => {
    throw new Failure(`cannot make the directory ${directory}`, { cause });
  });
  return readStore(storePath, async (connection) => {
    const found = await rows(
      connection,
      `SELECT table_name AS name FROM information_schema.tables
       WHERE table_schema = 'main' AND (table_type = 'BASE TABLE' OR $1) ORDER BY table_name`,
      [views],
    );
    const exported: ExportedTable[] = [];
    for (const { name } of found) {
      const table = String(name);
      report?.(`exporting ${table}`);
      const file = path.join(directory, `${table}.${format}`);
      const [copied] = await replaceFile(file, (draft) =>
        rows(
          connection,
          `COPY (FROM "${table}") TO '${draft.replaceAll("'", "''")}' (${copyOptions[format]})`,
        ),
      );
      exported.push({ table, file, rows: Number(copied?.Count ?? 0) });
    }
    return exported;
  });
}
