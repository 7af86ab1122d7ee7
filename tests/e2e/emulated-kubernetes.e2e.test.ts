import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { runChecked } from "../../experiments/remote/executor";
import { SshExecutor } from "../../experiments/remote/ssh";
import type { Handle } from "../../infra/handle";
import { Session, soon } from "../contract/session";
import { kubernetesProgramsMissing } from "../contract/stack";
import { difference, notRoot, TestStack } from "./test-stack";

const topology = (perDomain: number) => ({
  domain: "lxc",
  controller: { profile: "cpu2", memory: "2GiB" },
  nodes: {
    profile: "cpu1-512m",
    count: 1,
    emulated: { perDomain, cores: 8, memory: "16GiB", gpus: 1, switches: 4 },
  },
  overcommit: { cores: 8 },
});
const scheduler = { kind: "kubernetes" };
// Two gangs a second for half a minute.
const workload = {
  kind: "poisson",
  jobs: 60,
  body: "hold",
  load: 0.03,
  draw: { sizes: "uniform:1:8", runs: "uniform:2:4" },
};

const hold = (seconds: number) => ({ kind: "hold", seconds }) as const;

describe.skipIf(notRoot)(`emulated nodes of Kubernetes${notRoot}`, () => {
  let stack: TestStack | undefined;
  let missing = "";

  const theStack = (): TestStack => {
    if (stack === undefined) throw new Error("there is no stack");
    return stack;
  };

  beforeAll(async () => {
    missing = await kubernetesProgramsMissing();
    if (missing === "") {
      stack = await TestStack.create({ topology: topology(100), scheduler, workload });
    } else console.log(`skipped: ${missing}`);
  }, 1_200_000);
  afterAll(() => stack?.dispose(), 300_000);
  beforeEach(({ skip }) => skip(missing !== "", missing));

  async function onController<T>(work: (ssh: SshExecutor, handle: Handle) => Promise<T>) {
    const handle = await theStack().handle();
    const ssh = new SshExecutor(handle.cluster.nodes, handle.cluster);
    try {
      return await work(ssh, handle);
    } finally {
      ssh.close();
    }
  }

  const kubectl = (command: string) =>
    onController(async (ssh) => {
      const { stdout } = await runChecked(
        ssh,
        "controller",
        `KUBECONFIG=/etc/kubernetes/admin.conf kubectl ${command}`,
        { step: "ask kubectl", deadlineMs: 60_000 },
      );
      return stdout.trim();
    });

  test("60 jobs run on 100 nodes of one domain, each for as long as it was asked", async () => {
    await theStack().mustUp();
    expect(await theStack().query("SELECT status, planned_jobs, failed_jobs FROM runs")).toEqual([
      { status: "completed", planned_jobs: 60, failed_jobs: 0 },
    ]);
    const [nodes] = await theStack().query(
      `SELECT count(*) FILTER (role = 'host')::INTEGER AS hosts,
         count(*) FILTER (emulated_on = 'node01')::INTEGER AS emulated FROM nodes`,
    );
    expect(nodes).toEqual({ hosts: 1, emulated: 100 });
    const [times] = await theStack().query(
      `SELECT count(*)::INTEGER AS jobs, count(*) FILTER (start_source = 'scheduler')::INTEGER AS own,
         min(end_s - start_s - planned_run_s) AS shortest,
         quantile_cont(end_s - start_s - planned_run_s, 0.99) AS late
       FROM jobs`,
    );
    expect(times).toMatchObject({ jobs: 60, own: 60 });
    // In milliseconds each, so that a difference may be one too little.
    expect(times?.shortest).toBeGreaterThanOrEqual(-0.001);
    expect(times?.late).toBeLessThanOrEqual(1);
  }, 400_000);

  test("a limit and a cancellation end a job as on a real node", async () => {
    await onController(async (ssh, handle) => {
      const session = await Session.open(handle, ssh, ["user01"]);
      try {
        const kept = await session.submit(hold(1), { cores: 12, limitSeconds: 60 });
        const accelerated = await session.submit(hold(1), { cores: 2, gpus: 2, limitSeconds: 60 });
        const over = await session.submit(hold(300), { cores: 3, limitSeconds: 60 });
        const cancelled = await session.submit(hold(300), { cores: 2, limitSeconds: 600 });
        expect(await session.outcome(kept, soon)).toMatchObject({
          state: "completed",
          exitCode: 0,
          allocatedCores: 12,
        });
        // Each node has one.
        expect((await session.outcome(accelerated, soon)).nodes).toHaveLength(2);
        await session.until(
          "the start of the job that is cancelled",
          () => session.times(cancelled).start,
          soon,
        );
        await session.adapter.cancel([cancelled.schedulerJob]);
        expect(await session.outcome(cancelled, soon)).toMatchObject({ state: "cancelled" });
        expect(await session.outcome(over, soon)).toMatchObject({
          state: "timeout",
          exitCode: 143,
        });
        const { start = 0, end = 0 } = session.times(over);
        expect(end - start).toBeGreaterThanOrEqual(60_000);
        expect(end - start).toBeLessThan(62_000);
        expect(session.failures).toEqual([]);
        await expect(
          session.submit({ kind: "command", command: "true" }, { limitSeconds: 60 }),
        ).rejects.toThrow("emulated nodes run nothing");
      } finally {
        await session.close();
      }
    });
  }, 300_000);

  test("a kwok that was killed goes on with the jobs that it had", async () => {
    await onController(async (ssh, handle) => {
      const session = await Session.open(handle, ssh, ["user01"]);
      try {
        const job = await session.submit(hold(10), { cores: 2, limitSeconds: 60 });
        await session.until("the start of the job", () => session.times(job).start, soon);
        await runChecked(ssh, "node01", "systemctl kill --signal KILL kwok", {
          step: "kill kwok",
          deadlineMs: 30_000,
        });
        expect(await session.outcome(job, soon)).toMatchObject({ state: "completed" });
        const { start = 0, end = 0 } = session.times(job);
        expect(end - start).toBeGreaterThanOrEqual(10_000);
        expect(end - start).toBeLessThan(12_000);
      } finally {
        await session.close();
      }
    });
  }, 300_000);

  test("no node is on the controller or the domain itself", async () => {
    expect(await kubectl("get nodes -l '!schedlab.local/emulated-on' -o name")).toBe("");
    expect(await kubectl("get nodes -l schedlab.local/leaf=nodes-3 -o name | wc -l")).toBe("25");
  }, 120_000);

  test("an up of the same changes nothing, and a smaller one removes nodes", async () => {
    const before = await theStack().resources();
    await theStack().mustUp();
    expect(difference(before, await theStack().resources())).toMatchObject({
      created: [],
      replaced: [],
      updated: [],
      deleted: [],
    });
    await theStack().configure({
      topology: topology(40),
      scheduler,
      workload: { ...workload, jobs: 1 },
      run: { onUp: false },
    });
    await theStack().mustUp();
    expect(await kubectl("get nodes -o name | wc -l")).toBe("40");
  }, 400_000);

  test("destroy leaves nothing", async () => {
    expect((await theStack().destroy()).code).toBe(0);
    expect(await theStack().leftovers()).toEqual([]);
  }, 300_000);
});
