import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { stringify } from "yaml";
import { Interrupted } from "../../cli/interrupt";
import { registerWhatIf } from "../../cli/whatif";
import type { WhatIfChoices } from "../../cli/whatif-choices";
import { answerWhatIf } from "../../cli/whatif-run";
import { World } from "../campaigns/drive/fake-world";
import { temporaryDirectory } from "../store/run-fixture";
import { runCommand } from "./command";
import { noLaboratory, plantedLaboratory } from "./whatif-laboratory";

vi.setConfig({ testTimeout: 180_000 });

const site = {
  topology: { controller: { profile: "cpu1" }, nodes: { profile: "cpu2-512m", count: 2 } },
  scheduler: { kind: "slurm", policy: { sched: { type: "builtin" } } },
  workload: { kind: "lublin", jobs: 20, users: { count: 2 } },
};

let directory = "";
/** What the last question printed. */
let lines: string[] = [];

beforeEach(() => {
  directory = temporaryDirectory();
  writeFileSync(path.join(directory, "site.yaml"), stringify(site));
  vi.spyOn(process.stderr, "write").mockReturnValue(true);
  vi.spyOn(console, "error").mockReturnValue(undefined);
});

afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = 0;
});

/** Runs the command with these choices; what it prints and its exit code. */
async function ask(
  world: World | null,
  bigWaits: number,
  change: Partial<WhatIfChoices> = {},
  interruptAt?: number,
) {
  lines = [];
  const log = vi.spyOn(console, "log").mockImplementation((line) => lines.push(String(line)));
  process.exitCode = 0;
  try {
    await answerWhatIf(
      {
        ...{ stack: path.join(directory, "site.yaml"), store: path.join(directory, "s.duckdb") },
        ...{ set: ["schedlab:scheduler.policy.sched.type=backfill"], resamples: 3 },
        ...{ metric: ["mean_wait"], sizes: [32], margin: 0.05 },
        ...change,
      },
      world === null
        ? noLaboratory
        : plantedLaboratory(world, {
            bigWaits,
            ...(interruptAt === undefined ? {} : { interruptAt }),
          }),
    );
  } finally {
    log.mockRestore();
  }
  return { output: lines.join("\n"), code: process.exitCode };
}

describe("a question", () => {
  test("is run, answered for the right jobs, and goes on where it was with more draws", async () => {
    const world = new World();
    const first = await ask(world, 0.5);
    expect(world.records).toHaveLength(6);
    expect(world.violations).toEqual([]);
    expect(world.stacks.size).toBe(0);
    expect(first.output).toContain("What if: scheduler.policy.sched.type=backfill");
    expect(first.output).toMatch(
      /falls by \d+ % \(\d+ to \d+ %\) for jobs of more than 32 cores.*changes by at most [\d.]+ % for jobs of up to 32 cores/,
    );
    const again = await ask(world, 0.5);
    expect(world.records).toHaveLength(6);
    expect(again.output).toBe(first.output);
    const answered = await ask(null, 0.5, { fromStore: true });
    expect(answered.output).toBe(first.output);
    await ask(world, 0.5, { resamples: 4, keep: true });
    expect(world.records).toHaveLength(8);
    expect(world.stacks.size).toBe(1);
    const out = path.join(directory, "report.html");
    const { output } = await ask(null, 0.5, {
      fromStore: true,
      json: true,
      report: out,
      resamples: 4,
    });
    expect(JSON.parse(output)).toMatchObject({
      changes: ["scheduler.policy.sched.type=backfill"],
      campaign: expect.stringMatching(/^whatif-[0-9a-f]{8}$/),
      report: expect.stringContaining("8 of 8 planned runs compared"),
      job_lists: 4,
      differences: expect.arrayContaining([
        expect.objectContaining({
          name: "jobs of more than 32 cores",
          other_jobs: expect.objectContaining({ said: "changed", in: "percent" }),
        }),
      ]),
    });
    expect(readFileSync(out, "utf8")).toContain("whatif-");
  });

  test("has exit code 1 where somebody is worse off, 0 where nobody is, 3 where it cannot be told", async () => {
    const worse = await ask(new World(), 2, { resamples: 2, by: ["size"] });
    expect(worse.output).toMatch(/rises by \d+ % .* for jobs of more than 32 cores/);
    expect(worse.code).toBe(1);
    const store = path.join(directory, "same.duckdb");
    const same = await ask(new World(), 1, { store, by: ["size"], margin: 0.2 });
    expect(same.output).toContain("there is no difference that these runs can show");
    expect(same.code).toBe(0);
    const close = await ask(null, 1, { store, by: ["size"], margin: 0.0001, fromStore: true });
    expect(close.output).toMatch(/About \d+ more job lists \(--resamples \d+\).* would do to tell/);
    expect(close.code).toBe(3);
  });

  test("that is interrupted has no answer yet, and the same command goes on", async () => {
    const world = new World();
    await expect(ask(world, 0.5, { resamples: 2 }, 12)).rejects.toThrow(Interrupted);
    const done = world.records.length;
    expect(done).toBeGreaterThan(0);
    expect(done).toBeLessThan(4);
    expect(lines).toEqual([]);
    await ask(world, 0.5, { resamples: 2 });
    expect(world.records).toHaveLength(4);
  });

  test("of which some runs fail is answered from the others, and then fails", async () => {
    const world = new World();
    world.fate = ({ tuple }) =>
      tuple.axes["workload.resample.number"] === "3" ? "failed" : "completed";
    await expect(ask(world, 0.5)).rejects.toThrow("2 runs failed as often as they may be tried");
    expect(lines.join("\n")).toContain("2 common job lists with one run of each configuration");
  });

  test("is only shown with --dry-run, and refused where nothing could be told", async () => {
    const { output } = await ask(null, 1, { dryRun: true });
    expect(output).toMatch(
      /Campaign whatif-[0-9a-f]{8}: 6 tuples × 1 repeat = 6 runs on 1 cluster/,
    );
    expect(existsSync(path.join(directory, "s.duckdb"))).toBe(false);
    await expect(
      ask(null, 1, { set: ["schedlab:scheduler.policy.sched.type=builtin"] }),
    ).rejects.toThrow("the change changes nothing");
    await expect(
      ask(null, 1, { set: ["schedlab:scheduler.policy.sched.type=bultin"] }),
    ).rejects.toThrow('did you mean "builtin"?');
    await expect(ask(null, 1, { metric: ["nosuch"] })).rejects.toThrow("no metric nosuch");
    await expect(ask(null, 1, { by: ["nosuch"] })).rejects.toThrow("no scope nosuch");
    await expect(ask(null, 1, { fromStore: true })).rejects.toThrow("there is no store");
    expect(readdirSync(directory)).toEqual(["site.yaml"]);
  });

  test("about a site's file leaves no copy where nothing runs, and one for its owner alone where it does", async () => {
    const nodes =
      "NodeName=n[1-4] CPUs=64 RealMemory=4000\nPartitionName=p Nodes=ALL Default=YES\n";
    const conf = path.join(directory, "slurm.conf");
    const stack = path.join(directory, "conf.yaml");
    const { topology, workload } = site;
    const roomy = { ...topology, nodes: { memory: "2GiB" }, controller: { memory: "4GiB" } };
    writeFileSync(stack, stringify({ workload, topology: roomy, scheduler: { kind: "slurm" } }));
    writeFileSync(conf, `${nodes}AccountingStoragePass=SECRET\n`);
    const asked = { stack, config: conf, set: ["MaxJobCount=7"] };
    const kept = path.join(directory, "campaigns");
    await ask(null, 1, { ...asked, dryRun: true });
    expect(existsSync(kept)).toBe(false);
    writeFileSync(conf, `${nodes}BurstBufferType=burst_buffer/lua\n`);
    await ask(null, 1, asked);
    expect(process.exitCode).not.toBe(0);
    expect(existsSync(kept)).toBe(false);
    writeFileSync(conf, `${nodes}AccountingStoragePass=SECRET\n`);
    await ask(new World(), 0.5, asked);
    const files = readdirSync(path.join(kept, "files"), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.join(entry.parentPath, entry.name));
    expect(files).toHaveLength(2);
    for (const file of files) {
      expect(statSync(file).mode & 0o777).toBe(0o600);
      expect(readFileSync(file, "utf8")).not.toContain("SECRET");
    }
  });

  test("about the nodes in a site's file is answered, of two clusters", async () => {
    const conf = path.join(directory, "slurm.conf");
    const stack = path.join(directory, "conf.yaml");
    writeFileSync(
      conf,
      "NodeName=n[1-4] CPUs=64 RealMemory=4000\nPartitionName=p Nodes=ALL Default=YES\n",
    );
    const topology = { nodes: { memory: "2GiB" }, controller: { memory: "4GiB" } };
    writeFileSync(stack, stringify({ workload: site.workload, topology }));
    const asked = { stack, config: conf, set: ["NodeName=n[1-4]:RealMemory=8000"] };
    const world = new World();
    const { output } = await ask(world, 0.5, asked);
    expect(new Set(world.ups).size).toBe(2);
    expect(output).toMatch(/falls by \d+ % .* for jobs of more than 32 cores/);
    const both = { ...asked, set: [...asked.set, "SchedulerParameters=bf_window=2880"] };
    await expect(ask(null, 1, both)).rejects.toThrow("of the cluster and the scheduler at once");
  });

  test("can be a second stack file in place of single changes", async () => {
    const other = { ...site, scheduler: { kind: "slurm" } };
    writeFileSync(path.join(directory, "other.yaml"), stringify(other));
    const second = { set: [], with: path.join(directory, "other.yaml"), dryRun: true, json: true };
    const { output } = await ask(null, 1, second);
    const { output: single } = await ask(null, 1, { dryRun: true, json: true });
    expect(JSON.parse(output).name).toBe(JSON.parse(single).name);
  });
});

test("wrong use is answered as such", async () => {
  const words = ["whatif", "--stack", "dev", "--set", "a.b=1"];
  const { wrongUse } = await runCommand(registerWhatIf, ...words, "--sizes", "32,8");
  expect(wrongUse).toContain("ascending numbers of cores");
  expect((await runCommand(registerWhatIf, "whatif")).wrongUse).toContain("--stack");
  await expect(runCommand(registerWhatIf, ...words)).rejects.toThrow("a.b: unknown key");
});
