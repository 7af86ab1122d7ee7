import type { GoingRun } from "../../experiments/run/going";
import type { CampaignRecord, RunState } from "../../store/campaigns";
import type { Driver } from "../drive/driver-lock";
import { runKey } from "../drive/workspace";
import { timeLeft } from "./time-left";

export interface RunningRun {
  readonly run: string;
  readonly position: number;
  readonly label: string;
  readonly repeat: number;
  readonly stack: string;
  /** ISO 8601, UTC. */
  readonly since: string;
  readonly jobs: number;
}

export interface FailedRun {
  readonly run: string | null;
  readonly position: number;
  readonly label: string;
  readonly repeat: number;
  readonly tries: number;
  readonly reason: string | null;
}

export interface TupleProgress {
  readonly label: string;
  readonly stack: string;
  readonly planned: number;
  readonly done: number;
  readonly failed: number;
  /** Of its completed runs; null without one. */
  readonly meanSeconds: number | null;
}

/** How far a campaign is, by the store and the run directories beside it. */
export interface CampaignStatus {
  readonly campaign: string;
  readonly planned: number;
  readonly done: number;
  readonly running: readonly RunningRun[];
  /** Not to be tried again. */
  readonly failed: readonly FailedRun[];
  /** Neither done, running nor failed. */
  readonly remaining: number;
  /** Runs that were interrupted or failed and did not count, because the run was tried again. */
  readonly triedInVain: number;
  /** Completed runs that the plan, as it was last driven, no longer has. */
  readonly unplanned: number;
  /** At least, without the time that clusters take to come up and go down; 0 when nothing remains. */
  readonly secondsLeft: number;
  /** How far the random order is kept, in words. */
  readonly orderKept: string;
  readonly driver: {
    readonly pid: number;
    readonly user: string;
    readonly host: string;
    readonly since: string;
  } | null;
  /** In the order of the plan's first runs. */
  readonly tuples: readonly TupleProgress[];
}

/** Pure. `going` may hold runs of others. */
export function campaignStatus(
  record: CampaignRecord,
  going: readonly GoingRun[],
  driver: Driver | null,
): CampaignStatus {
  const { campaign, retryFailed, clustersAtOnce } = record;
  const runningKeys = new Map(
    going
      .filter(({ run }) => run.campaign?.name === campaign)
      .map(({ run }) => [runKey(run.tupleHash, run.repeat), run]),
  );
  const done = record.runs.filter(({ completed }) => completed > 0);
  const open = record.runs.filter(({ completed }) => completed === 0);
  const running = open.flatMap((state): RunningRun[] => {
    const run = runningKeys.get(runKey(state.tuple, state.repeat));
    if (run === undefined) return [];
    const { position, label, repeat, stack } = state;
    const since = new Date(run.startedAt).toISOString();
    return [{ run: run.id, position, label, repeat, stack, since, jobs: run.plannedJobs }];
  });
  const isRunning = new Set(running.map(({ position }) => position));
  const failed = open.filter(
    ({ failed: times, position }) => times > retryFailed && !isRunning.has(position),
  );
  const givenUp = new Set(failed.map(({ position }) => position));
  const timed = record.runs.map((state) => ({
    ...state,
    seconds: state.runSeconds,
    open: state.completed === 0 && !givenUp.has(state.position),
  }));
  return {
    campaign,
    planned: record.runs.length,
    done: done.length,
    running,
    failed: failed.map(failedRun),
    remaining: open.length - running.length - failed.length,
    triedInVain: record.runs.reduce((sum, state) => sum + state.failed + state.interrupted, 0),
    unplanned: record.unplanned,
    secondsLeft: timeLeft(timed, clustersAtOnce),
    orderKept: record.orderKept,
    driver: driver && {
      pid: driver.pid,
      user: driver.user,
      host: driver.hostname,
      since: driver.since,
    },
    tuples: tupleProgress(record.runs, givenUp),
  };
}

function failedRun({ runId, position, label, repeat, failed, lastProblem }: RunState): FailedRun {
  return { run: runId, position, label, repeat, tries: failed, reason: lastProblem };
}

function tupleProgress(runs: readonly RunState[], givenUp: ReadonlySet<number>): TupleProgress[] {
  const byTuple = new Map<string, RunState[]>();
  for (const run of runs) {
    const own = byTuple.get(run.tuple);
    if (own === undefined) byTuple.set(run.tuple, [run]);
    else own.push(run);
  }
  return [...byTuple.values()].map((own) => {
    const seconds = own.flatMap(({ runSeconds }) => runSeconds ?? []);
    const [{ label, stack }] = own as [RunState];
    return {
      ...{ label, stack, planned: own.length },
      done: own.filter(({ completed }) => completed > 0).length,
      failed: own.filter(({ position }) => givenUp.has(position)).length,
      meanSeconds:
        seconds.length === 0 ? null : seconds.reduce((sum, one) => sum + one, 0) / seconds.length,
    };
  });
}
