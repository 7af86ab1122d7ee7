import path from "node:path";
import type { RunEnd } from "../../campaigns/drive/workspace";
import type { PlannedRun } from "../../campaigns/plan/types";
import type { Laboratory } from "../../cli/campaign-run-drive";
import { loadRun } from "../../store/load";
import { plantedNodes, plantedRun } from "../analysis/whatif/planted-runs";
import { FakeWorkspace, type World } from "../campaigns/drive/fake-world";
import { writeRun } from "../store/run-fixture";

export interface Effect {
  /** Factor of the wait of jobs with more than 32 cores on the changed side. */
  readonly bigWaits: number;
  /** Step of the driver at which a person presses Ctrl-C. */
  readonly interruptAt?: number;
}

/** Clusters that are none, whose runs are drawn and loaded into the store as real ones are. */
export function plantedLaboratory(world: World, effect: Effect): Laboratory {
  const finish = new AbortController();
  const onStep = (step: number) => {
    if (step === effect.interruptAt) finish.abort();
  };
  return {
    clustersAtOnce: async () => 1,
    workspace: async (campaign, store) =>
      new Planted(world, { ...effect, campaign, store }, onStep),
    interrupts: () => ({ finish: finish.signal, stop: new AbortController().signal }),
  };
}

/** For what must run nothing. */
export const noLaboratory: Laboratory = {
  clustersAtOnce: () => Promise.reject(new Error("asked for clusters")),
  workspace: () => Promise.reject(new Error("asked for a workspace")),
  interrupts: () => {
    throw new Error("asked for interrupts");
  },
};

class Planted extends FakeWorkspace {
  readonly #options: Effect & { readonly campaign: string; readonly store: string };

  constructor(
    world: World,
    options: Effect & { campaign: string; store: string },
    onStep: (step: number) => void,
  ) {
    super(world, { onStep });
    this.#options = options;
  }

  override async run(run: PlannedRun, stop: AbortSignal): Promise<RunEnd> {
    const end = await super.run(run, stop);
    if (end.kind === "ended" && end.status === "completed") await this.#load(run);
    return end;
  }

  async #load({ tuple, repeat, position }: PlannedRun): Promise<void> {
    const { campaign, store, bigWaits } = this.#options;
    const side = tuple.axes.configuration === "changed" ? "changed" : "now";
    const draw = Number(tuple.axes["workload.resample.number"]);
    const { run, jobs } = plantedRun({
      ...{ side, draw, repeat, bigWaits, tupleHash: tuple.hash, spec: tuple.spec },
      change: { campaign: { name: campaign, position } },
    });
    const fixture = { run, jobs, nodes: plantedNodes, events: [], samples: [] };
    await loadRun(writeRun(path.join(path.dirname(store), "runs"), fixture), store);
  }
}
