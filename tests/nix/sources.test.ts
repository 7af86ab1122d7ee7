import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { repoRoot } from "../../base/paths";
import { imageRecipe } from "../../images/roles";
import { schedulerKinds } from "../../spec/scheduler";
import { requiredVersion } from "../../toolchain/go";
import { volcanoModule } from "../../toolchain/kubernetes";

const nixDir = path.join(repoRoot, "nix");
const read = (file: string) => readFileSync(path.join(nixDir, file), "utf8");
const files = readdirSync(nixDir, { recursive: true, encoding: "utf8" }).filter((name) =>
  /\.(nix|sh|yaml)$/.test(name),
);
const expressions = files.filter((name) => name.endsWith(".nix"));

/** Paths in a file, relative to `nix/`, which it imports, reads or builds from. */
function pathsIn(file: string): string[] {
  const text = read(file).replaceAll(/^\s*#.*$/gm, "");
  return [...text.matchAll(/(?<![\w"/.])\.{1,2}\/[\w./-]+(?![\w./#-])/g)].map(([found]) =>
    path.join(path.dirname(file), found),
  );
}

/** The text of a file with all that it imports. */
function closure(file: string, seen = new Set<string>()): string {
  if (seen.has(file)) return "";
  seen.add(file);
  const imported = pathsIn(file).filter((name) => name.endsWith(".nix"));
  return [read(file), ...imported.map((name) => closure(name, seen))].join("\n");
}

/** The strings of the list that a name is bound to. */
function listed(file: string, name: string): string[] {
  const body = new RegExp(`\\b${name} = \\[([^\\]]*)\\]`).exec(read(file))?.[1] ?? "";
  return [...body.matchAll(/"([^"]+)"/g)].map(([, text = ""]) => text);
}

describe.each(schedulerKinds)("the module of the %s role", (role) => {
  const text = closure(`roles/${role}.nix`);
  const { accounts, units } = imageRecipe(role);

  test("has the accounts of the Debian image with their ids", () => {
    for (const { name, uid, gid } of accounts) {
      const user = new RegExp(`users\\.users\\.${name} = \\{[^}]*\\buid = ${uid};`);
      expect(text, `${name}'s user id`).toMatch(user);
      expect(text, `${name}'s group id`).toContain(`users.groups.${name}.gid = ${gid};`);
    }
  });

  test("has the units of the Debian image, and enables the same", () => {
    // A unit that only Flux's own packages bring along; the bootstrap writes another.
    const disabled = units.disable.filter((name) => name !== "flux.service");
    for (const name of [...disabled, ...units.enable]) {
      expect(text, name).toContain(`"${name}" = `);
    }
    const enabled = [...text.matchAll(/"([\w.-]+)" = "[\w-]+\.target";/g)].map(([, name]) => name);
    expect(new Set(enabled)).toEqual(
      new Set([...units.enable, ...enabled.filter((name) => name === "usr-nix.mount")]),
    );
  });
});

describe("the sources of the Nix images", () => {
  const recipe = imageRecipe("slurm");

  test("boot machines with the arguments and drivers of the Debian images", () => {
    expect(listed("formats/kernel.nix", "drivers")).toEqual(recipe.initrd.modules);
    const argumentLines = /arguments = lib\.concatStringsSep " " \[([^\]]*)\]/.exec(
      read("formats/kernel.nix"),
    )?.[1];
    const words = [...(argumentLines ?? "").matchAll(/"([^"]+)"/g)].map(([, line]) => line);
    expect(words.join(" ")).toBe(recipe.kernel.arguments);
  });

  test("mask nothing that the Debian images let run", () => {
    // Units that Debian's systemd does not have.
    const debian = new Set([...recipe.units.mask]);
    const masked = listed("formats/masks.nix", "masked");
    expect(masked.length).toBeGreaterThan(20);
    expect(masked.filter((name) => !debian.has(name))).toEqual([]);
    const generators = listed("formats/masks.nix", "maskedGenerators");
    expect(generators.filter((name) => !recipe.units.maskGenerators.includes(name))).toEqual([]);
  });

  test("hold no address and no path of one store", () => {
    for (const file of files) {
      expect(read(file), file).not.toMatch(/\b\d{1,3}(\.\d{1,3}){3}\b/);
      expect(read(file), file).not.toMatch(/\/nix\/store\/[0-9a-z]{32}/);
    }
  });

  test("name a revision of every input that comes from elsewhere", () => {
    const urls = [...read("flake.nix").matchAll(/url = "([^"]+)"/g)].map(([, url = ""]) => url);
    expect(urls.length).toBeGreaterThan(2);
    for (const url of urls)
      expect(url).toMatch(/^(github:[\w-]+\/[\w.-]+\/[0-9a-f]{40}|path:\.\/\w+)$/);
  });

  test("refer to files that exist", () => {
    const missing = expressions.flatMap((file) =>
      pathsIn(file)
        .filter((name) => !existsSync(path.join(nixDir, name)))
        .map((name) => `${file}: ${name}`),
    );
    // The user's own, which is optional.
    expect(missing).toEqual(["hive.nix: inventory.json"]);
  });

  test("build Volcano from the modules that the toolchain pins", () => {
    expect(read("packages/volcano.nix")).toContain(
      `version = "${requiredVersion("volcano", volcanoModule)}";`,
    );
    const module = path.join(repoRoot, "toolchain/go/volcano");
    const hash = createHash("sha256");
    for (const name of ["go.mod", "go.sum"]) hash.update(readFileSync(path.join(module, name)));
    // vendorHash in nix/packages/volcano.nix belongs to these; docs/nix.md says how to compute it anew.
    expect(hash.digest("hex").slice(0, 16)).toBe("49575252ac24a974");
  });
});
