import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { Failure } from "../base/failure";
import { type Handle, handleSchema } from "../infra/handle";

/**
 * The handle in a file of JSON, `-` for standard input: itself, or all of a stack's outputs.
 * @throws Failure when it is no handle; the message never holds the access key.
 */
export async function readHandle(source: string): Promise<Handle> {
  return parseHandle(source === "-" ? await text(process.stdin) : await readFile(source, "utf8"));
}

/** @throws Failure when the JSON is no handle and holds none; the message never holds the access key. */
export function parseHandle(json: string): Handle {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    throw new Failure("the handle is not JSON", {
      remedy: "pulumi stack output handle --json --show-secrets | npx schedlab run --handle -",
    });
  }
  const handle =
    value !== null && typeof value === "object" && "handle" in value ? value.handle : value;
  const parsed = handleSchema.safeParse(handle);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(
    ({ path: place, message }) => `${place.join(".")}: ${message}`,
  );
  throw new Failure("the handle is not one of this version of schedlab", {
    detail: problems.join("\n"),
  });
}
