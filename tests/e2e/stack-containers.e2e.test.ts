import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { checkSteps } from "../../cli/doctor/steps";
import { SshExecutor } from "../../experiments/remote/ssh";
import { planCluster } from "../../infra/plan";
import { clusterSteps } from "../../infra/steps";
import { jobRecords, metricsWithoutValue, runRecord, withoutGpusAndMemory } from "./run-records";
import { difference, notRoot, TestStack } from "./test-stack";

const jobs = 9;

const topology = {
  domain: "lxc",
  controller: { profile: "cpu1-512m" },
  nodes: { profile: "cpu1-512m", count: 2 },
  overcommit: { cores: 8 },
};
const scheduler = { kind: "slurm", policy: { sched: { type: "backfill" } } };
// The bundled trace's jobs, one or two seconds each: about ten seconds on two cores.
const workload = {
  kind: "trace",
  jobs,
  timeFactor: 0.05,
  runtime: { max: 2 },
  users: { mapping: "by-job" },
};
const config = { topology, scheduler, workload };
const nothing = { created: [], replaced: [], updated: [], deleted: [] };

// One stack lives through all of the tests, so each starts from where the one before left it.
describe.skipIf(notRoot)(`a stack of containers${notRoot}`, () => {
  let stack: TestStack;
  let broken = false;

  beforeAll(async () => {
    stack = await TestStack.create(config);
  }, 1_200_000);

  afterAll(() => stack?.dispose(), 300_000);

  beforeEach(({ skip }) => skip(broken, "the stack is not what the test before should have left"));

  afterEach(({ task }) => {
    broken ||= task.result?.state === "fail";
  });

  const runs = () =>
    stack.query("SELECT run_id AS id, status, reason FROM runs ORDER BY started_at, run_id");
  const lastRun = async () => (await runs()).at(-1);

  async function onNode<T>(use: (run: (node: string, command: string) => Promise<string>) => T) {
    const { cluster } = await stack.handle();
    const ssh = new SshExecutor(cluster.nodes, cluster);
    try {
      return await use(async (node, command) => {
        const { stdout } = await ssh.run(node, command, { step: "test", deadlineMs: 30_000 });
        return stdout.trim();
      });
    } finally {
      ssh.close();
    }
  }

  const nodeStates = () =>
    onNode((run) => run("controller", "sinfo --noheader --Node --format '%N %T'"));

  /** As a container dies with its host: nobody is told. */
  async function killNode(name: string): Promise<void> {
    const domain = `schedlab-${stack.name}-${name}`;
    for (const { kind, owner, what } of await stack.leftovers()) {
      if (kind === "process" && owner === domain) process.kill(Number(what), "SIGKILL");
    }
  }

  function runDirectories(): string[] {
    if (!existsSync(stack.runsDirectory)) return [];
    return readdirSync(stack.runsDirectory)
      .filter((name) => !name.startsWith("."))
      .sort()
      .map((name) => path.join(stack.runsDirectory, name));
  }

  /** Waits until a run that is none of `known` has a job that is done. */
  async function runWithCompletedJob(known: readonly string[]): Promise<string> {
    return vi.waitUntil(
      () =>
        runDirectories().find(
          (directory) =>
            !known.includes(directory) &&
            jobRecords(directory).some(({ state }) => state === "completed"),
        ),
      { timeout: 180_000, interval: 100 },
    );
  }

  test("comes up, runs the workload, and stores every job with its events and metrics", async () => {
    const output = await stack.mustUp();
    expect(output).not.toContain("PRIVATE KEY");
    const { cluster, domain } = await stack.handle();
    expect(domain).toBe("lxc");
    expect(cluster.nodes.map(({ name }) => name)).toEqual(["controller", "node01", "node02"]);
    expect(await nodeStates()).toBe("node01 idle\nnode02 idle");

    expect(await runs()).toEqual([{ id: expect.any(String), status: "completed", reason: null }]);
    // Without --show-secrets: the handle alone is one.
    const shown = JSON.parse(await stack.must("stack", "output", "--json"));
    expect(shown).toMatchObject({
      handle: "[secret]",
      domain: "lxc",
      runs: { store: stack.store, runs: [{ status: "completed", jobs, failedJobs: 0 }] },
    });
    expect(JSON.stringify(shown)).not.toContain("PRIVATE KEY");
    expect(
      await stack.query(
        "SELECT state, count(*) AS jobs, count(DISTINCT user_name) AS users FROM jobs GROUP BY ALL",
      ),
    ).toEqual([{ state: "completed", jobs, users: 3 }]);
    expect(
      await stack.query(
        "SELECT source, event, count(DISTINCT job) AS jobs FROM job_events WHERE event IN ('start', 'end') GROUP BY ALL ORDER BY ALL",
      ),
    ).toEqual(
      ["scheduler", "wrapper"].flatMap((source) =>
        ["end", "start"].map((event) => ({ source, event, jobs })),
      ),
    );
    expect(await stack.query(metricsWithoutValue)).toEqual(withoutGpusAndMemory);
    const metrics = await stack.query("SELECT name, value FROM metrics WHERE scope = 'run'");
    const value = new Map(metrics.map((metric) => [metric.name, Number(metric.value)]));
    for (const name of ["makespan", "mean_wait", "mean_turnaround", "mean_bounded_slowdown"]) {
      expect(value.get(name), name).toBeGreaterThan(0);
    }
    expect(value.get("utilisation")).toBeGreaterThan(0.1);
    expect(value.get("utilisation")).toBeLessThanOrEqual(1);
    expect(value.get("jain")).toBeGreaterThan(0);
    expect(value.get("jain")).toBeLessThanOrEqual(1);
  }, 420_000);

  test("has nothing to do when nothing has changed", async () => {
    const before = await stack.resources();
    await stack.mustUp("--expect-no-changes");
    expect(difference(before, await stack.resources())).toEqual(nothing);
    expect(runDirectories()).toHaveLength(1);
  }, 180_000);

  test("doctor finds every step in force, and names the step and the node where one is not", async () => {
    const handle = await stack.handle();
    const steps = clusterSteps(handle.spec, planCluster(handle.spec, { stack: stack.name }), "lxc");
    const ssh = new SshExecutor(handle.cluster.nodes, handle.cluster);
    const checks = () => checkSteps(steps, ssh, { stack: stack.name, report: () => {} });
    try {
      expect((await checks()).filter(({ status }) => status !== "ok")).toEqual([]);
      await onNode((run) => run("node02", "systemctl stop slurmd"));
      const broken = (await checks()).filter(({ status }) => status !== "ok");
      expect(broken).toContainEqual(
        expect.objectContaining({
          step: "slurmd-node02",
          node: "node02",
          remedy: expect.stringContaining(`--stack ${stack.name} --replace '**::slurmd-node02'`),
        }),
      );
    } finally {
      ssh.close();
    }
    await onNode((run) => run("node02", "systemctl start slurmd"));
  }, 120_000);

  test("grows by a node: only its own things are made, and a new run is recorded", async () => {
    const before = await stack.resources();
    await stack.must("config", "set", "--path", "schedlab:topology.nodes.count", "3");
    await stack.mustUp();
    expect(difference(before, await stack.resources())).toEqual({
      created: ["node03", "node03-answers", "node03-host-key", "slurmd-node03"],
      replaced: ["experiment"],
      updated: ["ready", "slurmctld", "slurmd-node01", "slurmd-node02"],
      deleted: [],
    });
    expect(await nodeStates()).toBe("node01 idle\nnode02 idle\nnode03 idle");
    expect((await runs()).map(({ status }) => status)).toEqual(["completed", "completed"]);
    expect(
      await stack.query(
        `SELECT count(*) AS nodes FROM nodes WHERE role = 'compute' AND run_id = '${(await lastRun())?.id}'`,
      ),
    ).toEqual([{ nodes: 3 }]);
  }, 420_000);

  test("a killed node, and a pulumi killed while it repairs that, are repaired by the next up", async () => {
    await killNode("node02");
    const before = await stack.resources();

    await stack.killedUp(/slurmd-node02 creating/);
    await stack.mustUp();
    expect(difference(before, await stack.resources())).toEqual({
      ...nothing,
      replaced: ["node02-answers", "slurmd-node02"],
      updated: ["node02"],
    });
    expect(await nodeStates()).toBe("node01 idle\nnode02 idle\nnode03 idle");
    expect(runDirectories()).toHaveLength(2);
  }, 600_000);

  test("a run killed under another policy keeps what it had, and the next up runs again", async () => {
    const known = runDirectories();
    const before = await stack.resources();
    await stack.configure({
      ...config,
      topology: { ...topology, nodes: { ...topology.nodes, count: 3 } },
      scheduler: { kind: "slurm", policy: { sched: { type: "builtin" } } },
    });
    const up = stack.start(["up", "--yes", "--skip-preview"]);
    const directory = await runWithCompletedJob(known);
    const { pid } = JSON.parse(readFileSync(path.join(directory, "owner.json"), "utf8"));
    process.kill(pid, "SIGKILL");
    const { exitCode, all } = await up;
    expect(exitCode, all).not.toBe(0);
    expect(all).toMatch(/experiment[\s\S]*(killed|signal|status)/i);
    expect(runRecord(directory).status).toBe("running");
    const finished = jobRecords(directory).filter(({ state }) => state === "completed");
    expect(finished.length).toBeGreaterThan(0);
    expect(finished.length).toBeLessThan(jobs);

    await stack.mustUp();
    expect(runRecord(directory).status).toBe("interrupted");
    expect(jobRecords(directory)).toEqual(expect.arrayContaining(finished));
    expect((await runs()).slice(2)).toEqual([
      {
        id: path.basename(directory),
        status: "interrupted",
        reason: expect.stringMatching(/killed/),
      },
      { id: expect.any(String), status: "completed", reason: null },
    ]);
    expect(
      await stack.query(
        `SELECT count(*) AS jobs FROM jobs WHERE run_id = '${(await lastRun())?.id}' AND state = 'completed'`,
      ),
    ).toEqual([{ jobs }]);

    expect(difference(before, await stack.resources())).toEqual({
      ...nothing,
      replaced: ["experiment"],
      updated: ["ready", "slurmctld"],
    });
    expect(
      await onNode((run) => run("controller", "scontrol show config | grep ^SchedulerType")),
    ).toMatch(/sched\/builtin$/);
  }, 600_000);

  test("a job that fails ends up with an error where that is asked for, and the run is stored", async () => {
    const known = runDirectories();
    await stack.must("config", "set", "--path", "schedlab:run.onJobFailure", "fail");
    const { directory, code, output } = await onNode(async (run) => {
      const up = stack.up();
      const directory = await runWithCompletedJob(known);
      const nodes = ["node01", "node02", "node03"];
      // Until one was hit: the jobs' bodies die as of a fault of their own.
      await vi.waitUntil(
        async () => {
          const hits = nodes.map((node) =>
            run(node, "pkill -KILL -u user01,user02,user03 -x sleep; echo $?"),
          );
          return (await Promise.all(hits)).includes("0");
        },
        { timeout: 60_000, interval: 200 },
      );
      return { directory, ...(await up) };
    });
    expect(code, output).not.toBe(0);
    expect(output).toMatch(
      /of 9 jobs did not complete: job \d+ failed with exit code \d+ on node0\d/,
    );
    expect(await lastRun()).toEqual({
      id: path.basename(directory),
      status: "failed",
      reason: expect.stringMatching(/did not complete: job \d+ failed/),
    });
  }, 420_000);

  test("destroy takes everything down but the measurements, a dead node too", async () => {
    expect((await stack.leftovers()).length).toBeGreaterThan(20);
    await killNode("node01");
    const { code, output } = await stack.destroy();
    expect(code, output).toBe(0);
    expect(await stack.leftovers()).toEqual([]);
    expect(await stack.resources()).toEqual([]);
    expect(await runs()).toHaveLength(5);
  }, 300_000);
});
