import type { Command } from "commander";
import { registerCampaignPlan } from "./campaign-plan";
import { registerCampaignRun } from "./campaign-run";
import { registerCampaignStatus } from "./campaign-status";

export function registerCampaign(program: Command): void {
  const campaign = program
    .command("campaign")
    .description("many tuples with repeats, from one file: schedulers × topologies × workloads");
  registerCampaignPlan(campaign);
  registerCampaignRun(campaign);
  registerCampaignStatus(campaign);
  registerSchema(campaign);
}

function registerSchema(campaign: Command): void {
  campaign
    .command("schema")
    .description("print the JSON Schema of a campaign file, for editors")
    .action(() => {
      const { campaignJsonSchema } =
        require("../spec/campaign/schema") as typeof import("../spec/campaign/schema");
      console.log(JSON.stringify(campaignJsonSchema(), null, 2));
    });
}
