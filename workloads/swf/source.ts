import { createReadStream } from "node:fs";

const chunkBytes = 1024 * 1024;
/** Opening one of these again fails where standard input is a socket. */
const standardInput: ReadonlySet<string> = new Set([
  "-",
  "/dev/stdin",
  "/dev/fd/0",
  "/proc/self/fd/0",
]);

export function isStandardInput(source: string | Buffer): boolean {
  return typeof source === "string" && standardInput.has(source);
}

/** What an error and a report call the source. */
export function sourceName(source: string | Buffer): string {
  if (typeof source !== "string") return "(generated)";
  return isStandardInput(source) ? "(standard input)" : source;
}

/** The bytes of a file, a pipe, standard input (`-`) or a buffer, from beginning to end. */
export function sourceChunks(source: string | Buffer): AsyncIterable<Buffer> | Iterable<Buffer> {
  if (typeof source !== "string") return [source];
  if (isStandardInput(source)) return process.stdin;
  return createReadStream(source, { highWaterMark: chunkBytes });
}
