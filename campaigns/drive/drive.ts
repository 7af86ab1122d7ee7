import pLimit from "p-limit";
import { messageOf } from "../../base/thrown";
import type { CampaignCluster, CampaignPlan, PlannedRun } from "../plan/types";
import { Builds } from "./builds";
import { type Counts, Ledger } from "./ledger";
import { Budget, type Busy, type DriveOptions } from "./options";
import { ClusterService, type Service } from "./serve";
import type { Workspace } from "./workspace";

export interface DriveResult {
  readonly counts: Counts;
  /** Runs that were tried as often as they may be. */
  readonly givenUp: readonly { readonly run: PlannedRun; readonly reason: string | null }[];
  /** What went wrong with a cluster; its runs remain. */
  readonly problems: readonly { readonly stack: string; readonly problem: string }[];
  /** Stacks that are still there. */
  readonly left: readonly string[];
  /** Why it ended with runs that remain; null when none does. */
  readonly endedBy: "finish" | "stop" | "time" | "runs" | "clusters" | null;
  readonly services: readonly Service[];
  readonly wallSeconds: number;
}

/**
 * Does what remains of the plan: builds clusters, at most so many at once, does their runs in the order of
 * their positions and takes them down. It keeps no state of its own: it may be killed at any moment, and
 * another call goes on. Never throws for what one cluster does; @throws what `recorded` and `stacks` throw.
 */
export async function drive(
  plan: CampaignPlan,
  workspace: Workspace,
  options: DriveOptions,
): Promise<DriveResult> {
  const began = performance.now();
  const ledger = new Ledger(plan);
  ledger.read(await workspace.recorded());
  const existing = new Set(await workspace.stacks());
  const budget = new Budget(plan.budget, began);
  const builds = new Builds();
  const busy = new Map<string, Busy>();
  const changed = (stack: string, what: Busy["with"] | null) => {
    if (what === null) busy.delete(stack);
    else busy.set(stack, { stack, with: what, since: performance.now() });
    options.onChange?.({
      counts: ledger.counts(),
      busy: [...busy.values()],
      secondsLeft: ledger.timeLeft(options.clustersAtOnce),
    });
  };
  const jobs = [
    ...formerStacks(plan, existing).map((stack) => ({ stack, cluster: null })),
    ...inOrder(plan, ledger, existing).map((cluster) => ({ stack: cluster.stack, cluster })),
  ];
  let waiting = jobs.length;
  const limit = pLimit(options.clustersAtOnce);
  const services = await Promise.all(
    jobs.map(({ stack, cluster }) =>
      limit(() => {
        waiting -= 1;
        const service = new ClusterService(workspace, ledger, {
          ...options,
          ...{ stack, cluster, budget, builds, changed, retryFailed: plan.retryFailed },
          exists: existing.has(stack),
          placeNeeded: () => waiting > 0,
        });
        return service.serve();
      }),
    ),
  );
  const counts = ledger.counts();
  return {
    counts,
    givenUp: ledger.givenUp(),
    problems: services.flatMap(({ stack, problem }) =>
      problem === null ? [] : [{ stack, problem }],
    ),
    left: await workspace.stacks().catch((error: unknown) => {
      options.report(`it is not known which stacks are left: ${messageOf(error)}`);
      return services.filter(({ left }) => left).map(({ stack }) => stack);
    }),
    endedBy: counts.remaining === 0 ? null : endedBy(options, budget),
    services,
    wallSeconds: (performance.now() - began) / 1000,
  };
}

function endedBy({ finish, stop }: DriveOptions, budget: Budget): DriveResult["endedBy"] {
  if (stop.aborted) return "stop";
  if (finish.aborted) return "finish";
  return budget.usedUp() ?? "clusters";
}

/** What is there of plans that were changed since. */
function formerStacks(plan: CampaignPlan, existing: ReadonlySet<string>): string[] {
  const planned = new Set(plan.clusters.map(({ stack }) => stack));
  return [...existing].filter((stack) => !planned.has(stack));
}

/**
 * What is there comes first, because it holds the host's memory: what is not needed any more before the
 * rest. Then the clusters by their first run that remains. What is neither there nor needed is left out.
 */
function inOrder(
  plan: CampaignPlan,
  ledger: Ledger,
  existing: ReadonlySet<string>,
): CampaignCluster[] {
  return plan.clusters
    .map((cluster) => ({ cluster, position: ledger.next(cluster.stack)?.position ?? 0 }))
    .filter(({ cluster, position }) => position > 0 || existing.has(cluster.stack))
    .sort((one, other) => {
      const later = (place: typeof one) => (existing.has(place.cluster.stack) ? 0 : 1);
      return later(one) - later(other) || one.position - other.position;
    })
    .map(({ cluster }) => cluster);
}
