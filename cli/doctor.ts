import type { Command } from "commander";

export function registerDoctor(program: Command): void {
  program
    .command("doctor")
    .description(
      "check this host, or a live stack's cluster: what is there, what is missing or broken, and what to " +
        "do about it",
    )
    .option(
      "-s, --stack <name>",
      "check each bootstrap step on this stack's nodes instead of the host",
    )
    .option("--json", "one JSON object instead of lines")
    .action(async ({ stack, json }: { stack?: string; json?: boolean }) => {
      if (stack !== undefined) return printStackChecks(stack, json === true);
      const { doctor, doctorLines } = require("../host/doctor") as typeof import("../host/doctor");
      const { lockChecks } =
        require("./pulumi/lock-checks") as typeof import("./pulumi/lock-checks");
      const { packageChecks } = require("./doctor/packages") as typeof import("./doctor/packages");
      const { makerChecks } = require("./doctor/makers") as typeof import("./doctor/makers");
      const checks = [
        ...(await doctor()),
        ...(await packageChecks()),
        ...(await makerChecks()),
        ...lockChecks(),
      ];
      console.log(json ? JSON.stringify({ checks }, null, 2) : doctorLines(checks).join("\n"));
      if (checks.some((check) => check.status === "missing")) process.exitCode = 1;
    });
}

async function printStackChecks(stack: string, json: boolean): Promise<void> {
  const { checkStack } = require("./doctor/stack") as typeof import("./doctor/stack");
  const { stepLines } = require("./doctor/steps") as typeof import("./doctor/steps");
  const steps = await checkStack(stack);
  console.log(json ? JSON.stringify({ steps }, null, 2) : stepLines(steps).join("\n"));
  if (steps.some(({ status }) => status === "broken")) process.exitCode = 1;
}
