import type { Command } from "commander";
import { storeOption } from "./store-option";

export function registerLoad(program: Command): void {
  program
    .command("load")
    .description("load run directories into the store; loading one twice changes nothing")
    .argument(
      "[directory...]",
      "run directories, such as results/runs/20261121T233000Z-k3f9qa; without one, what is in the store " +
        "is brought up to date with this version",
    )
    .addOption(storeOption())
    .action(async (directories: string[], { store }: { store: string }) => {
      const { loadRun } =
        require("../experiments/store/load") as typeof import("../experiments/store/load");
      const { refreshStore } =
        require("../experiments/store/refresh") as typeof import("../experiments/store/refresh");
      const { auditLoaded } = require("./audited") as typeof import("./audited");
      const { simulateLoaded } = require("./simulated") as typeof import("./simulated");
      const { reportTo } = require("./progress") as typeof import("./progress");
      const report = reportTo();
      const runs: string[] = [];
      for (const directory of directories) {
        runs.push((await loadRun(directory, store, { report })).runId);
      }
      if (directories.length === 0) runs.push(...(await refreshStore(store, { report })));
      for (const run of runs) {
        await auditLoaded(store, run, report);
        await simulateLoaded(store, run, report);
      }
    });
}
