import { once } from "node:events";
import type { Writable } from "node:stream";

/** Lines that make up one write. */
const batchLines = 1000;

/** Writes the lines as {@link writeText} does. */
export function writeLines(out: Writable, lines: Iterable<string>): Promise<void> {
  return writeText(out, batches(lines));
}

/**
 * Writes the text, waiting for a slow reader. A reader that goes away (`| head`) ends the writing
 * without an error.
 */
export async function writeText(
  out: Writable,
  text: Iterable<string> | AsyncIterable<string | Buffer>,
): Promise<void> {
  const failed = new AbortController();
  let failure: NodeJS.ErrnoException | undefined;
  const onError = (error: NodeJS.ErrnoException) => {
    failure = error;
    failed.abort();
  };
  out.on("error", onError);
  try {
    for await (const chunk of text) {
      if (!out.write(chunk)) await once(out, "drain", { signal: failed.signal });
    }
    // The last write's callback tells whether all of it was taken.
    await new Promise<void>((resolve) => out.write("", () => resolve()));
  } catch (error) {
    if (failure === undefined) throw error;
  } finally {
    out.off("error", onError);
  }
  if (failure !== undefined && failure.code !== "EPIPE") throw failure;
}

export function* batches(lines: Iterable<string>): Generator<string> {
  let batch: string[] = [];
  for (const line of lines) {
    batch.push(line);
    if (batch.length < batchLines) continue;
    yield `${batch.join("\n")}\n`;
    batch = [];
  }
  if (batch.length > 0) yield `${batch.join("\n")}\n`;
}
