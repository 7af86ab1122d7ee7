import type { Command } from "commander";

export function registerEnv(program: Command): void {
  program
    .command("env")
    .description(
      'set this host up where needed, then print what plain Pulumi needs: eval "$(npx schedlab env)"',
    )
    .option("--json", "the variables as one JSON object")
    .action(async ({ json }: { json?: boolean }) => {
      const { setUp } = require("./setup") as typeof import("./setup");
      const { shellExports } =
        require("../toolchain/environment") as typeof import("../toolchain/environment");
      const { reportTo } = require("./progress") as typeof import("./progress");
      const { environment } = await setUp(reportTo());
      console.log(json ? JSON.stringify(environment, null, 2) : shellExports(environment));
    });
}
