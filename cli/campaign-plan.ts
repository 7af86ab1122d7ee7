import path from "node:path";
import type { Command } from "commander";
import type { EarlierTimes } from "../campaigns/plan/earlier";
import type { CampaignError } from "../campaigns/plan/plan";
import type { CampaignPlan } from "../campaigns/plan/types";
import { reportTo } from "./progress";

interface PlanOptions {
  readonly json?: boolean;
}

export function registerCampaignPlan(campaign: Command): void {
  campaign
    .command("plan")
    .description("show what a campaign would run, and what it needs of this host; touches nothing")
    .argument("<file>", "a campaign file, such as studies/quick.yaml")
    .argument("[overrides...]", "key=value, key=a,b, key=range(1,6), +key=value, ~key")
    .option("--json", "one JSON object instead of tables")
    .action(async (file: string, overrides: string[], { json = false }: PlanOptions) => {
      const { readCampaignFile } =
        require("../campaigns/plan/file") as typeof import("../campaigns/plan/file");
      const { CampaignError, planCampaign } =
        require("../campaigns/plan/plan") as typeof import("../campaigns/plan/plan");
      const document = await readCampaignFile(file);
      try {
        const plan = await planCampaign(document, overrides, { report: reportTo() });
        await showPlan(plan, json);
      } catch (error) {
        if (!(error instanceof CampaignError)) throw error;
        refusePlan(error, json);
      }
    });
}

/** Tells what is wrong with a plan; the exit code becomes 1. */
export function refusePlan({ problems, message }: CampaignError, json: boolean): void {
  if (json) console.log(JSON.stringify({ valid: false, problems }, null, 2));
  else console.error(message);
  process.exitCode = 1;
}

/** Prints the plan with what it needs of this host; the exit code becomes 1 where it does not fit. */
export async function showPlan(plan: CampaignPlan, json: boolean): Promise<void> {
  const { fitHost } = require("../campaigns/plan/fit") as typeof import("../campaigns/plan/fit");
  const { campaignHost } =
    require("../campaigns/plan/host") as typeof import("../campaigns/plan/host");
  const { campaignTimes } =
    require("../campaigns/plan/times") as typeof import("../campaigns/plan/times");
  const { planJson } = require("./campaign-plan-json") as typeof import("./campaign-plan-json");
  const { planText } = require("./campaign-plan-text") as typeof import("./campaign-plan-text");
  const host = await campaignHost();
  const fit = fitHost(plan, host);
  const times = campaignTimes(plan, fit.atOnce, await earlier(plan.store));
  const shown = { plan, host, fit, times };
  if (json) console.log(JSON.stringify(planJson(shown), null, 2));
  else {
    console.log(planText(shown));
    for (const problem of fit.problems) console.error(problem);
  }
  if (fit.problems.length > 0) process.exitCode = 1;
}

/** Runs that are in the store already tell best how long the next ones take. */
async function earlier(store: string): Promise<EarlierTimes> {
  const { existsSync } = require("node:fs") as typeof import("node:fs");
  const { repoRoot } = require("../base/paths") as typeof import("../base/paths");
  const { earlierTimes } =
    require("../campaigns/plan/earlier") as typeof import("../campaigns/plan/earlier");
  const { messageOf } = require("../base/thrown") as typeof import("../base/thrown");
  const file = path.resolve(repoRoot, store);
  if (!existsSync(file)) return new Map();
  try {
    return await earlierTimes(file);
  } catch (error) {
    console.error(`the times of earlier runs are not known: ${messageOf(error)}`);
    return new Map();
  }
}
