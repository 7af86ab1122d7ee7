import type { Command } from "commander";

export function registerEnv(program: Command): void {
  program
    .command("env")
    .description(
      'set this host up where needed, then print what plain Pulumi needs: eval "$(npx schedlab env)"',
    )
    .option("--json", "the variables as one JSON object")
    .action(async ({ json }: { json?: boolean }) => {
      const [{ setUp }, { shellExports }, { reportTo }] = await Promise.all([
        import("./setup"),
        import("../toolchain/environment"),
        import("./progress"),
      ]);
      const { environment } = await setUp(reportTo());
      console.log(json ? JSON.stringify(environment, null, 2) : shellExports(environment));
    });
}
