import { createHash } from "node:crypto";
import { type ImageRole, imageRecipe, type Recipe } from "./recipe";

/** Hex digits of a key: 64 bits, enough for the few images of one cache directory. */
const keyLength = 16;

function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([name, member]) => [name, canonical(member)]),
  );
}

/** Content key of a recipe: the same recipe gives the same key on any day and machine. */
export function recipeKey(recipe: Recipe): string {
  const text = JSON.stringify(canonical(recipe));
  return createHash("sha256").update(text).digest("hex").slice(0, keyLength);
}

export function imageKey(role: ImageRole): string {
  return recipeKey(imageRecipe(role));
}
