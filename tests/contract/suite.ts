import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { SshExecutor } from "../../experiments/remote/ssh";
import { placementNotation } from "../../experiments/schedulers/registry";
import { resultFile } from "../../experiments/schedulers/wrapper";
import type { Handle } from "../../infra/handle";
import { type SchedulerActs, schedulerActs } from "./acts";
import { contractOfAsks } from "./asks";
import { contractUnderFaults } from "./faults";
import { contractOfWhatIsForetold } from "./foretold";
import { contractOfTheImpossible } from "./impossible";
import { contractOfOrder } from "./order";
import type { Submitted } from "./session";
import { Session, sleep, soon } from "./session";

const users = ["user01", "user02"];
/** Apart from the clocks' own resolution, how far two daemons' views of one moment may lie apart. */
const looseMs = 2_000;

const command = (text: string) => ({ kind: "command", command: text }) as const;

/** How much of what takes long. */
export interface Scale {
  readonly quickJobs: number;
  /** How long the scheduler's service is away. */
  readonly awaySeconds: number;
}

/**
 * What every scheduler's adapter does on a live cluster: two nodes of two cores and one GPU, with
 * `contractPolicy` in force. Each test leaves an idle cluster. Instead of a cluster, why there is none:
 * the tests are skipped then.
 */
export function schedulerContract(
  cluster: () => Promise<Handle | string>,
  { quickJobs, awaySeconds }: Scale,
): void {
  let session: Session;
  let acts: SchedulerActs;
  let ssh: SshExecutor | undefined;
  let missing = "";

  beforeAll(async () => {
    const handle = await cluster();
    if (typeof handle === "string") {
      missing = handle;
      console.log(`skipped: ${missing}`);
      return;
    }
    ssh = new SshExecutor(handle.cluster.nodes, handle.cluster);
    acts = schedulerActs(handle.spec.scheduler.kind, ssh);
    session = await Session.open(handle, ssh, users);
  }, 1_500_000);

  afterAll(async () => {
    await session?.close();
    ssh?.close();
  }, 180_000);

  beforeEach(({ skip }) => skip(missing !== "", missing));

  afterEach(() => {
    if (missing !== "") return;
    expect(session.failures).toEqual([]);
    const several = [...session.outcomes].filter(([, told]) => told.length > 1);
    expect(several).toEqual([]);
  });

  const computeNodes = () =>
    session.handle.cluster.nodes.flatMap(({ role, name }) => (role === "compute" ? [name] : []));
  const waiting = async (job: Submitted) =>
    (await session.adapter.queue()).find(({ schedulerJob }) => schedulerJob === job.schedulerJob);

  test(
    "a job runs once, and the scheduler's times agree with its wrapper's",
    async () => {
      expect(session.version).toMatch(/^\d+\.\d+/);
      const job = await session.submit(sleep(2));
      const outcome = await session.outcome(job, soon);
      expect(outcome).toMatchObject({
        schedulerJob: job.schedulerJob,
        state: "completed",
        allocatedCores: 1,
      });
      expect(outcome.nodes).toHaveLength(1);
      const { submit = 0, eligible = 0, start = 0, end = 0 } = session.times(job);
      expect(submit).toBeGreaterThan(0);
      expect([submit, eligible, start, end].toSorted((a, b) => a - b)).toEqual([
        submit,
        eligible,
        start,
        end,
      ]);
      const began = await session.started(job);
      const ended = await session.ended(job, soon);
      expect(ended.exitCode).toBe(0);
      expect(ended.at - began.at).toBeGreaterThan(2000);
      expect(ended.at - began.at).toBeLessThan(2500);
      expect(began.at - start).toBeGreaterThan(-looseMs);
      expect(Math.abs(ended.at - end)).toBeLessThan(looseMs + 1000);
      expect(await waiting(job)).toBeUndefined();
    },
    soon,
  );

  test(
    "a failing job is failed with its own exit code, and its output is on its node",
    async () => {
      const job = await session.submit(command("echo out of order; exit 7"));
      const outcome = await session.outcome(job, soon);
      expect(outcome).toMatchObject({ state: "failed", exitCode: 7 });
      expect(await session.output(job, outcome.nodes[0] ?? "")).toContain("out of order");
      // Nothing of it stays behind: not run again, not in the queue. Its node's stream may lag behind.
      await session.ended(job, soon);
      expect(session.wrapped.filter(({ job: id }) => id === job.id)).toHaveLength(2);
      expect(await waiting(job)).toBeUndefined();
    },
    soon,
  );

  test(
    "a gang that fits has every core of both nodes, and ends as one",
    async () => {
      const job = await session.submit({ kind: "spin", seconds: 3 }, { cores: 4 });
      await session.started(job, soon);
      expect((await acts.holds(job.schedulerJob)).toSorted()).toEqual(computeNodes());
      const outcome = await session.outcome(job, soon);
      expect(outcome).toMatchObject({ state: "completed", allocatedCores: 4 });
      expect(outcome.nodes.toSorted()).toEqual(computeNodes());
      // The wrapper's node first: that is where its output is.
      const [first] = placementNotation(session.handle.spec.scheduler.kind).nodes(
        session.wrapper(job, "start")?.nodes ?? "",
      );
      expect(outcome.nodes[0]).toBe(first);
    },
    2 * soon,
  );

  test(
    "an MPI job has a rank on each of its cores, on both nodes",
    async () => {
      const program = "/usr/bin/env";
      const job = await session.submit(
        { kind: "mpi", program, files: { "in.txt": "4\n" }, result: "in.txt" },
        { cores: 4 },
      );
      const outcome = await session.outcome(job, soon);
      const node = outcome.nodes[0] ?? "";
      const output = await session.output(job, node);
      expect(outcome, output).toMatchObject({ state: "completed", allocatedCores: 4 });
      const ranks = [...output.matchAll(/^PMIX_RANK=(\d+)$/gm)].map(([, rank]) => rank);
      expect(ranks.toSorted()).toEqual(["0", "1", "2", "3"]);
      expect(await session.read(resultFile(session.directory, job.id), node)).toBe("4");
    },
    2 * soon,
  );

  test(
    "a gang that does not fit stays whole in the queue, and a short job passes it",
    async () => {
      const blocker = await session.submit(sleep(12), { limitSeconds: 300 });
      await session.started(blocker, soon);
      const gang = await session.submit(sleep(1), { cores: 4, limitSeconds: 60 });
      const short = await session.submit(sleep(1), { limitSeconds: 60 });
      expect(await session.outcome(short, soon)).toMatchObject({ state: "completed" });
      expect(session.outcomes.has(blocker.id)).toBe(false);
      expect(await acts.holds(gang.schedulerJob)).toEqual([]);
      expect(await waiting(gang)).toMatchObject({ run: session.runId, job: gang.id });
      expect(session.wrapper(gang, "start")).toBeUndefined();
      expect(await session.outcome(gang, soon)).toMatchObject({
        state: "completed",
        allocatedCores: 4,
      });
      const [last, first] = [session.wrapper(blocker, "end"), session.wrapper(gang, "start")];
      expect(first?.at).toBeGreaterThan(last?.at ?? Number.POSITIVE_INFINITY);
    },
    3 * soon,
  );

  test(
    "a GPU belongs to one job at a time, and a job has those of its nodes",
    async () => {
      const first = await session.submit(sleep(6), { gpus: 2, cores: 2 });
      const second = await session.submit(sleep(1), { gpus: 1 });
      expect((await session.outcome(first, soon)).nodes.toSorted()).toEqual(computeNodes());
      expect(await session.outcome(second, soon)).toMatchObject({ state: "completed" });
      // Two cores were free all the time.
      const [last, next] = [session.wrapper(first, "end"), session.wrapper(second, "start")];
      expect(next?.at).toBeGreaterThan(last?.at ?? Number.POSITIVE_INFINITY);
    },
    2 * soon,
  );

  test(
    "a running and a waiting job are cancelled, and their cores are free again",
    async () => {
      const running = await session.submit(sleep(600), { cores: 4, limitSeconds: 900 });
      await session.started(running, soon);
      const queued = await session.submit(sleep(600), { cores: 4, limitSeconds: 900 });
      await session.adapter.cancel([queued.schedulerJob, running.schedulerJob, "999999"]);
      expect(await session.outcome(queued, soon)).toMatchObject({
        state: "cancelled",
        nodes: [],
        allocatedCores: null,
      });
      const outcome = await session.outcome(running, soon);
      expect(outcome).toMatchObject({ state: "cancelled" });
      expect(outcome.nodes).toHaveLength(2);
      const ended = await session.ended(running, soon);
      expect(ended.exitCode).toBe(143);
      const next = await session.submit(sleep(0), { cores: 4 });
      expect(await session.outcome(next, soon)).toMatchObject({ state: "completed" });
    },
    3 * soon,
  );

  // The one sleeps on half of the cores for a minute.
  describe.concurrent("beside each other", () => {
    test(
      "a job over its time limit is ended, and notes its end itself",
      async () => {
        const { leastLimitSeconds } = acts;
        expect(session.adapter.capabilities.limitResolutionSeconds).toBe(leastLimitSeconds);
        const job = await session.submit(sleep(600), { limitSeconds: 1, cores: 2 });
        const began = await session.started(job, soon);
        const limitMs = leastLimitSeconds * 1000 + 60_000;
        expect(await session.outcome(job, limitMs)).toMatchObject({ state: "timeout" });
        const ended = await session.ended(job, soon);
        expect(ended.exitCode).toBe(acts.overLimitCode);
        // From the scheduler's own start: starting a container counts to its limit.
        const { start = Number.NaN } = session.times(job);
        expect(ended.at - start).toBeGreaterThan(leastLimitSeconds * 1000 - looseMs);
        expect(ended.at).toBeGreaterThan(began.at);
        expect(await waiting(job)).toBeUndefined();
      },
      3 * soon,
    );

    test(`${quickJobs} quick jobs of two users each run once, as their users`, async () => {
      const started = performance.now();
      const jobs = await Promise.all(
        Array.from({ length: quickJobs }, (_, index) =>
          session.submit(command("id -un"), { user: users[index % users.length] ?? "" }),
        ),
      );
      const accepted = performance.now();
      const outcomes = await Promise.all(jobs.map((job) => session.outcome(job, 300_000)));
      const ended = performance.now();
      console.log(
        `${quickJobs} quick jobs: accepted in ${((accepted - started) / 1000).toFixed(1)} s, done in ${((ended - started) / 1000).toFixed(1)} s`,
      );
      expect(outcomes.filter(({ state }) => state !== "completed")).toEqual([]);
      expect(new Set(jobs.map(({ schedulerJob }) => schedulerJob)).size).toBe(quickJobs);
      for (const event of ["start", "end"] as const) {
        await session.until(
          `every ${event}`,
          () => (jobs.every((job) => session.wrapper(job, event)) ? true : undefined),
          soon,
        );
      }
      const ids = new Set(jobs.map(({ id }) => id));
      expect(session.wrapped.filter(({ job }) => ids.has(job))).toHaveLength(2 * quickJobs);
      for (const [index, job] of jobs.slice(0, 2).entries()) {
        expect(await session.output(job, outcomes[index]?.nodes[0] ?? "")).toBe(users[index]);
      }
    }, 420_000);
  });

  test(
    "users' shares are the scheduler's own",
    async ({ skip }) => {
      const { shares } = acts;
      if (shares === null) return skip("its policy has no shares");
      expect(await shares()).toMatchObject({ user01: 1, user02: 3 });
    },
    soon,
  );

  test(
    "the daemons' cost is known on every node",
    async () => {
      const costs = await session.adapter.daemons({ resetPeak: true });
      const named = (node: string) =>
        costs.filter((cost) => cost.node === node).map(({ daemon }) => daemon);
      expect(named("controller")).toEqual(expect.arrayContaining([...acts.daemons.controller]));
      for (const node of computeNodes()) {
        expect(named(node)).toEqual(expect.arrayContaining([...acts.daemons.node]));
      }
      for (const cost of costs) expect(cost.peakMemoryBytes, cost.daemon).toBeGreaterThan(0);
    },
    soon,
  );

  contractOfAsks(() => ({ session }));

  contractOfOrder(() => ({ session }));

  contractOfWhatIsForetold(() => ({ session }));

  contractUnderFaults(() => ({ session, acts }), awaySeconds);

  contractOfTheImpossible(() => ({ session }));
}
