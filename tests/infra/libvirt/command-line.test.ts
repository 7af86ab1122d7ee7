import fc from "fast-check";
import { expect, test } from "vitest";
import { imageRecipe } from "../../../images/roles";
import { commandLine } from "../../../infra/libvirt/command-line";

/** What provider 0.8.3 gives to libvirt, and then reads back into its state. */
function providerReads(maps: readonly Record<string, string>[]): Record<string, string>[] {
  const words = maps.flatMap((map) =>
    Object.entries(map).map(([key, value]) => (key === "_" ? value : `${key}=${value}`)),
  );
  const read: Record<string, string>[] = [];
  const bare: string[] = [];
  let current: Record<string, string> = {};
  for (const word of words.sort().join(" ").split(" ")) {
    const [key = "", ...value] = word.split("=");
    if (value.length === 0) {
      bare.push(word);
      continue;
    }
    if (Object.hasOwn(current, key)) {
      read.push(current);
      current = {};
    }
    current[key] = value.join("=");
  }
  if (Object.keys(current).length > 0) read.push(current);
  return bare.length > 0 ? [...read, { _: bare.join(" ") }] : read;
}

test("parameters and words without a value are told apart", () => {
  expect(commandLine("root=/dev/vda  rw quiet a=b=c")).toEqual([
    { a: "b=c", root: "/dev/vda" },
    { _: "rw quiet" },
  ]);
});

test("a parameter given twice keeps both its values", () => {
  expect(commandLine("console=tty0 x=1 console=ttyS0")).toEqual([
    { console: "tty0" },
    { console: "ttyS0", x: "1" },
  ]);
});

test("what the provider reads back is what it was given, so that nothing seems changed", () => {
  const word = fc.stringMatching(/^[a-z][a-z0-9._]{0,3}(=[a-z0-9/,=]{0,3})?$/);
  fc.assert(
    fc.property(fc.array(word, { minLength: 1 }), (words) => {
      const maps = commandLine(words.join(" "));
      expect(providerReads(maps)).toEqual(maps);
    }),
  );
  const maps = commandLine(imageRecipe("slurm").kernel.arguments);
  expect(providerReads(maps)).toEqual(maps);
});
