import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { repoRoot } from "../host/paths";

interface Import {
  readonly from: string;
  /** A path below the project's root, or a package's name. */
  readonly to: string;
}

const rooms = ["cli", "host", "toolchain", "images", "infra", "experiments", "analysis"];

function sources(room: string): string[] {
  return readdirSync(path.join(repoRoot, room), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts") && !name.endsWith(".d.ts"))
    .map((name) => path.join(room, name));
}

function importsOf(file: string): Import[] {
  const text = readFileSync(path.join(repoRoot, file), "utf8");
  const found = text.matchAll(/(?:from\s+|import\s+|import\(|require\()["']([^"']+)["']/g);
  return [...found].map(([, target = ""]) => ({
    from: file,
    to: target.startsWith(".") ? path.join(path.dirname(file), target) : target,
  }));
}

const imports = rooms.flatMap(sources).flatMap(importsOf);

function within(place: string, ...folders: string[]): boolean {
  return folders.some((folder) => place === folder || place.startsWith(`${folder}/`));
}

function breaches(from: readonly string[], allowed: (to: string) => boolean): string[] {
  return imports
    .filter((edge) => within(edge.from, ...from) && !allowed(edge.to))
    .map(({ from: file, to }) => `${file} imports ${to}`);
}

const ours = (to: string) => within(to, ...rooms, "tests", "benchmarks");

test("the specification imports zod and nothing else of ours", () => {
  const packages = ["zod", "fastest-levenshtein"];
  expect(
    breaches(["infra/spec"], (to) => within(to, "infra/spec") || packages.includes(to)),
  ).toEqual([]);
});

test("the plan and the bootstrap steps know the specification and the plan only", () => {
  expect(
    breaches(
      ["infra/plan", "infra/schedulers"],
      (to) =>
        within(to, "infra/spec", "infra/plan", "infra/schedulers") ||
        to.startsWith("node:") ||
        to === "yaml",
    ),
  ).toEqual([]);
});

test("the libvirt components know no scheduler", () => {
  expect(
    breaches(["infra/libvirt"], (to) => !within(to, "infra/schedulers", "experiments")),
  ).toEqual([]);
});

test("only the Pulumi program imports Pulumi's packages", () => {
  const others = rooms.filter((room) => room !== "infra");
  expect(
    breaches([...others, "infra/spec", "infra/schedulers"], (to) => !to.startsWith("@pulumi/")),
  ).toEqual([]);
});

test("experiments and analysis know the infrastructure by its specification and handle only", () => {
  expect(
    breaches(
      ["experiments", "analysis"],
      (to) => !within(to, "infra") || within(to, "infra/spec", "infra/handle"),
    ),
  ).toEqual([]);
});

test("analysis knows the record types of the store, and nothing of a live cluster", () => {
  expect(
    breaches(
      ["analysis"],
      (to) =>
        !within(to, "experiments") || within(to, "experiments/store", "experiments/workloads"),
    ),
  ).toEqual([]);
});

test("nothing but an entry point imports analysis, and nothing imports the tests", () => {
  const inner = rooms.filter((room) => !["cli", "analysis"].includes(room));
  expect(breaches(inner, (to) => !within(to, "analysis", "cli"))).toEqual([]);
  expect(breaches(rooms, (to) => !within(to, "tests", "benchmarks"))).toEqual([]);
});

test("no file outside the one registry of each side branches on a scheduler's name", () => {
  const offenders = rooms
    .flatMap(sources)
    .filter((file) =>
      /===\s*["'](slurm|kubernetes|flux)["']/.test(readFileSync(path.join(repoRoot, file), "utf8")),
    );
  expect(offenders).toEqual([]);
});

test("the rules see the imports at all", () => {
  expect(imports.filter(({ to }) => ours(to)).length).toBeGreaterThan(20);
});
