import type { DuckDBConnection } from "@duckdb/node-api";
import { Failure } from "../../base/failure";
import { fileLiteral, literal, longestLine, noDelimiter } from "./source";

/** At least so much of the beginning of a file that is packed with zstd, in whole lines. Throws Failure. */
export async function zstdHead(
  connection: DuckDBConnection,
  file: string,
  bytes: number,
): Promise<string> {
  const lines: string[] = [];
  let length = 0;
  return unpacking(file, async () => {
    for await (const chunk of await connection.stream(linesSql(file, true))) {
      for (const [line] of chunk.getRows()) {
        lines.push(`${line ?? ""}\n`);
        length += lines.at(-1)?.length ?? 0;
        if (length >= bytes) return lines.join("");
      }
    }
    return lines.join("");
  });
}

/** Writes the lines of a file that is packed with zstd into another, for a Node that cannot unpack it. Throws Failure. */
export async function unpackZstd(
  connection: DuckDBConnection,
  file: string,
  out: string,
): Promise<void> {
  const plain = `FORMAT csv, HEADER false, DELIMITER '${noDelimiter}', QUOTE '', ESCAPE ''`;
  await unpacking(file, () =>
    connection.run(`COPY (${linesSql(file, false)}) TO ${literal(out)} (${plain})`),
  );
}

function linesSql(file: string, ignoring: boolean): string {
  return `SELECT line FROM read_csv(${fileLiteral(file)}, auto_detect = false, columns = {'line': 'VARCHAR'},
    delim = '${noDelimiter}', quote = '', escape = '', header = false, compression = 'zstd', ignore_errors = ${ignoring},
    max_line_size = ${longestLine}, buffer_size = ${longestLine})`;
}

async function unpacking<T>(file: string, use: () => Promise<T>): Promise<T> {
  try {
    return await use();
  } catch (error) {
    throw new Failure(`${file} cannot be unpacked`, {
      cause: error,
      remedy: "unpack it first with: zstd -d FILE",
    });
  }
}
