import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { repoRoot } from "../../base/paths";

const home = path.join(repoRoot, ".github");
const files = readdirSync(home, { recursive: true, encoding: "utf8" }).filter((name) =>
  name.endsWith(".yml"),
);
const read = (name: string) => readFileSync(path.join(home, name), "utf8");
const workflows = files.filter((name) => name.startsWith("workflows/"));

const workflowSchema = z.looseObject({
  permissions: z.record(z.string(), z.string()),
  jobs: z.record(
    z.string(),
    z.looseObject({
      permissions: z.record(z.string(), z.string()),
      "timeout-minutes": z.int(),
      steps: z.array(
        z.looseObject({
          uses: z.string().optional(),
          run: z.string().optional(),
          with: z.record(z.string(), z.unknown()).optional(),
        }),
      ),
    }),
  ),
});
const jobs = workflows.flatMap((name) =>
  Object.entries(workflowSchema.parse(parse(read(name))).jobs).map(
    ([job, content]) => [`${name}, ${job}`, content] as const,
  ),
);

describe("the workflows", () => {
  test("are those of tests, images, the campaign and releases", () => {
    expect(workflows.map((name) => path.basename(name, ".yml")).sort()).toEqual([
      ...["campaign", "images", "release", "test"],
    ]);
  });

  test("use actions of others only by the hash of a commit, with its version beside it", () => {
    const uses = files.flatMap((name) => [...read(name).matchAll(/uses: (.*)$/gm)]);
    const pinned = /^(\.\/\S+|[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+(\.\d+)*)$/;
    expect(uses.length).toBeGreaterThan(10);
    expect(uses.map(([, use = ""]) => use).filter((use) => !pinned.test(use))).toEqual([]);
  });

  test("use one version of an action everywhere", () => {
    const uses = files.flatMap((name) => [...read(name).matchAll(/uses: ([^./]\S+)@(\S+)/g)]);
    const versions = new Map<string, Set<string>>();
    for (const [, action = "", hash = ""] of uses) {
      versions.set(action, (versions.get(action) ?? new Set()).add(hash));
    }
    expect([...versions].filter(([, hashes]) => hashes.size > 1)).toEqual([]);
  });

  test("have no permission but those that a job asks for, and only a release may write", () => {
    for (const name of workflows) {
      expect(workflowSchema.parse(parse(read(name))).permissions, name).toEqual({});
    }
    for (const [name, { permissions }] of jobs) {
      const wanted = name.startsWith("workflows/release.yml") ? "write" : "read";
      expect(permissions, name).toEqual({ contents: wanted });
    }
  });

  test("end at some time", () => {
    for (const [name, job] of jobs) expect(job["timeout-minutes"], name).toBeLessThanOrEqual(240);
  });

  test("leave no token in the clone, and put no expression into a command", () => {
    for (const [name, { steps }] of jobs) {
      const checkouts = steps.filter(({ uses }) => uses?.startsWith("actions/checkout@"));
      expect(
        checkouts.map(({ with: options }) => options?.["persist-credentials"]),
        name,
      ).toEqual([false]);
      expect(
        steps.filter(({ run }) => run?.includes("${{")),
        name,
      ).toEqual([]);
    }
  });

  test("run scripts and files that exist", () => {
    const named = workflows.flatMap((name) => [
      ...read(name).matchAll(
        /(?<![\w/])(\.github\/scripts\/[\w-]+\.sh|\.ci\/run|toolchain\/go\/\S+go\.mod)/g,
      ),
    ]);
    expect(named.length).toBeGreaterThan(8);
    for (const [, file = ""] of named) {
      expect(statSync(path.join(repoRoot, file)).isFile(), file).toBe(true);
    }
  });
});
