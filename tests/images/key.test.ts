import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { imageKey, recipeKey } from "../../images/key";
import type { Recipe } from "../../images/recipe";
import { imageRecipe } from "../../images/roles";
import { schedulerKinds } from "../../spec/scheduler";

const recipe = imageRecipe("slurm");

type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** Every path to a value in the recipe, and the recipe with that value changed. */
function changes(value: Json, rebuild: (changed: Json) => Json): Json[] {
  if (Array.isArray(value)) {
    return [
      rebuild([...value, "one more"]),
      ...value.flatMap((member, index) =>
        changes(member, (changed) =>
          rebuild(value.map((old, at) => (at === index ? changed : old))),
        ),
      ),
    ];
  }
  if (typeof value === "object" && value !== null) {
    return Object.entries(value).flatMap(([name, member]) =>
      changes(member, (changed) => rebuild({ ...value, [name]: changed })),
    );
  }
  return [rebuild(typeof value === "number" ? value + 1 : `${value} changed`)];
}

test.each(schedulerKinds)("the key changes with every value of the %s recipe", (role) => {
  const recipe = imageRecipe(role);
  const variants = changes(recipe as unknown as Json, (changed) => changed);
  const keys = variants.map((variant) => recipeKey(variant as unknown as Recipe));
  expect(variants.length).toBeGreaterThan(150);
  expect(new Set([...keys, recipeKey(recipe)]).size).toBe(keys.length + 1);
});

test("the order in which a recipe names its members does not matter", () => {
  const entries = Object.entries(recipe);
  fc.assert(
    fc.property(fc.shuffledSubarray(entries, { minLength: entries.length }), (shuffled) => {
      expect(recipeKey(Object.fromEntries(shuffled) as unknown as Recipe)).toBe(recipeKey(recipe));
    }),
  );
});

test("the Slurm image keeps its key while what only other roles have changes", () => {
  expect(recipe.built).toBeUndefined();
  expect(recipe.links).toBeUndefined();
  expect(recipe.outside).toBeUndefined();
});

test("packages from outside a suite change a role's key by their content, wherever they lie", () => {
  const outside = { dir: "/here", debs: [], versions: { made: "1" }, files: ["/usr/bin/made"] };
  const key = imageKey("flux", { ...outside, hash: "a" });
  expect(imageKey("flux", { ...outside, hash: "a", dir: "/there" })).toBe(key);
  expect(imageKey("flux", { ...outside, hash: "b" })).not.toBe(key);
  expect(imageKey("flux")).not.toBe(key);
});

test("a program that the packages have elsewhere is linked to where the bootstrap expects it", () => {
  const of = (imp: string) =>
    imageRecipe("flux", { dir: "/", debs: [], versions: {}, hash: "a", files: [imp] });
  const expected = "/usr/libexec/flux/flux-imp";
  expect(of(expected).links).toBeUndefined();
  expect(of(expected).outside?.setuid).toEqual([expected]);
  const elsewhere = "/usr/lib/x86_64-linux-gnu/flux/flux-imp";
  expect(of(elsewhere).links).toEqual([{ path: expected, target: elsewhere }]);
  expect(of(elsewhere).outside?.setuid).toEqual([elsewhere]);
});

test("the key of the Kubernetes image covers the pinned sources of its programs", () => {
  const { built } = imageRecipe("kubernetes");
  const keys = built?.programs.map(({ sources }) => sources) ?? [];
  expect(keys.length).toBe(11);
  expect(new Set(keys).size).toBe(11);
  for (const key of keys) expect(key).toMatch(/^[0-9a-f]{16}$/);
});

test("the key is the same on another day and in another place", () => {
  const keys = () => schedulerKinds.map((role) => imageKey(role));
  const key = keys();
  vi.useFakeTimers({ now: new Date("2031-05-05") });
  vi.stubEnv("SCHEDLAB_CACHE", "/elsewhere");
  vi.stubEnv("SCHEDLAB_DEBIAN_MIRROR", "file:///mirror");
  expect(keys()).toEqual(key);
  vi.useRealTimers();
  vi.unstubAllEnvs();
});

test.each(schedulerKinds)("the key of %s can be part of a directory's name", (role) => {
  expect(imageKey(role)).toMatch(/^[0-9a-f]{16}$/);
});
