import type { Command } from "commander";

export function registerSweep(program: Command): void {
  program
    .command("sweep")
    .description("list what stacks left on this host's hypervisor, and remove it when asked to")
    .option("--stack <name>", "only what belongs to this stack")
    .option("--remove", "remove it; without this nothing is touched")
    .option("--json", "one JSON object instead of lines")
    .action(async (options: { stack?: string; remove?: boolean; json?: boolean }) => {
      const { leftoverLines, listLeftovers, removeLeftovers } =
        require("../host/leftovers") as typeof import("../host/leftovers");
      const found = options.remove
        ? await removeLeftovers(options.stack)
        : await listLeftovers(options.stack);
      console.log(
        options.json ? JSON.stringify({ found }, null, 2) : leftoverLines(found).join("\n"),
      );
    });
}
