import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Failure } from "../../base/failure";
import type { Reporter } from "../../base/reporter";
import { goingRuns } from "../../experiments/run/going";
import type { Handle } from "../../infra/handle";
import { readCampaign, storedRunIds } from "../../store/campaigns";
import type { CampaignCluster, PlannedRun, Tuple } from "../plan/types";
import { clusterConfig, handleOfRun } from "./cluster-config";
import { startRunner } from "./runner";
import type { CampaignStacks } from "./stacks";
import { type Recorded, type RunEnd, runKey, type Workspace } from "./workspace";

/** Time between two looks at a run that an earlier driver left going. */
const LOOK_MS = 1_000;
/** How long another program may hold the store: a run with many jobs is loaded and simulated in it. */
const PATIENCE_MS = 120_000;

export interface LiveOptions {
  readonly campaign: string;
  /** Absolute path of the DuckDB file; it holds the plan. */
  readonly store: string;
  readonly runsDir: string;
  readonly report: Reporter;
  /** Closes the stack's runs whose harness is gone, and loads what the store lacks of those that ended. */
  readonly loadEarlier: (stack: string) => Promise<void>;
}

/** Real clusters: stacks by Pulumi, runs by `schedlab run`, records in the store. */
export class LiveWorkspace implements Workspace {
  readonly #stacks: CampaignStacks;
  readonly #options: LiveOptions;
  readonly #handles = new Map<string, Handle>();

  constructor(stacks: CampaignStacks, options: LiveOptions) {
    this.#stacks = stacks;
    this.#options = options;
  }

  async recorded(): Promise<ReadonlyMap<string, Recorded>> {
    const { runs } = await this.#plan();
    return new Map(
      runs.map(({ tuple, repeat, completed, failed, runSeconds }) => [
        runKey(tuple, repeat),
        { completed: completed > 0, failed, seconds: runSeconds },
      ]),
    );
  }

  /** By their exact names: another campaign's may begin alike. */
  async stacks(): Promise<readonly string[]> {
    const { stacks } = await this.#plan();
    const there = new Set(await this.#stacks.names());
    return stacks.filter((stack) => there.has(stack));
  }

  async settle(stack: string, stop: AbortSignal): Promise<void> {
    await this.#stacks.unlock(stack, stop);
    await this.#awaitRuns(stack, stop);
    await this.#options.loadEarlier(stack);
  }

  async up(cluster: CampaignCluster, tuple: Tuple, stop: AbortSignal): Promise<void> {
    const { stack } = cluster;
    this.#handles.delete(stack);
    this.#handles.set(stack, await this.#stacks.up(stack, clusterConfig(cluster, tuple), stop));
  }

  async run(run: PlannedRun, stop: AbortSignal): Promise<RunEnd> {
    const { stack } = run;
    const { runsDir, loadEarlier } = this.#options;
    const handle = this.#handles.get(stack);
    if (handle === undefined) throw new Error(`stack ${stack} has no handle`);
    const log = path.join(path.dirname(runsDir), "campaigns", `${stack}.log`);
    const { end, loaded } = await startRunner(handleOfRun(handle, run, this.#options), {
      log,
      stop,
    });
    if (!loaded) await loadEarlier(stack);
    return end;
  }

  async down(stack: string, stop: AbortSignal): Promise<void> {
    this.#options.report(`cluster ${stack}: taking it down`);
    await this.#stacks.down(stack, stop);
  }

  async #plan() {
    const { store, campaign, report } = this.#options;
    const record = await readCampaign(store, campaign, { patienceMs: PATIENCE_MS, report });
    if (record === null) throw new Error(`campaign ${campaign} is not in ${store}`);
    return record;
  }

  /** A killed driver's run goes on without it; two on one cluster would disturb each other. */
  async #awaitRuns(stack: string, stop: AbortSignal): Promise<void> {
    const { runsDir, store, report } = this.#options;
    const ended = await storedRunIds(store);
    for (let said = false; ; said = true) {
      stop.throwIfAborted();
      const going = goingRuns(runsDir, ended).find(({ run }) => run.experiment === stack);
      if (going === undefined) return;
      const { run, life } = going;
      if (life === "unknown") {
        throw new Failure(`run ${run.id} on stack ${stack} belongs to another host or container`, {
          remedy: `if it is gone: npx schedlab run --stack ${stack} --take-over ${run.id}`,
        });
      }
      if (!said)
        report(`stack ${stack}: waiting for run ${run.id}, which goes on without its driver`);
      await delay(LOOK_MS, undefined, { signal: stop }).catch(() => stop.throwIfAborted());
    }
  }
}
