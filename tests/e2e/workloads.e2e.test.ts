import { copyFileSync, mkdirSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { notRoot, TestStack } from "./test-stack";

const topology = {
  domain: "lxc",
  controller: { profile: "cpu1-512m" },
  nodes: { profile: "cpu1-512m", count: 2 },
  overcommit: { cores: 8 },
};
// HPL over both nodes and on one core, among jobs of a model: some forty seconds.
const workload = {
  kind: "mixed",
  jobs: 5,
  users: { count: 2 },
  components: {
    linpack: { kind: "hpl", share: 0.4, seconds: 6 },
    day: { kind: "poisson", share: 0.6, draw: { runs: "constant:1" }, users: { count: 2 } },
  },
};

describe.skipIf(notRoot)(`workloads on a stack of containers${notRoot}`, () => {
  let stack: TestStack;

  beforeAll(async () => {
    stack = await TestStack.create({ topology, workload });
  }, 1_200_000);

  afterAll(() => stack?.dispose(), 300_000);

  test("HPCG without its program is refused before there is a cluster", async () => {
    await stack.configure({ topology, workload: { kind: "hpcg" } });
    const { code, output } = await stack.up();
    expect(code).not.toBe(0);
    expect(output).toContain("the workload hpcg needs HPCG, and program.directory is not set");
    expect(output).toContain("directory that holds xhpcg");
    expect(await stack.leftovers()).toEqual([]);
  }, 120_000);

  test("a mixture runs real HPL over two nodes beside other jobs", async () => {
    await stack.configure({ topology, workload });
    await stack.mustUp();
    expect(await stack.query("SELECT status, planned_jobs, failed_jobs FROM runs")).toEqual([
      { status: "completed", planned_jobs: 5, failed_jobs: 0 },
    ]);
    const benchmarks = await stack.query(
      `SELECT ranks, len(nodes) AS nodes, passed, gflops > 0 AS fast, residual < 16 AS exact,
         efficiency > 0 AS efficient
       FROM benchmarks JOIN jobs USING (run_id, job) ORDER BY ranks`,
    );
    expect(benchmarks).toEqual([
      { ranks: 1, nodes: 1, passed: true, fast: true, exact: true, efficient: null },
      { ranks: 2, nodes: 2, passed: true, fast: true, exact: true, efficient: true },
    ]);
    const [rate] = await stack.query("SELECT value FROM metrics WHERE name = 'hpl_gflops'");
    expect(rate?.value).toBeGreaterThan(0);
  }, 240_000);

  test("a program of the user's reaches the nodes, and one that is no HPCG fails its jobs", async () => {
    // Stands for a build of HPCG: it starts as an MPI job, and leaves no result.
    const directory = path.join(stack.directory, "program");
    mkdirSync(directory);
    copyFileSync("/bin/true", path.join(directory, "xhpcg"));
    const hpcg = { kind: "hpcg", jobs: 1, seconds: 1, program: { directory } };
    await stack.configure({ topology, workload: hpcg });
    await stack.mustUp();
    expect(
      await stack.query(
        "SELECT program, passed, reason, exit_code FROM benchmarks JOIN jobs USING (run_id, job) WHERE program = 'hpcg'",
      ),
    ).toEqual([
      { program: "hpcg", passed: false, reason: "the program left no result", exit_code: 0 },
    ]);
  }, 180_000);
});
