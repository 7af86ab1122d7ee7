import { readFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { runChecked } from "../../experiments/remote/executor";
import { jobStateSchema } from "../../store/record";
import { strikes } from "./faults";
import type { FaultKind, Round } from "./plan";
import type { Ending, Scene } from "./scene";
import { type AccountedJob, judge, type StoredJob } from "./verdict";
import { witness } from "./witness";

export interface RoundResult {
  readonly round: Round;
  /** How the run under the fault ended, in a few words. */
  readonly ended: string;
  readonly lost: readonly string[];
  readonly doubled: readonly string[];
  /** Jobs, processes and run directories that the run after it left behind. */
  readonly orphans: readonly string[];
  /** Anything else that is not as it must be. */
  readonly wrong: readonly string[];
  readonly repairedBy: string;
  readonly seconds: number;
}

interface Strike {
  readonly killedAt: number | null;
  readonly wrong: readonly string[];
  readonly repairedBy: string;
}

/** The run after a fault is a short one: it has to repair what is left, and to work. */
const AGAIN_JOBS = 5;
const NODE_MS = 60_000;

const runRowSchema = z.object({ status: z.enum(["completed", "failed", "interrupted"]) });

/** A run under a fault, a run after it, and what became of every job of the first. */
export async function playRound(scene: Scene, round: Round): Promise<RoundResult> {
  const started = performance.now();
  const earlier = scene.runNames();
  const strike = await struck(scene, round, earlier);
  const under = scene.runNames().filter((name) => !earlier.includes(name));
  const before = new Map<string, AccountedJob[]>();
  const { accounted, queued } = witness(scene.kind, scene.executor);
  for (const run of under) before.set(run, await accounted(run));

  const again = await scene.start({ jobs: AGAIN_JOBS }).ended;
  const wrong = [...strike.wrong];
  if (again.code !== 0) wrong.push(`the run after it failed: ${tail(again)}`);

  const lost: string[] = [];
  const doubled: string[] = [];
  const orphans = [...(await queued()), ...(await processes(scene)), ...(await strays(scene))];
  for (const run of under) {
    const [row] = await scene.stack.query(`SELECT status FROM runs WHERE run_id = '${run}'`);
    if (row === undefined) continue;
    const verdict = judge({
      planned: readRun(scene, run).plannedJobs,
      status: runRowSchema.parse(row).status,
      killedAt: strike.killedAt,
      stored: await storedJobs(scene, run),
      accounted: [...(before.get(run) ?? []), ...(await accounted(run))],
    });
    lost.push(...verdict.lost);
    doubled.push(...verdict.doubled);
  }
  const statuses = under.map((run) => readRun(scene, run).status).join(", ");
  return {
    round,
    ended: statuses === "" ? "before it began" : statuses,
    lost,
    doubled,
    orphans,
    wrong,
    repairedBy: strike.repairedBy,
    seconds: (performance.now() - started) / 1000,
  };
}

function struck(scene: Scene, round: Round, earlier: readonly string[]): Promise<Strike> {
  const { fault } = round;
  return fault === "up killed"
    ? strikeUp(scene, round, earlier)
    : strikeRun(scene, round, fault, earlier);
}

async function strikeRun(
  scene: Scene,
  round: Round,
  fault: Exclude<FaultKind, "up killed">,
  earlier: readonly string[],
): Promise<Strike> {
  const harness = scene.start();
  await scene.reach(round.moment, harness, earlier);
  const { restore, killedAt, wrong } = await strikes[fault](scene, harness, round);
  const ending = await harness.ended;
  await restore?.();
  return {
    killedAt: killedAt ?? null,
    wrong: wrong === undefined ? [] : [wrong],
    repairedBy: ending.code === 0 ? "the run itself" : "the next run",
  };
}

/** Pulumi and the runner that it started are killed together; their lock has to be taken away. */
async function strikeUp(scene: Scene, round: Round, earlier: readonly string[]): Promise<Strike> {
  const { stack } = scene;
  await stack.must(
    "config",
    "set",
    "--path",
    "schedlab:workload.seed",
    String(1000 + round.number),
  );
  const killedAt = await stack.killedUpAt((up) => scene.reach(round.moment, up, earlier));
  const up = await stack.up();
  return {
    killedAt,
    wrong: up.code === 0 ? [] : [`the up after it failed: ${tail(up)}`],
    repairedBy: "pulumi cancel, pulumi up",
  };
}

function tail({ code, output }: Ending): string {
  return `code ${code}: ${output.trim().split("\n").slice(-12).join(" / ")}`;
}

const runFileSchema = z.looseObject({ status: z.string(), plannedJobs: z.int() });

function readRun(scene: Scene, run: string) {
  return runFileSchema.parse(
    JSON.parse(readFileSync(path.join(scene.runs, run, "run.json"), "utf8")),
  );
}

async function storedJobs(scene: Scene, run: string): Promise<StoredJob[]> {
  const rows = await scene.stack.query(
    `SELECT job, scheduler_job, state,
       submit_s IS NOT NULL AND start_s IS NOT NULL AND end_s IS NOT NULL AS timed
     FROM jobs WHERE run_id = '${run}' ORDER BY job`,
  );
  return rows.map(({ job, scheduler_job, state, timed }) => ({
    job: Number(job),
    schedulerJob: scheduler_job === null ? null : String(scheduler_job),
    state: jobStateSchema.parse(state),
    timed: timed === true,
  }));
}

/** Processes of jobs and submitters on the nodes, when every run has ended. */
async function processes(scene: Scene): Promise<string[]> {
  const found = await Promise.all(
    scene.handle.cluster.nodes.map(async ({ name }) => {
      const { stdout } = await runChecked(
        scene.executor,
        name,
        "pgrep -fa '[/]var/spool/schedlab/' || true",
        { step: "look for processes of former runs", deadlineMs: NODE_MS },
      );
      return stdout.split("\n").flatMap((line) => (line === "" ? [] : [`${name}: ${line}`]));
    }),
  );
  return found.flat();
}

/** Run directories that are not closed, not whole, or not in the store. */
async function strays(scene: Scene): Promise<string[]> {
  const rows = await scene.stack.query("SELECT run_id FROM runs");
  const stored = new Set(rows.map(({ run_id }) => String(run_id)));
  return scene.runNames().flatMap((run) => {
    if (readRun(scene, run).status === "running") return [`run ${run} is not closed`];
    return stored.has(run) ? [] : [`run ${run} is not in the store`];
  });
}
