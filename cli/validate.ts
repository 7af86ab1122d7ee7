import type { Command } from "commander";

interface ValidateOptions {
  readonly stack?: string;
  readonly json?: boolean;
}

export function registerValidate(program: Command): void {
  program
    .command("validate")
    .description("check a stack's configuration, or a file with a tuple, without touching anything")
    .argument(
      "[file]",
      "Pulumi.<stack>.yaml, or a YAML file with topology, scheduler, workload, run",
    )
    .option("--stack <name>", "the stack whose file to check (default: dev)")
    .option("--json", "one JSON object: valid, problems, and the tuple with its defaults")
    .action(async (file: string | undefined, { stack, json }: ValidateOptions) => {
      const { formatProblem } = require("../spec/problems") as typeof import("../spec/problems");
      const { validateFile, stackFile } = require("./stack-file") as typeof import("./stack-file");
      const checked = await validateFile(file ?? stackFile(stack ?? "dev"));
      if (json) console.log(JSON.stringify(checked, null, 2));
      else if (checked.valid) {
        const { changesText } =
          require("../infra/schedulers/changes") as typeof import("../infra/schedulers/changes");
        const changes = changesText(checked.siteChanges ?? []).trimEnd();
        if (changes !== "") console.log(changes);
        console.log(`${checked.file}: valid`);
      } else for (const problem of checked.problems) console.error(formatProblem(problem));
      if (!json) {
        for (const path of checked.encrypted) {
          console.error(`${path}: encrypted; only pulumi up can check it`);
        }
      }
      if (!checked.valid) process.exitCode = 1;
    });
}
