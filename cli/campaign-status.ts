import type { Command } from "commander";
import { storeOption } from "./store-option";

export function registerCampaignStatus(campaign: Command): void {
  campaign
    .command("status")
    .description(
      "how far a campaign is: runs done, running, failed and remaining, and the time left",
    )
    .argument("<campaign>", "its name in the store, or its file")
    .addOption(storeOption())
    .option("-w, --watch", "show it again whenever it changes, until it is done")
    .option("--json", "one JSON object, with --watch one a line")
    .action(async (name: string, choices: import("./campaign-status-show").StatusChoices) => {
      const { showStatus } =
        require("./campaign-status-show") as typeof import("./campaign-status-show");
      await showStatus(name, choices);
    });
}
