import type { Command } from "commander";
import { storeOption } from "./store-option";
import { wholeNumber } from "./whole-number";

/** `campaign run` and `campaign down`. */
export function registerCampaignRun(campaign: Command): void {
  campaign
    .command("run")
    .description(
      "do what remains of a campaign: build its clusters, run on them, take them down. Ctrl-C once finishes " +
        "the runs that are running, twice stops now; the same command goes on",
    )
    .argument("<file>", "the campaign")
    .argument("[overrides...]", "key=value, key=a,b, key=range(1,6), +key=value, ~key")
    .option("--keep", "leave the clusters up once their last run is done")
    .option(
      "--clusters <number>",
      "clusters up at once, instead of what the file says",
      wholeNumber(1, 64),
    )
    .option("--json", "the outcome as one JSON object")
    .action(
      async (
        file: string,
        overrides: readonly string[],
        options: import("./campaign-run-drive").RunChoices,
      ) => {
        const { driveCampaign } =
          require("./campaign-run-drive") as typeof import("./campaign-run-drive");
        await driveCampaign(file, overrides, options);
      },
    );

  campaign
    .command("down")
    .description("take down the clusters that a campaign left, and nothing else")
    .argument("<campaign>", "its name in the store, or its file")
    .addOption(storeOption())
    .option("--json", "the names of its stacks as one JSON object")
    .action(async (name: string, { store, json }: { store: string; json?: boolean }) => {
      const { takeDownCampaign } =
        require("./campaign-run-down") as typeof import("./campaign-run-down");
      await takeDownCampaign(name, { store, json: json === true });
    });
}
