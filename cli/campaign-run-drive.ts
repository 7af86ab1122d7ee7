import { Failure } from "../base/failure";
import type { Reporter } from "../base/reporter";
import { type DriveResult, drive } from "../campaigns/drive/drive";
import { asOnlyDriver } from "../campaigns/drive/driver-lock";
import type { DriveOptions } from "../campaigns/drive/options";
import { storedPlan } from "../campaigns/drive/record";
import type { Workspace } from "../campaigns/drive/workspace";
import { readCampaignFile } from "../campaigns/plan/file";
import { fitHost } from "../campaigns/plan/fit";
import { campaignHost } from "../campaigns/plan/host";
import { planCampaign } from "../campaigns/plan/plan";
import type { CampaignPlan } from "../campaigns/plan/types";
import { storePlan } from "../store/campaigns";
import { liveWorkspace, storeOfCampaign } from "./campaign-run-laboratory";
import { progressReport, shortfall, summaryText } from "./campaign-run-text";
import { interruptInStages } from "./interrupt";
import { reportTo } from "./progress";

export interface RunChoices {
  readonly keep?: boolean;
  /** Up at once. */
  readonly clusters?: number;
  readonly json?: boolean;
}

/** Does what remains of the campaign. @throws Failure when something of it is not done at the end. */
export async function driveCampaign(
  file: string,
  overrides: readonly string[],
  { keep, clusters, json }: RunChoices,
): Promise<void> {
  const report = reportTo();
  const { finish, stop } = interruptInStages(report);
  const chosen = [
    ...overrides,
    ...(keep === true ? ["keep=true"] : []),
    ...(clusters === undefined ? [] : [`clusters=${clusters}`]),
  ];
  const plan = await planCampaign(await readCampaignFile(file), chosen, { report });
  const { store, result } = await drivePlan(plan, { finish, stop, report });
  if (json === true)
    console.log(JSON.stringify({ campaign: plan.name, store, ...result }, plainRun, 2));
  else console.log(summaryText(plan.name, store, result));
  const lack = shortfall(result);
  if (lack !== null) throw lack;
}

/** This host and its hold on clusters; tests have another one. */
export interface Laboratory {
  /** Clusters that are up at once. @throws Failure where not even one fits. */
  readonly clustersAtOnce: (plan: CampaignPlan) => Promise<number>;
  readonly workspace: (campaign: string, store: string, report: Reporter) => Promise<Workspace>;
  /** How a person ends it. */
  readonly interrupts: (report: Reporter) => Pick<DriveOptions, "finish" | "stop">;
}

export const thisHost: Laboratory = {
  clustersAtOnce: clustersHeld,
  workspace: liveWorkspace,
  interrupts: interruptInStages,
};

/** Does what remains of the plan, as its only driver. @throws Failure before anything is begun. */
export async function drivePlan(
  plan: CampaignPlan,
  options: Pick<DriveOptions, "finish" | "stop" | "report">,
  laboratory: Laboratory = thisHost,
): Promise<{ readonly store: string; readonly result: DriveResult }> {
  const { report } = options;
  const clustersAtOnce = await laboratory.clustersAtOnce(plan);
  const store = storeOfCampaign(plan.store);
  const result = await asOnlyDriver(store, plan.name, async () => {
    await storePlan(store, storedPlan(plan, clustersAtOnce), { report });
    const workspace = await laboratory.workspace(plan.name, store, report);
    const onChange = progressReport(report);
    return drive(plan, workspace, { ...options, clustersAtOnce, keep: plan.keep, onChange });
  });
  return { store, result };
}

/** How many clusters this host holds at once, at most those that are asked for. @throws Failure. */
async function clustersHeld(plan: CampaignPlan): Promise<number> {
  const { atOnce, problems } = fitHost(plan, await campaignHost());
  if (problems.length > 0) {
    throw new Failure(`this host does not hold campaign ${plan.name}`, {
      detail: problems.join("\n"),
      remedy:
        "take smaller clusters or fewer at once; npx schedlab campaign plan FILE shows what each needs",
    });
  }
  return Math.max(1, atOnce);
}

/** A run of the plan holds its whole tuple: for programs its hash and label are enough. */
function plainRun(key: string, value: unknown): unknown {
  if (key !== "tuple" || typeof value !== "object" || value === null) return value;
  const { hash, label, axes } = value as CampaignPlan["tuples"][number];
  return { hash, label, axes };
}
