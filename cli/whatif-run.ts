import { existsSync, mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { type WhatIfAnswer, whatIfAnswer } from "../analysis/whatif/answer";
import { checkMetricNames, scopesOf } from "../analysis/whatif/asked";
import type { Failure } from "../base/failure";
import type { Reporter } from "../base/reporter";
import { writeWhole } from "../base/whole-file";
import { CampaignError, planCampaign } from "../campaigns/plan/plan";
import type { CampaignPlan } from "../campaigns/plan/types";
import {
  contentName,
  sidesOfPlan,
  usersRedrawn,
  whatIfCampaign,
} from "../campaigns/whatif/campaign";
import {
  type Configurations,
  changesNothing,
  configurationsOf,
} from "../campaigns/whatif/configurations";
import { type WhatVaries, whatVaries } from "../campaigns/whatif/varied";
import { refusePlan, showPlan } from "./campaign-plan";
import { drivePlan, type Laboratory, thisHost } from "./campaign-run-drive";
import { storeOfCampaign } from "./campaign-run-laboratory";
import { shortfall, summaryText } from "./campaign-run-text";
import { Interrupted } from "./interrupt";
import { reportTo } from "./progress";
import { writeCampaignReport } from "./report-campaign";
import type { WhatIfChoices } from "./whatif-choices";
import { type Answered, whatIfJson } from "./whatif-json";
import { readQuestion } from "./whatif-question";
import { whatIfText } from "./whatif-text";

const exitCodes = { "no worse": 0, worse: 1, "cannot tell": 3 } as const;

/** Runs what the question still lacks, and answers it. @throws Failure, SpecError. */
export async function answerWhatIf(
  choices: WhatIfChoices,
  laboratory: Laboratory = thisHost,
): Promise<void> {
  const report = reportTo();
  checkMetricNames(choices.metric);
  const by = choices.by === undefined ? null : scopesOf(choices.by);
  const configurations = configurationsOf(await readQuestion(choices));
  const written = writeFiles(configurations.files);
  let plan: CampaignPlan;
  let varied: WhatVaries;
  try {
    plan = await planned(configurations, choices, report);
    varied = whatVaries(plan);
  } catch (error) {
    removeFiles(written);
    if (!(error instanceof CampaignError)) throw error;
    // The axes are ours: what is wrong with them is that both sides are the same tuples.
    if (error.problems.every(({ path: at }) => at === "axes")) throw changesNothing();
    refusePlan(error, choices.json === true);
    return;
  }
  if (choices.dryRun === true) removeFiles(written);
  if (choices.dryRun === true) {
    await showPlan(plan, choices.json === true);
    return;
  }
  const lack = choices.fromStore === true ? null : await run(plan, report, laboratory);
  if (lack instanceof Interrupted) throw lack;
  const { changes } = configurations;
  await tell(plan, { varied, changes }, { ...choices, by }, lack);
  if (lack !== null) throw lack;
}

/** Planning reads them. @returns the directories and files that were not there before, outermost first. */
function writeFiles(files: Configurations["files"]): string[] {
  return files.flatMap(({ file, text }) => {
    const before = existsSync(file);
    const directory = mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
    writeWhole(file, text, 0o600);
    if (before) return [];
    return directory === undefined ? [file] : [directory];
  });
}

function removeFiles(written: readonly string[]): void {
  for (const name of written) rmSync(name, { recursive: true, force: true });
}

/** The whole campaign, named by what is compared unless the user names it. */
async function planned(
  configurations: Configurations,
  choices: WhatIfChoices,
  report: Reporter,
): Promise<CampaignPlan> {
  const { resamples, keep = false } = choices;
  const extent = { resamples, keep, repeats: choices.repeats ?? (resamples < 2 ? 3 : 1) };
  const planOf = (name: string, draws: number) =>
    planCampaign(
      whatIfCampaign(configurations, name, { ...extent, resamples: draws }),
      choices.clusters === undefined ? [] : [`clusters=${choices.clusters}`],
      { report },
    );
  const name = choices.name ?? contentName(await planOf("whatif", Math.min(1, resamples)));
  return planOf(name, resamples);
}

/** @returns why not all of it is done; null where it is. */
async function run(
  plan: CampaignPlan,
  report: Reporter,
  laboratory: Laboratory,
): Promise<Failure | null> {
  const { store, result } = await drivePlan(
    plan,
    { ...laboratory.interrupts(report), report },
    laboratory,
  );
  for (const line of summaryText(plan.name, store, result).split("\n")) report(line);
  return shortfall(result);
}

async function tell(
  plan: CampaignPlan,
  { varied, changes }: Pick<Configurations, "changes"> & { readonly varied: WhatVaries },
  choices: Omit<WhatIfChoices, "by"> & { readonly by: readonly string[] | null },
  lack: Failure | null,
): Promise<void> {
  const { sizes = null, by, margin, accept = [], allowUnequal = false } = choices;
  const store = storeOfCampaign(plan.store);
  let answer: WhatIfAnswer;
  try {
    answer = await whatIfAnswer({
      ...{ store, varied, sizes, by, margin, allowUnequal },
      ...sidesOfPlan(plan),
      metrics: choices.metric,
      usersRedrawn: usersRedrawn(plan),
      accepted: accept,
    });
  } catch (error) {
    // Why there is nothing to compare.
    throw lack ?? error;
  }
  const page =
    choices.report === undefined
      ? null
      : await writeCampaignReport({
          ...{ store, campaign: plan.name, out: choices.report, allowUnequal },
          accept: [...accept],
        });
  const answered: Answered = { answer, campaign: plan.name, store, changes, report: page };
  console.log(
    choices.json === true ? JSON.stringify(whatIfJson(answered), null, 2) : whatIfText(answered),
  );
  process.exitCode = exitCodes[answer.outcome];
}
