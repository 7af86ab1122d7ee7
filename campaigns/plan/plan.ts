import { Failure } from "../../base/failure";
import type { Reporter } from "../../base/reporter";
import { durationSeconds } from "../../spec/campaign/duration";
import type { Campaign } from "../../spec/campaign/schema";
import { clockFactor } from "../../spec/clock";
import type { Problem } from "../../spec/problems";
import { controlProblems } from "./clock-control";
import { type ClusterGroup, clusterGroups } from "./clusters";
import { type Composition, composeTuples } from "./compose";
import type { Choice } from "./constraints";
import { tupleHash } from "./hash";
import { blockOrder } from "./order";
import { overriddenCampaign } from "./overridden";
import { parseOverride } from "./override";
import { type CampaignProblem, choiceText, formatCampaignProblem } from "./problem-log";
import type { CampaignCluster, CampaignPlan, PlannedRun, Tuple } from "./types";
import { WorkloadReader } from "./workloads";

/** A campaign that is refused, with everything that is wrong with it. Nothing has been touched. */
export class CampaignError extends Failure {
  readonly problems: readonly CampaignProblem[];

  constructor(problems: readonly CampaignProblem[]) {
    super(problems.map(formatCampaignProblem).join("\n"));
    this.problems = problems;
  }
}

export interface PlanOptions {
  /** Told how far it is, for campaigns that take a while. */
  readonly report?: Reporter | undefined;
}

/**
 * The plan of a campaign: a parsed file, and overrides as they stand on the command line. It touches
 * nothing and reads only the traces and programs of the workloads. Every tuple is validated whole.
 * @throws CampaignError with the problems of all tuples; Failure for an override of another form.
 */
export async function planCampaign(
  document: unknown,
  overrides: readonly string[],
  options: PlanOptions = {},
): Promise<CampaignPlan> {
  const { read, problems } = overriddenCampaign(document, overrides.map(parseOverride));
  if (read === undefined) throw new CampaignError(everywhere(problems));
  const composition = composeTuples(read);
  const { axes, choices, log } = composition;
  const general = [...problems, ...composition.problems];
  if (general.length > 0 || !log.isEmpty) {
    throw new CampaignError([...everywhere(general), ...log.problems(axes, choices)]);
  }
  for (const { problem, choices: without } of controlProblems(composition.composed)) {
    for (const choice of without) log.add(problem, choice);
  }
  if (!log.isEmpty) throw new CampaignError(log.problems(axes, choices));
  const groups = clusterGroups(read.campaign.name, composition.composed);
  if ("lacking" in groups) {
    const message =
      "no range is left for a further cluster; name a private one with a longer prefix";
    const problem = { path: "topology.network.cidr", message };
    for (const { choice } of groups.lacking) log.add(problem, choice);
    throw new CampaignError(log.problems(axes, choices));
  }
  const tuples = await readTuples(composition, groups, options);
  if (!log.isEmpty) throw new CampaignError(log.problems(axes, choices));
  return wholePlan(read.campaign, composition, groups, tuples);
}

function everywhere(problems: readonly Problem[]): CampaignProblem[] {
  return problems.map((problem) => ({ ...problem, where: null }));
}

/** Workloads planned between two reports. */
const reportEvery = 500;

/** The tuples of all groups, by their combination; what is wrong with their workloads goes to the log. */
async function readTuples(
  { axes, log }: Composition,
  groups: readonly ClusterGroup[],
  { report }: PlanOptions,
): Promise<ReadonlyMap<Choice, Tuple>> {
  const reader = new WorkloadReader();
  const tuples = new Map<Choice, Tuple>();
  const label = labels(axes);
  const all = groups.reduce((sum, { members }) => sum + members.length, 0);
  let done = 0;
  for (const { plan, members } of groups) {
    const [first] = members;
    if (first === undefined) continue;
    const readWorkload = reader.on(first.spec.topology, plan);
    for (const { choice, spec } of members) {
      const read = await readWorkload(spec);
      done += 1;
      if (done % reportEvery === 0) report?.(`${done} of ${all} tuples planned`);
      if ("problem" in read) {
        log.add(read.problem, choice);
        continue;
      }
      tuples.set(choice, {
        spec,
        hash: tupleHash(spec, read.files),
        axes: Object.fromEntries(
          axes.map(({ name, values }, place) => [name, values[choice[place] ?? 0]?.text ?? ""]),
        ),
        label: label(choice),
        workload: { ...read.workload, seconds: read.workload.seconds / clockFactor(spec.run) },
      });
    }
  }
  return tuples;
}

function labels(axes: Composition["axes"]): (choice: Choice) => string {
  const varied = [...axes.entries()].filter(([, { values }]) => values.length > 1);
  if (varied.length === 0) return (choice) => choiceText(axes, choice);
  return (choice) =>
    varied.map(([place, { values }]) => values[choice[place] ?? 0]?.text).join(", ");
}

function wholePlan(
  campaign: Campaign,
  { choices }: Composition,
  groups: readonly ClusterGroup[],
  known: ReadonlyMap<Choice, Tuple>,
): CampaignPlan {
  const tuples = choices.flatMap((choice) => known.get(choice) ?? []);
  const stacks = new Map<Tuple, string>();
  const clusters: CampaignCluster[] = groups.map(({ members, ...cluster }) => {
    const own = members.flatMap(({ choice }) => known.get(choice) ?? []);
    for (const tuple of own) stacks.set(tuple, cluster.stack);
    return { ...cluster, tuples: own };
  });
  const { budget, order, repeats } = campaign;
  const runs = blockOrder(tuples.length, repeats, order.seed).flatMap((block, repeat) =>
    block.flatMap((index, place): PlannedRun[] => {
      const tuple = tuples[index];
      if (tuple === undefined) return [];
      const position = repeat * tuples.length + place + 1;
      return [{ tuple, stack: stacks.get(tuple) ?? "", repeat: repeat + 1, position }];
    }),
  );
  return {
    name: campaign.name,
    tuples,
    clusters,
    runs,
    repeats,
    orderSeed: order.seed,
    clustersAtOnce: campaign.clusters,
    budget: {
      seconds: budget.time === undefined ? null : durationSeconds(budget.time),
      runs: budget.runs ?? null,
    },
    retryFailed: campaign.retry.failed,
    keep: campaign.keep,
    store: tuples[0]?.spec.run.store ?? "",
  };
}
