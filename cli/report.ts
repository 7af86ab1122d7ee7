import { rename, writeFile } from "node:fs/promises";
import { type Command, Option } from "commander";
import type { Varied } from "../analysis/conditions";
import { Failure } from "../host/failure";
import { acceptOption } from "./accept-option";
import { reportTo } from "./progress";
import { storeOption } from "./store-option";
import { variedThings } from "./varied";

interface ReportOptions {
  readonly store: string;
  readonly out: string;
  readonly experiment?: string[];
  readonly runs?: string[];
  readonly vary: Varied;
  readonly allowUnequal?: boolean;
  readonly accept?: string[];
}

export function registerReport(program: Command): void {
  program
    .command("report")
    .description("write one HTML file that compares the runs of the store")
    .addOption(storeOption())
    .option("--out <file>", "HTML file", "report.html")
    .option("--experiment <name...>", "only runs of these experiments")
    .option("--runs <id...>", "only these runs")
    .addOption(
      new Option("--vary <thing>", "what the configurations differ in on purpose")
        .choices(variedThings)
        .default("scheduler"),
    )
    .addOption(acceptOption())
    .option("--allow-unequal", "compare runs made under unequal conditions; the report says so")
    .action(
      async ({ store, out, experiment, runs, vary, allowUnequal, accept = [] }: ReportOptions) => {
        const { makeReport } =
          require("../analysis/report/report") as typeof import("../analysis/report/report");
        const { html, ...made } = await makeReport({
          store,
          ...(experiment === undefined ? {} : { experiments: experiment }),
          ...(runs === undefined ? {} : { runs }),
          varied: vary,
          allowUnequal: allowUnequal === true,
          accepted: accept,
          generatedAt: new Date(),
          report: reportTo(process.stderr),
        });
        await writeWhole(out, html);
        console.log(`${out}: ${made.configurations} configurations, ${made.runs} runs`);
        for (const line of made.leftOut) console.error(line);
        if (made.unequal.length > 0) {
          console.error(`compared under unequal conditions: ${made.unequal.join(", ")}`);
        }
      },
    );
}

async function writeWhole(file: string, text: string): Promise<void> {
  const draft = `${file}.${process.pid}.tmp`;
  try {
    await writeFile(draft, text);
    await rename(draft, file);
  } catch (cause) {
    throw new Failure(`${file} cannot be written`, { cause });
  }
}
