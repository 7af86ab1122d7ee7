import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SshExecutor } from "../../experiments/remote/ssh";
import { Session, soon } from "../contract/session";
import { fluxPackagesMissing } from "../contract/stack";
import { difference, notRoot, TestStack } from "./test-stack";

const missing = fluxPackagesMissing();
const why = notRoot || (missing === "" ? "" : ` (skipped: ${missing})`);

const nodes = 200;
const cores = 32;
const tuple = {
  topology: {
    domain: "lxc",
    controller: { profile: "cpu1-512m", memory: "1GiB" },
    nodes: {
      profile: "cpu1-512m",
      count: 1,
      emulated: { perDomain: nodes, cores, memory: "64GiB", gpus: 2, switches: 10 },
    },
    overcommit: { cores: 8 },
  },
  scheduler: { kind: "flux" },
  workload: {
    kind: "poisson",
    jobs: 300,
    body: "hold",
    load: 0.2,
    draw: { sizes: "uniform:1:64", runs: "exponential:4" },
  },
};

const hold = (seconds: number) => ({ kind: "hold", seconds }) as const;

describe.skipIf(why !== "")(`emulated nodes under Flux${why}`, () => {
  let stack: TestStack;
  let ssh: SshExecutor;
  let session: Session;

  beforeAll(async () => {
    stack = await TestStack.create(tuple);
    await stack.mustUp();
    const handle = await stack.handle();
    ssh = new SshExecutor(handle.cluster.nodes, handle.cluster);
    session = await Session.open(handle, ssh, ["user01", "user02"]);
  }, 900_000);

  afterAll(async () => {
    await session?.close();
    ssh?.close();
    await stack?.dispose();
  }, 300_000);

  test("300 jobs take the time that they asked for, on nodes that are emulated", async () => {
    const [jobs] = await stack.query(`
      SELECT count(*) AS jobs, count(*) FILTER (state = 'completed') AS completed,
        quantile_cont(abs(end_s - start_s - planned_run_s)
          / greatest(1, 0.02 * planned_run_s), 0.99) AS late
      FROM jobs`);
    expect(jobs).toMatchObject({ jobs: 300, completed: 300 });
    expect(Number(jobs?.late)).toBeLessThan(1);
  });

  test("a job spans nodes and has their GPUs, and one that is too large is refused", async () => {
    const wide = await session.submit(hold(0.5), { cores: 3 * cores });
    const outcome = await session.outcome(wide, soon);
    expect(outcome).toMatchObject({ state: "completed", allocatedCores: 3 * cores });
    expect(outcome.nodes).toHaveLength(3);
    expect(outcome.nodes.join(" ")).toMatch(/^(node01-\d{4} ?)+$/);
    const gpus = await session.submit(hold(0), { cores: 4, gpus: 4 });
    expect((await session.outcome(gpus, soon)).nodes).toHaveLength(2);
    const large = session.submit(hold(1), { cores: nodes * cores + 1 });
    await expect(large).rejects.toThrow(/Unsatisfiable/);
  }, 300_000);

  test("the time limit ends a job, and so does cancelling it", async () => {
    const late = await session.submit(hold(300), { cores: 40, limitSeconds: 60 });
    const cancelled = await session.submit(hold(300), { cores: 40, user: "user02" });
    await session.until("a start", () => session.times(cancelled).start, soon);
    await session.adapter.cancel([cancelled.schedulerJob]);
    expect(await session.outcome(cancelled, soon)).toMatchObject({ state: "cancelled" });
    expect(await session.outcome(late, 2 * soon)).toMatchObject({ state: "timeout" });
    const { start = 0, end = 0 } = session.times(late);
    expect(end - start).toBeGreaterThan(59_000);
    expect(end - start).toBeLessThan(64_000);
  }, 400_000);

  test("up again changes nothing", async () => {
    const before = await stack.resources();
    await stack.mustUp();
    expect(difference(before, await stack.resources())).toEqual({
      created: [],
      replaced: [],
      updated: [],
      deleted: [],
    });
  }, 300_000);
});
