import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { query } from "../../analysis/query";
import { repoRoot } from "../../base/paths";
import { runChecked } from "../../experiments/remote/executor";
import { SshExecutor } from "../../experiments/remote/ssh";
import { readPath } from "../workloads/logs/read-log";
import { notRoot, TestStack } from "./test-stack";

const dump = path.join(__dirname, "..", "workloads", "logs", "fixtures", "sacct-live.txt");
/** The list that Open XDMoD asks sites for. */
const fields = [
  ...["jobid", "jobidraw", "cluster", "partition", "qos", "account", "group", "gid", "user", "uid"],
  ...["submit", "eligible", "start", "end", "elapsed", "exitcode", "state", "nnodes", "ncpus"],
  ...["reqcpus", "reqmem", "reqtres", "alloctres", "timelimit", "nodelist", "jobname"],
].join(",");

const config = {
  topology: {
    domain: "lxc",
    controller: { profile: "cpu1" },
    nodes: { profile: "cpu2-512m", count: 2, gpus: 2, gpuType: "a100" },
    overcommit: { cores: 8 },
  },
  scheduler: {
    kind: "slurm",
    policy: { priority: { type: "multifactor" }, qos: { long: 10 }, accounts: { physics: 3 } },
  },
  // A tenth of the log's times, and a second at least.
  workload: { kind: "trace", file: dump, jobs: "all", timeFactor: 0.1, sizes: { mode: "full" } },
};

describe.skipIf(notRoot)(`an accounting log of Slurm's${notRoot}`, () => {
  let stack: TestStack;
  let ssh: SshExecutor;

  beforeAll(async () => {
    stack = await TestStack.create(config);
    await stack.mustUp();
    const { cluster } = await stack.handle();
    ssh = new SshExecutor(cluster.nodes, cluster);
  }, 900_000);

  afterAll(async () => {
    ssh?.close();
    await stack?.dispose();
  }, 300_000);

  const onController = async (command: string) => {
    const options = { step: "look at Slurm's accounting", deadlineMs: 240_000 };
    return (await runChecked(ssh, "controller", command, options)).stdout;
  };

  const saved = async (name: string, command: string) => {
    const file = path.join(stack.directory, name);
    writeFileSync(file, await onController(command));
    return file;
  };

  test("is replayed with its memory, GPUs, nodes, account and QOS", async () => {
    const asked = await stack.query(`
      SELECT requested_gpus AS gpus, requested_memory_mib AS memory, requested_nodes AS nodes,
        len(nodes) AS got, account, qos
      FROM jobs WHERE requested_gpus > 0 ORDER BY gpus`);
    expect(asked).toEqual([
      { gpus: 1, memory: 448, nodes: 1, got: 1, account: "physics", qos: "long" },
      // Submitted with --ntasks=2 and without --nodes; each node has the memory of one task only.
      { gpus: 2, memory: 896, nodes: null, got: 2, account: "workload", qos: "normal" },
    ]);
    const checks = "SELECT check_name FROM audits WHERE verdict = 'failed'";
    const failed = (await stack.query(checks)).map(({ check_name: name }) => name);
    // The host may be busy with other tests.
    expect(failed.filter((name) => name !== "quiet-host")).toEqual([]);
  });

  test("that is read back has the figures of the run within a second", async () => {
    const [run] = await stack.query("SELECT run_id FROM runs");
    const lines = await onController(`sacct -a -X -D -S 00:00 -P -o ${fields}`);
    // The run's warm-up has jobs of further numbers.
    const jobs = await stack.query("SELECT job FROM jobs");
    const names = jobs.map(({ job }) => `|schedlab-${run?.run_id}-${job}-`);
    const own = lines
      .split("\n")
      .filter((line, at) => at === 0 || names.some((name) => line.includes(name)));
    const file = path.join(stack.directory, "run.txt");
    const store = path.join(stack.directory, "log.duckdb");
    writeFileSync(file, `${own.join("\n")}\n`);
    await execa(
      "node",
      ["bin/schedlab.js", "import", file, "--name", "log", "--procs", "4", "--store", store],
      { cwd: repoRoot },
    );
    const compared = "('n', 'makespan', 'mean_wait', 'max_wait', 'mean_turnaround')";
    const figures = `SELECT name, value FROM metrics WHERE scope = 'run' AND name IN ${compared} ORDER BY name`;
    const [ours, theirs] = [await stack.query(figures), await query(store, figures)];
    expect(theirs.map(({ name }) => name)).toEqual(ours.map(({ name }) => name));
    for (const [at, { name, value }] of ours.entries()) {
      const off = Math.abs(Number(value) - Number(theirs[at]?.value));
      expect([name, off <= (name === "n" ? 0 : 1)]).toEqual([name, true]);
    }
  }, 120_000);

  test("has arrays, requeued, cancelled and failed jobs and their GPUs in every form", async () => {
    await onController(readFileSync(path.join(__dirname, "by-hand.sh"), "utf8"));
    const since = "-a -D -S 00:00";
    const files = [
      await saved("text", `sacct ${since} -X -P -o ${fields}`),
      await saved("epoch", `SLURM_TIME_FORMAT=%s sacct ${since} -n --parsable -o ${fields}`),
      await saved("json", `sacct ${since} --json`),
    ];
    for (const file of files) {
      const { jobs } = await readPath(file, { mode: "strict" });
      const named = (name: string) => jobs.filter(({ asks }) => asks?.name === name);
      expect([file, named("array").length]).toEqual([file, 4]);
      expect(new Set(named("array").map(({ asks }) => asks?.array?.array)).size).toBe(1);
      expect(named("gpus")[0]?.asks).toMatchObject({ gpus: 1, gpuType: "a100" });
      expect(named("comma, name")[0]).toMatchObject({ status: 0 });
      expect(named("cancelled")[0]).toMatchObject({ status: 5 });
      expect(named("requeued")).toHaveLength(1);
      expect(named("requeued")[0]).toMatchObject({ status: 1 });
    }
  }, 300_000);
});
