import { existsSync, mkdirSync, statSync } from "node:fs";
import path from "node:path";
import { firstPage, makeCampaignReport } from "../analysis/report/campaign/report";
import { Failure } from "../base/failure";
import { messageOf } from "../base/thrown";
import { writeWhole } from "../base/whole-file";
import { unknownCampaign } from "../campaigns/status/read";
import { namedCampaign } from "./campaign-run-named";
import { reportTo } from "./progress";

export interface CampaignChoices {
  readonly store: string;
  /** Name or file. */
  readonly campaign: string;
  readonly out?: string;
  readonly accept?: string[];
  readonly allowUnequal?: boolean;
}

/** Writes the report and says on standard output what is in it. */
export async function reportCampaign(options: CampaignChoices): Promise<void> {
  console.log(await writeCampaignReport(options));
}

/**
 * Into a directory with a page for each tuple, or into an .html file that has the first page alone. What
 * is left out of it is said on standard error. @returns its file and what is in it.
 */
export async function writeCampaignReport(options: CampaignChoices): Promise<string> {
  const { campaign, store } = await namedCampaign(options.campaign, options.store);
  const out = options.out ?? `report-${campaign}`;
  const pages = !namesFile(out);
  const made = await makeCampaignReport({
    ...{ store, campaign, pages },
    accepted: options.accept ?? [],
    allowUnequal: options.allowUnequal === true,
    generatedAt: new Date(),
    write: (name, page) => writePage(pages ? path.join(out, name) : out, page),
    report: reportTo(process.stderr),
  });
  if (made === null) throw await unknownCampaign(store, campaign);
  const { tuples, planned, compared } = made;
  const first = pages ? path.join(out, firstPage) : out;
  for (const line of made.leftOut) console.error(line);
  if (made.unequal.length > 0) {
    console.error(`compared under unequal conditions: ${made.unequal.join(", ")}`);
  }
  return `${first}: ${tuples} tuples, ${compared} of ${planned} planned runs compared`;
}

function namesFile(out: string): boolean {
  return existsSync(out) ? !statSync(out).isDirectory() : /\.html?$/i.test(out);
}

function writePage(file: string, page: string): void {
  const directory = path.dirname(file);
  try {
    mkdirSync(directory, { recursive: true });
  } catch (cause) {
    throw new Failure(`cannot make the directory ${directory}: ${messageOf(cause)}`, { cause });
  }
  writeWhole(file, page);
}
