import { createHash } from "node:crypto";

/** Twelve hexadecimal digits of a text's SHA-256, by which a step and what it makes are known to have changed. */
export function digestOf(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 12);
}
