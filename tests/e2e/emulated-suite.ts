import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SshExecutor } from "../../experiments/remote/ssh";
import type { SchedulerKind } from "../../spec/scheduler";
import { Session } from "../contract/session";
import { difference, notRoot, TestStack } from "./test-stack";

/** What a stack of emulated nodes is under one scheduler. */
export interface EmulatedCase {
  /** Why there can be no such stack; empty where there can. */
  readonly missing: string;
  readonly controllerMemory: string;
  /** Of the domain of all 200 nodes. */
  readonly domainMemory: string;
  /** What the scheduler says of a job that no cluster of these nodes could ever run. */
  readonly tooLarge: RegExp;
  /** How long after its limit a job may still run, in seconds. */
  readonly limitLagSeconds: number;
}

const nodes = 200;
const cores = 32;
const gpus = 2;
const soon = 60_000;
const hold = (seconds: number) => ({ kind: "hold", seconds }) as const;

function tupleOf(kind: SchedulerKind, { controllerMemory, domainMemory }: EmulatedCase) {
  return {
    topology: {
      domain: "lxc",
      controller: { profile: "cpu1-512m", memory: controllerMemory },
      nodes: {
        profile: "cpu1-512m",
        memory: domainMemory,
        count: 1,
        emulated: { perDomain: nodes, cores, memory: "64GiB", gpus, switches: 10 },
      },
      overcommit: { cores: 8 },
    },
    scheduler: { kind },
    workload: {
      kind: "poisson",
      jobs: 300,
      body: "hold",
      load: 0.2,
      draw: { sizes: "uniform:1:64", runs: "uniform:2:8" },
    },
  };
}

/** One domain of 200 emulated nodes, 300 jobs without a process, then single ones. */
export function emulatedSuite(kind: SchedulerKind, given: EmulatedCase): void {
  const why = notRoot || (given.missing === "" ? "" : ` (skipped: ${given.missing})`);
  describe.skipIf(why !== "")(`emulated nodes: ${kind}${why}`, () => {
    let stack: TestStack;
    let ssh: SshExecutor;
    let session: Session;
    let limited: Awaited<ReturnType<Session["submit"]>>;

    beforeAll(async () => {
      stack = await TestStack.create(tupleOf(kind, given));
      await stack.mustUp();
      const handle = await stack.handle();
      ssh = new SshExecutor(handle.cluster.nodes, handle.cluster);
    }, 900_000);
    afterAll(async () => {
      ssh?.close();
      await stack?.dispose();
    }, 300_000);

    test("300 jobs hold their cores for the time that they asked for", async () => {
      const [jobs] = await stack.query(`
        SELECT count(*)::INTEGER AS jobs, (count(*) FILTER (state = 'completed'))::INTEGER AS completed
        FROM jobs`);
      expect(jobs).toEqual({ jobs: 300, completed: 300 });
      const audits = await stack.query(`
        SELECT check_name, verdict, explanation FROM audits
        WHERE check_name IN ('emulation-exact', 'within-capacity', 'one-scheduler-job', 'whole-attempts')
          AND verdict <> 'passed'`);
      expect(audits).toEqual([]);
      const [known] = await stack.query(`
        SELECT (count(*) FILTER (role = 'host'))::INTEGER AS hosts,
          (count(*) FILTER (emulated_on = 'node01'))::INTEGER AS emulated FROM nodes`);
      expect(known).toEqual({ hosts: 1, emulated: nodes });
    });

    test("a job spans nodes and has their GPUs, and one that is too large is refused", async () => {
      session = await Session.open(await stack.handle(), ssh, ["user01", "user02"]);
      const wide = await session.submit(hold(1), { cores: 3 * cores, limitSeconds: 300 });
      const outcome = await session.outcome(wide, soon);
      expect(outcome).toMatchObject({ state: "completed", allocatedCores: 3 * cores });
      expect(outcome.nodes).toHaveLength(3);
      for (const name of outcome.nodes) expect(name).toMatch(/^node01-0\d{3}$/);
      // Ends while the others are looked at: a limit takes a minute at least.
      limited = await session.submit(hold(400), { limitSeconds: 60 });
      const wants = { cores: 2, gpus: 2 * gpus, limitSeconds: 300 };
      const accelerated = await session.submit(hold(1), wants);
      expect((await session.outcome(accelerated, soon)).nodes).toHaveLength(2);
      const large = session.submit(hold(1), { cores: nodes * cores + 1, limitSeconds: 300 });
      await expect(large).rejects.toThrow(given.tooLarge);
    }, 200_000);

    test("cancelling ends a job without a process", async () => {
      const job = await session.submit(hold(400), { user: "user02", limitSeconds: 600 });
      const waits = async () =>
        (await session.adapter.accounting()).find((known) => known.job === job.id)?.waiting;
      await expect.poll(waits, { timeout: soon }).toBe(false);
      await session.adapter.cancel([job.schedulerJob]);
      expect(await session.outcome(job, soon)).toMatchObject({ state: "cancelled" });
    }, 200_000);

    test("up again changes nothing, also of a job that runs, which its limit ends", async () => {
      const before = await stack.resources();
      await stack.mustUp();
      const unchanged = { created: [], replaced: [], updated: [], deleted: [] };
      expect(difference(before, await stack.resources())).toEqual(unchanged);
      expect(await session.outcome(limited, 3 * soon)).toMatchObject({ state: "timeout" });
      const at = (event: string) =>
        session.moments.find((moment) => moment.job === limited.id && moment.event === event)?.at ??
        0;
      expect(at("end") - at("start")).toBeGreaterThanOrEqual(59_000);
      expect(at("end") - at("start")).toBeLessThan(60_000 + given.limitLagSeconds * 1000);
      expect(session.failures).toEqual([]);
      await session.close();
    }, 400_000);

    test("destroy leaves nothing", async () => {
      expect((await stack.destroy()).code).toBe(0);
      expect(await stack.leftovers()).toEqual([]);
    }, 300_000);
  });
}
