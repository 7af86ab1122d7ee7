import type { Command } from "commander";
import { writeWhole } from "../base/whole-file";
import { addComparison, type ComparisonChoices, comparisonOf } from "./comparison";
import { reportTo } from "./progress";
import { storeOption } from "./store-option";

interface ReportOptions extends ComparisonChoices {
  readonly store: string;
  readonly out: string;
}

export function registerReport(program: Command): void {
  const command = program
    .command("report")
    .description("write one HTML file that compares the runs of the store")
    .addOption(storeOption())
    .option("--out <file>", "HTML file", "report.html");
  addComparison(
    command,
    "configurations",
    "compare runs made under unequal conditions; the report says so",
  ).action(async ({ store, out, ...choices }: ReportOptions) => {
    const { makeReport } =
      require("../analysis/report/report") as typeof import("../analysis/report/report");
    const { html, ...made } = await makeReport({
      store,
      ...comparisonOf(choices),
      generatedAt: new Date(),
      report: reportTo(process.stderr),
    });
    writeWhole(out, html);
    console.log(`${out}: ${made.configurations} configurations, ${made.runs} runs`);
    for (const line of made.leftOut) console.error(line);
    if (made.unequal.length > 0) {
      console.error(`compared under unequal conditions: ${made.unequal.join(", ")}`);
    }
  });
}
