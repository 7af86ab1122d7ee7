import { isObject } from "./fields";

/** What Pulumi keeps in place of a secret: `secure: v1:…`. Only `up` sees the value. */
function isEncrypted(value: unknown): boolean {
  if (!isObject(value)) return false;
  const entries = Object.entries(value);
  return entries.length === 1 && entries[0]?.[0] === "secure" && typeof entries[0][1] === "string";
}

/** A value without its secrets, and where they were: dotted paths below `path`. */
export interface Readable {
  readonly value: unknown;
  readonly encrypted: readonly string[];
}

/**
 * Takes the secrets out of a value, at any depth. If the value itself is a secret, the result is
 * undefined.
 */
export function withoutSecrets(value: unknown, path: string): Readable {
  if (isEncrypted(value)) return { value: undefined, encrypted: [path] };
  if (typeof value !== "object" || value === null) return { value, encrypted: [] };
  const encrypted: string[] = [];
  const clean = (key: string | number, inner: unknown): unknown => {
    const part = withoutSecrets(inner, `${path}.${key}`);
    encrypted.push(...part.encrypted);
    return part.value;
  };
  if (Array.isArray(value)) {
    return { value: value.map((inner, index) => clean(index, inner)), encrypted };
  }
  const kept = Object.entries(value)
    .map(([key, inner]) => [key, clean(key, inner)] as const)
    .filter(([, inner]) => inner !== undefined);
  return { value: Object.fromEntries(kept), encrypted };
}
