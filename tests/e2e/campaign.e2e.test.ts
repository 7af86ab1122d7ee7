import { randomBytes } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { stringify } from "yaml";
import { query } from "../../analysis/query";
import { repoRoot } from "../../base/paths";
import { listLeftovers } from "../../host/leftovers";
import { removeLeftovers } from "../../host/removal";
import { killTree } from "./process-tree";
import { notRoot } from "./test-stack";

const name = `e2e-${randomBytes(3).toString("hex")}`;

/** Two policies on one cluster of a controller and a node, two repeats, runs of some seconds. */
const campaign = {
  name,
  base: ["small", "short"],
  axes: { "scheduler.policy.sched.type": ["backfill", "builtin"] },
  // Each run has another policy than the one before.
  order: { seed: 1 },
  repeats: 2,
  parts: {
    small: {
      topology: {
        domain: "lxc",
        controller: { profile: "cpu1-512m" },
        nodes: { profile: "cpu1-512m", count: 1 },
        // The campaign gives its cluster another one of the same size around it.
        network: { cidr: "10.253.90.0/24" },
        overcommit: { cores: 8 },
      },
      scheduler: { kind: "slurm" },
    },
    short: {
      workload: { kind: "trace", jobs: 6, timeFactor: 0.05, runtime: { max: 2 } },
      run: { deadline: 120 },
    },
  },
};

// The tests follow each other: each goes on where the one before left the campaign.
describe.skipIf(notRoot)(`a campaign on containers${notRoot}`, () => {
  let directory: string;
  let file: string;
  let store: string;
  let stack: string;

  const environment = () => ({
    PULUMI_HOME: undefined,
    PULUMI_BACKEND_URL: undefined,
    PULUMI_CONFIG_PASSPHRASE: undefined,
    PULUMI_CONFIG_PASSPHRASE_FILE: undefined,
    SCHEDLAB_STATE: directory,
    SCHEDLAB_STORE: store,
  });

  function start(...words: string[]) {
    return execa("node", ["bin/schedlab.js", "campaign", ...words], {
      ...{ cwd: repoRoot, env: environment(), reject: false, stdin: "ignore" },
      timeout: 900_000,
    });
  }

  async function must(...words: string[]): Promise<string> {
    const { exitCode, stdout, stderr } = await start(...words);
    if (exitCode !== 0) throw new Error(`campaign ${words.join(" ")}: ${exitCode}\n${stderr}`);
    return stdout;
  }

  const status = async () => JSON.parse(await must("status", name, "--json"));
  const runs = () =>
    query(
      store,
      `SELECT tuple_hash AS tuple, repeat, campaign_position AS position, status, experiment,
         policy->>'$.sched.type' AS sched
       FROM runs WHERE campaign IS NOT NULL ORDER BY started_at`,
    );
  const runDirectories = () => {
    const runsDir = path.join(path.dirname(store), "runs");
    return existsSync(runsDir) ? readdirSync(runsDir).filter((id) => !id.startsWith(".")) : [];
  };

  beforeAll(async () => {
    directory = await mkdtemp(path.join(tmpdir(), "schedlab-campaign-"));
    store = path.join(directory, "results", "schedlab.duckdb");
    file = path.join(directory, "campaign.yaml");
    const { short, small } = campaign.parts;
    const parts = { small, short: { ...short, run: { ...short.run, store } } };
    await writeFile(file, stringify({ ...campaign, parts }));
    const plan = JSON.parse(await must("plan", file, "--json"));
    stack = plan.clusters[0].stack;
    expect(stack).toMatch(new RegExp(`^${name}-[0-9a-f]{8}$`));
  }, 1_200_000);

  afterAll(async () => {
    await start("down", file);
    await removeLeftovers(stack);
    await rm(directory, { recursive: true, force: true });
  }, 300_000);

  test("goes on where its driver was killed with all that it had started", async () => {
    const driver = start("run", file);
    await vi.waitUntil(() => runDirectories().length > 0 || driver.exitCode !== null, {
      timeout: 600_000,
      interval: 100,
    });
    if (driver.pid !== undefined) killTree(driver.pid);
    const { signal, stderr } = await driver;
    expect(signal, stderr).toBe("SIGKILL");
    expect(await status()).toMatchObject({ planned: 4, done: 0, driver: null });
    // The cluster is there, and only the campaign's own name takes it down.
    expect((await listLeftovers(stack)).length).toBeGreaterThan(0);

    const outcome = JSON.parse(await must("run", file, "--keep", "--json"));
    expect(outcome).toMatchObject({
      counts: { planned: 4, done: 4, failed: 0, remaining: 0 },
      ...{ endedBy: null, problems: [], left: [stack] },
    });
    const recorded = await runs();
    const completed = recorded.filter((run) => run.status === "completed");
    const keys = completed.map(({ tuple, repeat }) => `${tuple} ${repeat}`);
    expect(new Set(keys).size).toBe(4);
    expect(keys).toHaveLength(4);
    expect(recorded.filter((run) => run.status !== "completed")).toEqual([
      expect.objectContaining({ status: "interrupted", position: 1 }),
    ]);
    expect(completed.map(({ position }) => position)).toEqual([1, 2, 3, 4]);
    expect(recorded.every(({ experiment }) => experiment === stack)).toBe(true);
    expect(completed.filter(({ sched }) => sched === "builtin")).toHaveLength(2);
    expect(outcome.services).toMatchObject([{ changeSeconds: expect.any(Number) }]);
    expect(outcome.services[0].changeSeconds).toBeGreaterThan(0);
    console.log(JSON.stringify(outcome.services), outcome.wallSeconds);
  }, 1_200_000);

  test("does nothing again that is done, and takes its cluster down when it need not be kept", async () => {
    const outcome = JSON.parse(await must("run", file, "--json"));
    expect(outcome).toMatchObject({ counts: { done: 4 }, left: [] });
    expect((await runs()).filter((run) => run.status === "completed")).toHaveLength(4);
    expect(await listLeftovers(stack)).toEqual([]);
    expect(await status()).toMatchObject({ done: 4, remaining: 0, secondsLeft: 0 });
  }, 600_000);

  test("leaves the repository as it was", () => {
    const own = readdirSync(repoRoot).filter((entry) => entry.includes(name));
    expect(own).toEqual([]);
  });
});
