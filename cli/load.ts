import type { Command } from "commander";
import { storeOption } from "./store-option";

interface LoadOptions {
  readonly store: string;
  readonly runs?: string | undefined;
}

export function registerLoad(program: Command): void {
  program
    .command("load")
    .description("load run directories into the store; loading one twice changes nothing")
    .argument(
      "[directory...]",
      "run directories, such as results/runs/20261121T233000Z-k3f9qa; without one, what is in the store " +
        "is brought up to date with this version, and every closed run that it lacks is loaded",
    )
    .addOption(storeOption())
    .option(
      "--runs <directory>",
      "without run directories: where they are looked for (default: runs/ beside the store)",
    )
    .action(async (directories: string[], { store, runs: runsDir }: LoadOptions) => {
      const { loadRun } = require("../store/load") as typeof import("../store/load");
      const { refreshStore } = require("../store/refresh") as typeof import("../store/refresh");
      const { auditLoaded } = require("./audited") as typeof import("./audited");
      const { keepEarlierRuns, runsBeside } =
        require("./earlier-runs") as typeof import("./earlier-runs");
      const { simulateLoaded } = require("./simulated") as typeof import("./simulated");
      const { reportTo } = require("./progress") as typeof import("./progress");
      const report = reportTo();
      const runs: string[] = [];
      for (const directory of directories) {
        runs.push((await loadRun(directory, store, { report })).runId);
      }
      if (directories.length === 0) {
        const { loaded, failed } = await keepEarlierRuns({
          runsDir: runsDir ?? runsBeside(store),
          store,
          report,
          older: true,
        });
        const fresh = new Set(loaded);
        const others = await refreshStore(store, { report, except: fresh });
        runs.push(...others);
        if (failed > 0) process.exitCode = 1;
      }
      for (const run of runs) {
        await auditLoaded(store, run, report);
        await simulateLoaded(store, run, report);
      }
    });
}
