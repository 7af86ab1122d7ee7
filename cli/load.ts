import type { Command } from "commander";
import { storeOption } from "./store-option";

export function registerLoad(program: Command): void {
  program
    .command("load")
    .description("load run directories into the store; loading one twice changes nothing")
    .argument("<directory...>", "run directories, such as results/runs/20261121T233000Z-k3f9qa")
    .addOption(storeOption())
    .action(async (directories: string[], { store }: { store: string }) => {
      const { loadRun } =
        require("../experiments/store/load") as typeof import("../experiments/store/load");
      const { reportTo } = require("./progress") as typeof import("./progress");
      const report = reportTo();
      for (const directory of directories) await loadRun(directory, store, { report });
    });
}
