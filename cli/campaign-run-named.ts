import { existsSync } from "node:fs";
import path from "node:path";
import { readCampaignFile } from "../campaigns/plan/file";
import { planCampaign } from "../campaigns/plan/plan";
import type { CampaignPlan } from "../campaigns/plan/types";
import { storeOfCampaign } from "./campaign-run-laboratory";

export interface NamedCampaign {
  readonly campaign: string;
  /** Absolute path of its store. */
  readonly store: string;
  /** Null where only its name is known. */
  readonly plan: CampaignPlan | null;
}

/** A campaign by its file, which says where its store is, or by its name in a store. */
export async function namedCampaign(name: string, store: string): Promise<NamedCampaign> {
  if (!/[/.]/.test(name) && !existsSync(name)) {
    return { campaign: name, store: path.resolve(store), plan: null };
  }
  const plan = await planCampaign(await readCampaignFile(name), []);
  return { campaign: plan.name, store: storeOfCampaign(plan.store), plan };
}
