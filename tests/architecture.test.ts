import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { repoRoot } from "../base/paths";
import { codePaths } from "../experiments/run/code-version";

/** A room may import rooms of a smaller number only, and itself. */
const floors = {
  base: 1,
  spec: 2,
  host: 3,
  toolchain: 3,
  workloads: 3,
  images: 4,
  store: 4,
  infra: 5,
  analysis: 6,
  experiments: 6,
  campaigns: 7,
  cli: 8,
} as const;
type Room = keyof typeof floors;
const rooms = Object.keys(floors) as Room[];

interface Import {
  readonly from: string;
  /** A path below the project's root, or a package's name. */
  readonly to: string;
}

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

const isRoom = (name: string): name is Room => Object.hasOwn(floors, name);

describe("the rooms", () => {
  test.each(rooms)("%s imports itself and the rooms below it only", (room) => {
    const higher = (to: string) => {
      const [other = ""] = to.split("/");
      return isRoom(other) && other !== room && floors[other] >= floors[room];
    };
    expect(breaches([room], (to) => !higher(to) && !within(to, "tests", "benchmarks"))).toEqual([]);
  });

  test("are seen with their imports at all", () => {
    const between = imports.filter(
      ({ from, to }) => isRoom(to.split("/")[0] ?? "") && from.split("/")[0] !== to.split("/")[0],
    );
    expect(between.length).toBeGreaterThan(200);
  });

  test("are what a run's code version is taken over", () => {
    expect(codePaths).toEqual(expect.arrayContaining([...rooms, "bin"]));
  });
});

test("the specification imports zod, what proposes a spelling, and nothing else", () => {
  const packages = ["zod", "fastest-levenshtein"];
  expect(breaches(["spec"], (to) => within(to, "spec", "base") || packages.includes(to))).toEqual(
    [],
  );
});

test("the plan and the bootstrap steps know the specification and the plan only", () => {
  expect(
    breaches(
      ["infra/plan", "infra/schedulers"],
      (to) =>
        within(to, "base", "spec", "infra/plan", "infra/schedulers") ||
        to.startsWith("node:") ||
        ["yaml", "smol-toml"].includes(to),
    ),
  ).toEqual([]);
});

test("the libvirt components know no scheduler", () => {
  expect(breaches(["infra/libvirt"], (to) => !within(to, "infra/schedulers"))).toEqual([]);
});

test("only the Pulumi program imports Pulumi's packages, and campaigns drive it", () => {
  const others = rooms.filter((room) => room !== "infra" && room !== "campaigns");
  expect(breaches([...others, "infra/schedulers"], (to) => !to.startsWith("@pulumi/"))).toEqual([]);
  const automation = "@pulumi/pulumi/automation";
  expect(breaches(["campaigns"], (to) => !to.startsWith("@pulumi/") || to === automation)).toEqual(
    [],
  );
});

test("experiments know the infrastructure by its handle only", () => {
  expect(
    breaches(["experiments"], (to) => !within(to, "infra") || within(to, "infra/handle")),
  ).toEqual([]);
});

test("analysis knows no infrastructure", () => {
  expect(breaches(["analysis"], (to) => !within(to, "infra", "images", "host"))).toEqual([]);
});

describe("a scheduler is named", () => {
  const own = /(^|\/)(schedulers|roles)\/(slurm|kubernetes|flux)(\/|\.ts$)|^toolchain\/kubernetes/;
  /** The records that are exhaustive over the kinds, and the list that these are derived from. */
  const records = [
    "spec/scheduler.ts",
    "spec/schedulers/facts.ts",
    "images/roles.ts",
    "infra/schedulers/registry.ts",
    "experiments/schedulers/registry.ts",
  ];
  /** Versions of what toolchain/ fetches or builds, in one table. */
  const versions = ["toolchain/pins.ts"];

  test("in its folders, its image role and the records only", () => {
    const names = /\b(slurm|kubernetes|volcano|munge|flux)(?![a-z])/i;
    const elsewhere = rooms
      .flatMap(sources)
      .filter((file) => !own.test(file) && ![...records, ...versions].includes(file))
      .flatMap((file) =>
        withoutComments(readFileSync(path.join(repoRoot, file), "utf8"))
          .split("\n")
          .filter((line) => names.test(line))
          .map((line) => `${file}: ${line.trim()}`),
      );
    expect(elsewhere).toEqual([]);
  });

  test("in places that are there", () => {
    const files = rooms.flatMap(sources);
    expect(files).toEqual(expect.arrayContaining([...records, ...versions]));
    expect(files.filter((file) => own.test(file)).length).toBeGreaterThan(50);
  });
});

function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\//g, "").replaceAll(/(^|\s)\/\/.*$/gm, "");
}

/** Files that import each other, in the order of the imports; imports of types count. */
function circles(): string[] {
  const files = new Set(rooms.flatMap(sources));
  const graph = new Map<string, string[]>();
  for (const { from, to } of imports) {
    const target = [to, `${to}.ts`, `${to}/index.ts`].find((name) => files.has(name));
    if (target !== undefined) graph.set(from, [...(graph.get(from) ?? []), target]);
  }
  const found: string[] = [];
  const done = new Set<string>();
  const visit = (file: string, trail: readonly string[]): void => {
    const at = trail.indexOf(file);
    if (at >= 0) found.push([...trail.slice(at), file].join(" -> "));
    if (at >= 0 || done.has(file)) return;
    for (const next of graph.get(file) ?? []) visit(next, [...trail, file]);
    done.add(file);
  };
  for (const file of graph.keys()) visit(file, []);
  return found;
}

test("no file imports itself by way of others, not even for a type", () => {
  expect(circles()).toEqual([]);
});
