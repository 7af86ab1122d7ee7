import type { Command } from "commander";

export function registerDoctor(program: Command): void {
  program
    .command("doctor")
    .description("check this host: what is there, what is missing, and what to do about it")
    .option("--json", "one JSON object instead of lines")
    .action(async ({ json }: { json?: boolean }) => {
      const { doctor, doctorLines } = require("../host/doctor") as typeof import("../host/doctor");
      const { lockChecks } =
        require("./pulumi/lock-checks") as typeof import("./pulumi/lock-checks");
      const checks = [...(await doctor()), ...lockChecks()];
      console.log(json ? JSON.stringify({ checks }, null, 2) : doctorLines(checks).join("\n"));
      if (checks.some((check) => check.status === "missing")) process.exitCode = 1;
    });
}
