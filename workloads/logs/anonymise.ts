import { createHmac } from "node:crypto";

/** What a name names. The same name gets another alias as a user than as an account, so that they cannot be linked. */
export const nameKinds = [
  ...(["user", "group", "account", "job", "node"] as const),
  ...(["partition", "qos", "constraint"] as const),
];
export type NameKind = (typeof nameKinds)[number];

const alphabet = "abcdefghijklmnopqrstuvwxyz234567";
/** Letters of an alias: 60 bits, so that two of a million names share one with a chance of 1 in 2 million. */
const letters = 12;

/** Any alias, wherever it stands in a text. */
export const aliasPattern = new RegExp(`(?:${nameKinds.join("|")})-[a-z2-7]{${letters}}`, "g");

/**
 * The alias of a name: its kind and the first 60 bits of HMAC-SHA-256 (RFC 2104) under the key, in the letters of
 * RFC 4648's base 32. Without the key it cannot be found by trying names.
 */
export function aliasOf(key: Uint8Array, kind: NameKind, name: string): string {
  const digest = createHmac("sha256", key).update(`${kind}\0${name}`).digest();
  let bits = digest.readBigUInt64BE(0);
  let alias = "";
  for (let letter = 0; letter < letters; letter += 1) {
    alias += alphabet[Number(bits >> 59n)];
    bits = BigInt.asUintN(64, bits << 5n);
  }
  return `${kind}-${alias}`;
}

/** The aliases by name. Throws RangeError when two names would share one. */
export function aliasesOf(
  key: Uint8Array,
  kind: NameKind,
  names: Iterable<string>,
): Map<string, string> {
  const aliases = new Map<string, string>();
  for (const name of names) aliases.set(name, aliasOf(key, kind, name));
  if (new Set(aliases.values()).size < aliases.size) {
    throw new RangeError(`two names of the kind "${kind}" have the same alias under this key`);
  }
  return aliases;
}

/** The most weeks that a calendar is shifted in secret: ten years. */
const mostWeeks = 521;

/** A number of weeks, from 1 to 521, that only who has the key knows. */
export function secretWeeks(key: Uint8Array): number {
  const digest = createHmac("sha256", key).update("calendar\0").digest();
  return 1 + Number(digest.readBigUInt64BE(0) % BigInt(mostWeeks));
}
