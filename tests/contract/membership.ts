import { setTimeout as delay } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { SshExecutor } from "../../experiments/remote/ssh";
import type { Membership, NodesSeen, NodeView } from "../../experiments/schedulers/adapter";
import type { Handle } from "../../infra/handle";
import { type SchedulerActs, schedulerActs } from "./acts";
import { lxc } from "./link";
import { Session, type Submitted, sleep, soon } from "./session";

/** Cores of all nodes, and of all but one. */
const [all, allButOne] = [6, 4];
const upMs = 1_500_000;

/**
 * What every scheduler's membership does on a live cluster: an elastic pool of three nodes of two cores and
 * one GPU, all of which are there, and nothing else. Each test leaves an idle cluster with all nodes.
 * Instead of a cluster, why there is none: the tests are skipped then.
 */
export function membershipContract(cluster: () => Promise<Handle | string>): void {
  let session: Session;
  let acts: SchedulerActs;
  let membership: Membership;
  let ssh: SshExecutor | undefined;
  let watch: { close(): void } | undefined;
  let latest: NodesSeen | undefined;
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
    session = await Session.open(handle, ssh, ["user01"]);
    const { membership: its } = session.adapter;
    if (its === undefined) throw new Error("this scheduler's nodes cannot come and go");
    membership = its;
    watch = await membership.watch(
      (seen) => {
        latest = seen;
      },
      {
        warning: (message) => session.warnings.push(message),
        failure: (error) => session.failures.push(error.message),
      },
    );
  }, upMs);

  afterAll(async () => {
    watch?.close();
    await session?.close();
    ssh?.close();
  }, 180_000);

  beforeEach(({ skip }) => skip(missing !== "", missing));

  afterEach(() => {
    if (missing !== "") return;
    expect(session.failures).toEqual([]);
    expect([...session.outcomes].filter(([, told]) => told.length > 1)).toEqual([]);
  });

  const names = () =>
    session.handle.cluster.nodes.flatMap(({ role, name }) => (role === "compute" ? [name] : []));
  const view = (node: string): NodeView | undefined =>
    latest?.nodes.find(({ name }) => name === node);
  const become = (node: string, what: string, is: (view: NodeView) => boolean) =>
    session.until(
      `${node} to be ${what}`,
      () => {
        const now = view(node);
        return now !== undefined && is(now) ? now : undefined;
      },
      soon,
    );
  const away = (node: string) =>
    become(node, "away", ({ state }) => state === "absent" || state === "down");
  const schedulable = (node: string) =>
    become(node, "schedulable", ({ state }) => state === "schedulable");
  const idle = (node: string) => become(node, "without jobs", ({ jobs }) => jobs === 0);
  /** Seconds that something takes. */
  const timed = async (work: () => Promise<unknown>): Promise<number> => {
    const before = performance.now();
    await work();
    return (performance.now() - before) / 1000;
  };
  const say = (what: string, seconds: number) =>
    console.log(`${session.adapter.kind}: ${what}: ${seconds.toFixed(2)} s`);
  /** A job that needs every node: all of them take jobs. */
  const useAll = async () => {
    const job = await session.submit(sleep(0), { cores: all, gpus: names().length });
    const outcome = await session.outcome(job, 2 * soon);
    expect(outcome).toMatchObject({ state: "completed", allocatedCores: all });
    expect(outcome.nodes.toSorted()).toEqual(names());
  };
  const letGo = async (node: string) => {
    await membership.drain(node, "finish");
    await idle(node);
    await membership.leave(node);
    await away(node);
  };
  const takeIn = async (node: string) => {
    await membership.join(node);
    await schedulable(node);
  };
  const starts = ({ id }: Submitted) =>
    session.wrapped.filter(({ job, event }) => job === id && event === "start").length;
  const domain = (node: string) => `${session.handle.cluster.name}-${node}`;
  const answers = async (node: string) => {
    const until = performance.now() + soon;
    for (;;) {
      try {
        await ssh?.run(node, "true", { step: "look whether it answers", deadlineMs: 30_000 });
        return;
      } catch (error) {
        if (performance.now() > until) throw error;
        await delay(100);
      }
    }
  };

  test("every node is told of with its cores, by the watch as by a question", async () => {
    for (const name of names()) await schedulable(name);
    const seen = await membership.nodes();
    expect(seen.nodes).toEqual(latest?.nodes);
    expect(seen.nodes).toEqual(
      names().map((name) => ({ name, state: "schedulable", cores: 2, jobs: 0 })),
    );
    expect(Math.abs(seen.at - Date.now())).toBeLessThan(5_000);
    for (const { resolutionMs } of [seen, latest ?? seen]) {
      expect(resolutionMs).toBeGreaterThan(0);
      expect(resolutionMs).toBeLessThan(2_000);
    }
  });

  test(
    "an idle node leaves, and a job wider than the rest waits until it is back",
    async () => {
      const [node = ""] = names().slice(-1);
      const drains = await timed(() => membership.drain(node, "finish"));
      await become(node, "draining", ({ state }) => state === "draining");
      const leaves = await timed(async () => {
        await membership.leave(node);
        await away(node);
      });
      say("from the drain to its end, idle", drains);
      say("from leave to gone", leaves);
      const wide = await session.submit(sleep(0), { cores: all });
      const narrow = await session.submit(sleep(0), { cores: allButOne });
      const { nodes } = await session.outcome(narrow, soon);
      expect(nodes).not.toContain(node);
      expect(session.outcomes.has(wide.id)).toBe(false);
      expect(await session.adapter.queue()).toMatchObject([{ job: wide.id }]);
      const before = performance.now();
      await membership.join(node);
      await schedulable(node);
      say("from join to schedulable", (performance.now() - before) / 1000);
      await session.started(wide, soon);
      say("from join to the first job's start", (performance.now() - before) / 1000);
      expect(await session.outcome(wide, soon)).toMatchObject({
        state: "completed",
        allocatedCores: all,
      });
      expect(starts(wide)).toBe(1);
    },
    5 * soon,
  );

  test(
    "a busy node that is to leave finishes what it has, and gets nothing more",
    async () => {
      const gang = await session.submit(sleep(12), { cores: all, limitSeconds: 300 });
      await session.started(gang, soon);
      const [node = ""] = names().slice(-1);
      await become(node, "busy", ({ jobs }) => jobs > 0);
      await membership.drain(node, "finish");
      await become(node, "draining", ({ state, jobs }) => state === "draining" && jobs > 0);
      const later = await Promise.all(
        names().flatMap(() => [1, 2].map(() => session.submit(sleep(1)))),
      );
      expect(await session.outcome(gang, soon)).toMatchObject({
        state: "completed",
        allocatedCores: all,
      });
      for (const job of later) {
        const outcome = await session.outcome(job, soon);
        expect(outcome).toMatchObject({ state: "completed" });
        expect(outcome.nodes).not.toContain(node);
      }
      await idle(node);
      await membership.leave(node);
      await away(node);
      await takeIn(node);
      await useAll();
    },
    8 * soon,
  );

  test(
    "a busy node that is to leave at once sends its jobs back to the queue, each of them once",
    async ({ skip }) => {
      if (session.handle.spec.topology.nodes.elastic?.leaving !== "requeue") {
        return skip("the jobs of this cluster's nodes finish");
      }
      const gang = await session.submit(sleep(15), { cores: allButOne, limitSeconds: 300 });
      await session.started(gang, soon);
      const [node = ""] = await acts.holds(gang.schedulerJob);
      await become(node, "busy", ({ jobs }) => jobs > 0);
      const before = performance.now();
      await membership.drain(node, "requeue");
      await idle(node);
      say("from the drain to its end, with jobs to requeue", (performance.now() - before) / 1000);
      await membership.leave(node);
      await away(node);
      await session.until("its second start", () => starts(gang) === 2 || undefined, 2 * soon);
      say("from the drain to the job's second start", (performance.now() - before) / 1000);
      const outcome = await session.outcome(gang, 2 * soon);
      expect(outcome).toMatchObject({ state: "completed", allocatedCores: allButOne });
      expect(outcome.nodes).not.toContain(node);
      const own = session.moments.filter(({ job }) => job === gang.id);
      expect(own.filter(({ former }) => former === true).map(({ event }) => event)).toContain(
        "end",
      );
      const known = (await session.adapter.accounting()).filter(({ job }) => job === gang.id);
      expect(known.map(({ schedulerJob }) => schedulerJob)).toEqual([gang.schedulerJob]);
      await takeIn(node);
      await useAll();
    },
    8 * soon,
  );

  test(
    "every act can be repeated",
    async () => {
      const [node = ""] = names();
      await membership.join(node);
      await membership.drain(node, "finish");
      await membership.drain(node, "finish");
      // What is let go may be wanted again before it has left.
      await takeIn(node);
      await membership.drain(node, "finish");
      await membership.leave(node);
      await membership.leave(node);
      await membership.drain(node, "finish");
      await away(node);
      await membership.join(node);
      await takeIn(node);
      await useAll();
    },
    8 * soon,
  );

  test(
    "a node that was switched off meanwhile joins again",
    async () => {
      const [node = ""] = names().slice(-1);
      await letGo(node);
      ssh?.disconnect(node);
      await lxc("destroy", domain(node));
      await membership.leave(node);
      const boots = await timed(async () => {
        await lxc("start", domain(node));
        await answers(node);
      });
      say("from its domain's start to its answer", boots);
      say("from join to schedulable after that", await timed(() => takeIn(node)));
      await useAll();
    },
    8 * soon,
  );

  test(
    "a node that is lost with a job can be taken out and taken in, and the job is told as such",
    async () => {
      const [node = ""] = names().slice(-1);
      const job = await session.submit(sleep(600), { cores: all, limitSeconds: 900 });
      await session.started(job, soon);
      ssh?.disconnect(node);
      await lxc("destroy", domain(node));
      try {
        say("from leave to gone of a lost node", await timed(() => membership.leave(node)));
        await away(node);
        await session.until(
          "the job's end, or its return to the queue",
          () => session.outcomes.get(job.id)?.[0]?.state ?? former(job),
          2 * soon,
        );
        const told = session.outcomes.get(job.id)?.[0];
        if (told === undefined) await session.adapter.cancel([job.schedulerJob]);
        else expect(told.state).toBe("node-failed");
        await session.outcome(job, soon);
      } finally {
        await lxc("start", domain(node));
        await answers(node);
      }
      await takeIn(node);
      await useAll();
    },
    8 * soon,
  );

  /** The job's first attempt has ended; Slurm tells of it with the job's final record only. */
  const former = ({ id, schedulerJob }: Submitted) =>
    session.moments.some((moment) => moment.job === id && moment.former === true)
      ? schedulerJob
      : undefined;
}
