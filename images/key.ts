import { createHash } from "node:crypto";
import { canonicalJson } from "../base/canonical-json";
import type { OutsidePackages } from "./outside/packages";
import type { ImageRole, Recipe } from "./recipe";
import { imageRecipe } from "./roles";

/** Hex digits of a key: 64 bits, enough for the few images of one cache directory. */
const keyLength = 16;

/** Content key of a recipe: the same recipe gives the same key on any day and machine. */
export function recipeKey(recipe: Recipe): string {
  return createHash("sha256").update(canonicalJson(recipe)).digest("hex").slice(0, keyLength);
}

export function imageKey(role: ImageRole, outside?: OutsidePackages): string {
  return recipeKey(imageRecipe(role, outside));
}
