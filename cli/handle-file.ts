import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { Failure } from "../base/failure";
import { type Handle, handleSchema } from "../infra/handle";

/**
 * The handle in a JSON file, `-` for standard input: the handle itself, or all outputs of a stack.
 * @throws Failure when it is not a handle; the message never contains the access key.
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
