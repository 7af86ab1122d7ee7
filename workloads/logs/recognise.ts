import type { DuckDBConnection } from "@duckdb/node-api";
import { Failure } from "../../base/failure";
import { headBytes, type LogHead, readHead, wholeLines } from "./head";
import { type Layout, layoutOf } from "./layout";
import type { Mapping } from "./mapping";
import { mappingNamed, shippedMappings, swfName } from "./mappings";
import { fileLiteral } from "./source";
import { zstdHead } from "./zstd";

/** What a file was found to be. */
export interface Recognised {
  readonly head: LogHead;
  readonly mapping: Mapping;
  readonly layout: Layout;
  /** Types of a Parquet file's columns by name. */
  readonly types: ReadonlyMap<string, string>;
  /** Which format and by what, for a person. */
  readonly why: string;
}

/** Opens a database in memory when it is first asked for. */
export type Connect = () => Promise<DuckDBConnection>;

/** Numbers of a line of the standard, of which some may be missing. */
const swfLine = /^\s*[-+]?\d+(\.\d+)?(\s+[-+]?\d+(\.\d+)?([eE][-+]?\d+)?){3,}\s*$/;

/**
 * The format of a file by its content; "swf" for the Standard Workload Format, and for what is of no
 * other format and looks like none. Throws Failure: it cannot be read, it is not of the format that was
 * asked for, it looks like another format that no mapping reads, or one that cannot be used.
 */
export async function recognise(
  file: string,
  format: string | undefined,
  directory: string,
  connect: Connect,
): Promise<Recognised | typeof swfName> {
  if (format === swfName) return swfName;
  const head = await readHead(file, async (packed) => zstdHead(await connect(), packed, headBytes));
  if (format === undefined && looksLikeSwf(head)) return swfName;
  const types = head.parquet ? await parquetTypes(file, connect) : new Map<string, string>();
  const names = head.parquet ? [...types.keys()] : null;
  const found = (mapping: Mapping, layout: Layout): Recognised => {
    if (mapping.refused !== undefined) {
      throw new Failure(
        `${file} is of the format ${mapping.name}, ${mapping.title}, which cannot be used`,
        {
          remedy: mapping.refused,
        },
      );
    }
    return { head, mapping, layout, types, why: reason(mapping, layout, format) };
  };
  if (format !== undefined) {
    const mapping = mappingNamed(format, directory);
    const layout = layoutOf(mapping, head, names);
    if ("lacks" in layout) {
      throw new Failure(`${file} is not of the format ${mapping.name}: ${layout.lacks}`, {
        remedy: "leave --format away to have it recognised, or change the mapping (docs/logs.md)",
      });
    }
    return found(mapping, layout);
  }
  for (const mapping of shippedMappings()) {
    const layout = layoutOf(mapping, head, names);
    if (!("lacks" in layout)) return found(mapping, layout);
  }
  refuseOther(file, head, names);
  return swfName;
}

function looksLikeSwf(head: LogHead): boolean {
  if (head.parquet) return false;
  const line = wholeLines(head).find((each) => each.trim() !== "");
  return line !== undefined && (line.trimStart().startsWith(";") || swfLine.test(line));
}

function reason(mapping: Mapping, layout: Layout, format: string | undefined): string {
  const what = `${mapping.name} (${mapping.title})`;
  if (format !== undefined) return `${what}, as --format says`;
  const { delimited } = layout;
  if (delimited !== undefined && !delimited.header) {
    return `${what}: no header, and ${delimited.names.filter((name) => !name.startsWith("column ")).length} values a line, of which the first is a job's id`;
  }
  const columns = (mapping.recognise.columns ?? []).map((name) => layout.columns.get(name) ?? name);
  return columns.length > 0
    ? `${what}: it has ${columns.join(", ")}`
    : `${what}: its beginning matches ${mapping.recognise.text ?? "it"}`;
}

/** What has the look of a table or of JSON would only give odd errors as a log of the standard. */
function refuseOther(file: string, head: LogHead, parquet: readonly string[] | null): void {
  const [first = ""] = wholeLines(head);
  const remedy =
    "write a mapping for it and give it with --format MAPPING.yaml, or as workload.format; docs/logs.md says how";
  if (parquet !== null) {
    throw new Failure(`no format fits ${file}, a Parquet file`, {
      remedy,
      detail: `its columns: ${parquet.join(", ")}`,
    });
  }
  if (/^\s*[[{]/.test(head.text))
    throw new Failure(`no format fits ${file}, which is JSON`, { remedy });
  if (/^\s*JobID(Raw)?\s{2,}/i.test(first)) {
    throw new Failure(`${file} has columns of a fixed width, which cut values off`, {
      remedy: "print it again with sacct --parsable2",
    });
  }
  const delimiter = ["|", "\t", ",", ";"].find((each) => first.split(each).length > 3);
  if (delimiter === undefined) return;
  throw new Failure(`no format fits ${file}`, {
    remedy,
    detail: `its first line: ${first.slice(0, 500)}`,
  });
}

async function parquetTypes(file: string, connect: Connect): Promise<Map<string, string>> {
  const connection = await connect();
  try {
    const found = await connection.runAndReadAll(
      `SELECT column_name, column_type FROM (DESCRIBE FROM read_parquet(${fileLiteral(file)}))`,
    );
    return new Map(found.getRows().map(([name, type]) => [String(name), String(type)]));
  } catch (error) {
    throw new Failure(`${file} is no whole Parquet file`, {
      cause: error,
      remedy: "copy it again: it may be cut off",
    });
  }
}
