import { setTimeout as delay } from "node:timers/promises";
import { readStatus } from "../campaigns/status/read";
import type { CampaignStatus } from "../campaigns/status/status";
import { namedCampaign } from "./campaign-run-named";
import { countsText, statusText } from "./campaign-status-text";
import { abortOnInterrupt } from "./interrupt";

export interface StatusChoices {
  readonly store: string;
  readonly watch?: boolean;
  readonly json?: boolean;
}

/** Time between two looks. */
const LOOK_MS = 2_000;

export async function showStatus(
  name: string,
  { store: storeOption, watch, json }: StatusChoices,
): Promise<void> {
  const { campaign, store, plan } = await namedCampaign(name, storeOption);
  const show = json === true ? shownAsJson : shownAsText;
  const status = await readStatus(store, campaign);
  if (plan !== null) sayChanges(plan.runs.length, status);
  if (watch !== true) {
    console.log(show(status, false));
    return;
  }
  await watchStatus(
    () => readStatus(store, campaign),
    status,
    (shown) => {
      if (json !== true && process.stdout.isTTY) console.clear();
      console.log(show(shown, true));
    },
  );
}

function shownAsJson(status: CampaignStatus, watched: boolean): string {
  return JSON.stringify(status, null, watched ? undefined : 2);
}

/** Where it cannot be drawn over, a line for each change is enough. */
function shownAsText(status: CampaignStatus, watched: boolean): string {
  return watched && !process.stdout.isTTY
    ? `campaign ${status.campaign}: ${countsText(status)}`
    : statusText(status, Date.now());
}

/** The store has the plan as it was driven, which the file may have left behind. */
function sayChanges(planned: number, status: CampaignStatus): void {
  if (planned === status.planned) return;
  console.error(
    `the file plans ${planned} runs now, the campaign was last driven with ${status.planned}: ` +
      "what follows is of that plan",
  );
}

/** Until nothing remains, or the person has seen enough. */
async function watchStatus(
  read: () => Promise<CampaignStatus>,
  first: CampaignStatus,
  show: (status: CampaignStatus) => void,
): Promise<void> {
  const enough = abortOnInterrupt();
  let shown = "";
  for (let status = first; ; status = await read()) {
    const now = JSON.stringify(status);
    if (now !== shown || process.stdout.isTTY) show(status);
    shown = now;
    if (status.remaining + status.running.length === 0) return;
    await delay(LOOK_MS, undefined, { signal: enough }).catch(() => undefined);
    if (enough.aborted) return;
  }
}
