import type { Command } from "commander";
import { writeWhole } from "../base/whole-file";
import { addComparison, type ComparisonChoices, comparisonOf } from "./comparison";
import { reportTo } from "./progress";
import { storeOption } from "./store-option";

interface ReportOptions extends ComparisonChoices {
  readonly store: string;
  readonly campaign?: string;
  readonly out?: string;
}

export function registerReport(program: Command): void {
  const command = program
    .command("report")
    .description(
      "write one HTML file that compares the runs of the store, or the report of a campaign",
    )
    .addOption(storeOption())
    .option("--campaign <name>", "the report of this campaign: its name in the store, or its file")
    .option(
      "--out <path>",
      "HTML file (default: report.html); with --campaign a directory (default: report-NAME), or an " +
        ".html file for the first page alone",
    );
  addComparison(
    command,
    "configurations",
    "compare runs made under unequal conditions; the report says so",
  ).action(async (options: ReportOptions) => {
    if (options.campaign === undefined) return reportRuns(options);
    refuseChoices(command);
    const { reportCampaign } = require("./report-campaign") as typeof import("./report-campaign");
    await reportCampaign({ ...options, campaign: options.campaign });
  });
}

/** A campaign says itself which runs belong to it and what is varied. */
function refuseChoices(command: Command): void {
  const given = (["experiment", "runs", "vary"] as const).find(
    (option) => command.getOptionValueSource(option) === "cli",
  );
  if (given !== undefined) command.error(`error: --${given} cannot be used with --campaign`);
}

async function reportRuns({
  store,
  out = "report.html",
  ...choices
}: ReportOptions): Promise<void> {
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
}
