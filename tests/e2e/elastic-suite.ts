import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { SshExecutor } from "../../experiments/remote/ssh";
import { liveCluster } from "../../experiments/run/live-cluster";
import { createAdapter } from "../../experiments/schedulers/registry";
import type { Handle } from "../../infra/handle";
import { elasticSchema } from "../../spec/elastic";
import type { SchedulerKind } from "../../spec/scheduler";
import { type Harness, Scene } from "../chaos/scene";
import { killTree } from "./process-tree";
import { notRoot, TestStack } from "./test-stack";

/** Checks that say something of the jobs; the others are about the host, which is busy with tests. */
const jobChecks = [
  "one-scheduler-job",
  "whole-attempts",
  "within-capacity",
  "moments-in-order",
  "records-complete",
];
const mostNodes = 3;
const upMs = 600_000;
const runMs = 300_000;

/** A job of a log: submit time, run time, cores. */
type LogLine = readonly [at: number, run: number, cores: number];

/**
 * One job, then a burst that three nodes of two cores are too few for, in it a job that is wider than the
 * node of the start, and `again` seconds after the start two jobs, for which the nodes have to come back.
 */
const burst = (again: number): readonly LogLine[] => [
  [0, 3, 1],
  ...Array.from({ length: 6 }, (_, index): LogLine => [4, 5, 1 + (index % 2)]),
  [5, 4, 5],
  [again, 4, 2],
  [again, 4, 2],
];
/** Long jobs beside short ones: once these have ended, fewer nodes would do. */
const uneven: readonly LogLine[] = [1, 2, 3, 4, 5, 6].map((at) => [at, at % 2 === 1 ? 25 : 10, 1]);

function log(lines: readonly LogLine[]): string {
  const jobs = lines.map(
    ([at, run, cores], index) =>
      `${index + 1} ${at} -1 ${run} ${cores} -1 -1 ${cores} ${run + 5} -1 1 1 1 -1 -1 -1 -1 -1`,
  );
  return ["; MaxProcs: 6", "; MaxNodes: 3", ...jobs, ""].join("\n");
}

export interface ElasticSuite {
  readonly kind: SchedulerKind;
  /** Profile of the controller, and of the nodes. */
  readonly controller: object;
  readonly nodes: object;
  /** When the burst's last jobs come, in seconds: once all others are over and the nodes have left. */
  readonly again: number;
  /** Whether jobs of a node that leaves can be put back; where they cannot, this is refused. */
  readonly requeues: boolean;
  /** Why there can be no stack; empty when there can. */
  readonly missing?: () => Promise<string>;
}

/** An elastic pool of one to three nodes on live containers, under any scheduler. */
export function elasticOnStack(suite: ElasticSuite): void {
  const { kind, controller, nodes, again, requeues, missing = async () => "" } = suite;
  const burstJobs = burst(again);

  describe.skipIf(notRoot)(`elastic pools: ${kind}${notRoot}`, () => {
    let stack: TestStack;
    let handle: Handle;
    let scene: Scene;
    let why = "";

    beforeEach(({ skip }) => {
      if (why !== "") skip(why);
    });

    beforeAll(async () => {
      why = await missing();
      if (why !== "") return;
      stack = await TestStack.create(tuple("daemon"));
      writeFileSync(path.join(stack.directory, "burst.swf"), log(burstJobs));
      writeFileSync(path.join(stack.directory, "uneven.swf"), log(uneven));
      await stack.configure({ ...tuple("daemon"), run: { onUp: false, deadline: 240 } });
      await stack.mustUp();
      handle = await stack.handle();
      const runs = path.join(stack.directory, "results", "runs");
      mkdirSync(runs, { recursive: true });
      scene = new Scene(kind, stack, handle, runs);
    }, upMs);

    afterAll(async () => {
      scene?.close();
      await stack?.dispose();
    }, 300_000);

    const pool = (change: object) => elasticSchema.parse({ min: 1, max: mostNodes, ...change });

    function tuple(provisioning: "daemon" | "domain") {
      const elastic = pool({
        policy: { kind: "pressure", coolDown: 2, idle: 4 },
        provisioning: { kind: provisioning },
      });
      return {
        topology: {
          domain: "lxc",
          controller,
          nodes: { ...nodes, count: 1, elastic },
          overcommit: { cores: 8 },
        },
        scheduler: { kind },
        workload: { kind: "trace", jobs: 1 },
      };
    }

    /** A harness on the stack's cluster with another pool, or none, and a log of the test's own. */
    function start(file: string, change: object | null): Harness {
      const { spec } = handle;
      const { elastic: _, ...plain } = spec.topology.nodes;
      const changed =
        change === null ? { ...plain, count: mostNodes } : { ...plain, elastic: pool(change) };
      const workload = {
        ...spec.workload,
        file: path.join(stack.directory, file),
        jobs: (file === "burst.swf" ? burstJobs : uneven).length,
      };
      const own = {
        ...handle,
        spec: { ...spec, workload, topology: { ...spec.topology, nodes: changed } },
      } as Handle;
      return new Scene(kind, stack, own, scene.runs).start();
    }

    async function completed(harness: Harness): Promise<string> {
      const { code, output } = await harness.ended;
      expect(code, output).toBe(0);
      return scene.runNames().at(-1) ?? "";
    }

    async function eventsOf(run: string): Promise<Map<string, string[]>> {
      const rows = await stack.query(
        `SELECT node, string_agg(event, ' ' ORDER BY at_s) AS events FROM node_events
         WHERE run_id = '${run}' GROUP BY node`,
      );
      return new Map(rows.map(({ node, events }) => [String(node), String(events).split(" ")]));
    }

    /** What the scheduler itself says of its nodes. */
    async function schedulable(): Promise<string[]> {
      const executor = new SshExecutor(handle.cluster.nodes, handle.cluster);
      try {
        const { membership } = createAdapter(
          { executor, cluster: liveCluster(handle), runId: "none", nodeDirectory: "/none" },
          handle.spec.scheduler,
        );
        const seen = await membership?.nodes();
        return (seen?.nodes ?? [])
          .flatMap(({ name, state }) => (state === "schedulable" ? [name] : []))
          .sort();
      } finally {
        executor.close();
      }
    }

    const all = ["node01", "node02", "node03"];

    async function sound(run: string, jobs: number): Promise<void> {
      expect(
        await stack.query(`SELECT status, failed_jobs FROM runs WHERE run_id = '${run}'`),
      ).toEqual([{ status: "completed", failed_jobs: 0 }]);
      expect(
        await stack.query(
          `SELECT count(*)::INTEGER AS jobs FROM jobs WHERE run_id = '${run}' AND state = 'completed'`,
        ),
      ).toEqual([{ jobs }]);
      expect(
        await stack.query(
          `SELECT check_name, explanation FROM audits WHERE run_id = '${run}' AND verdict = 'failed'
           AND check_name IN (${jobChecks.map((name) => `'${name}'`).join(", ")})`,
        ),
      ).toEqual([]);
      expect(await schedulable()).toEqual(all);
    }

    test.each(["daemon", "domain"] as const)(
      "nodes join for a burst, take jobs, and leave when they are idle (%s)",
      async (provisioning) => {
        const change = {
          policy: { kind: "pressure", coolDown: 2, idle: 4 },
          provisioning: { kind: provisioning },
        };
        const run = await completed(start("burst.swf", change));
        await sound(run, burstJobs.length);

        const events = await eventsOf(run);
        for (const node of ["node02", "node03"]) {
          const told = events.get(node) ?? [];
          expect(told.slice(0, 2)).toEqual(["left", "join-decided"]);
          expect(told).toEqual(expect.arrayContaining(["started", "schedulable"]));
          expect(told).not.toContain("given-up");
          expect(told).not.toContain("lost");
        }
        const left = [...events.values()].flat().filter((event) => event === "drained");
        expect(left.length).toBeGreaterThan(0);

        const used = await stack.query(
          `SELECT DISTINCT unnest(nodes) AS node FROM jobs WHERE run_id = '${run}' ORDER BY node`,
        );
        expect(used.map(({ node }) => node)).toEqual(all);
        const supply = await stack.query(
          `SELECT min(cores)::INTEGER AS least, max(cores)::INTEGER AS most, arg_min(cores, at_s)::INTEGER AS first
           FROM supply_steps WHERE run_id = '${run}'`,
        );
        expect(supply).toEqual([{ least: 2, most: 6, first: 2 }]);
        const decisions = await stack.query(
          `SELECT pool, policy, max(at_s - cause_s) AS slowest FROM scaling_decisions
           WHERE run_id = '${run}' GROUP BY ALL`,
        );
        expect(decisions).toMatchObject([{ pool: "nodes", policy: "pressure" }]);
        // A host that is busy with other tests is slower than the 200 ms that a quiet one keeps.
        expect(decisions[0]?.slowest).toBeLessThan(2);
      },
      runMs,
    );

    test(
      "a node that leaves puts its jobs back where the pool says so, and none is lost",
      async ({ skip }) => {
        if (!requeues) skip("it cannot put the jobs of a node back");
        const change = {
          policy: { kind: "pressure", coolDown: 2, idle: 2 },
          provisioning: { kind: "daemon" },
          leaving: "requeue",
        };
        const run = await completed(start("uneven.swf", change));
        await sound(run, uneven.length);
        const twice = await stack.query(
          `SELECT job FROM attempts WHERE run_id = '${run}' GROUP BY job HAVING count(*) > 1`,
        );
        expect(twice.length).toBeGreaterThan(0);
      },
      runMs,
    );

    test(
      "what a harness that was killed left away is brought back by the next run, elastic or not",
      async () => {
        const change = {
          policy: { kind: "pressure", coolDown: 1, idle: 2 },
          provisioning: { kind: "domain" },
        };
        const harness = start("burst.swf", change);
        const killed = await reached(harness, "draining");
        killTree(harness.pid);
        await harness.ended;
        expect(await schedulable()).not.toEqual(all);

        const run = await completed(start("uneven.swf", null));
        await sound(run, uneven.length);
        expect(await stack.query(`SELECT status FROM runs WHERE run_id = '${killed}'`)).toEqual([
          { status: "interrupted" },
        ]);
        expect((await stack.up()).code).toBe(0);
        expect(await schedulable()).toEqual(all);
      },
      2 * runMs,
    );

    /** Waits until the harness's run has noted an event. @returns the run. */
    async function reached(harness: Harness, event: string): Promise<string> {
      const earlier = scene.runNames();
      let over = false;
      harness.ended.finally(() => {
        over = true;
      });
      while (!over) {
        const run = readdirSync(scene.runs).find((name) => !earlier.includes(name));
        if (run !== undefined && noted(run).includes(`"${event}"`)) return run;
        await delay(50);
      }
      throw new Error(`no node event ${event} before the end: ${(await harness.ended).output}`);
    }

    function noted(run: string): string {
      try {
        return readFileSync(path.join(scene.runs, run, "node-events.jsonl"), "utf8");
      } catch {
        return "";
      }
    }
  });
}
