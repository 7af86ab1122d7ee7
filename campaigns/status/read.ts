import path from "node:path";
import { Failure } from "../../base/failure";
import { goingRuns } from "../../experiments/run/going";
import { nearestName } from "../../spec/problems";
import { campaignNames, readCampaign, storedRunIds } from "../../store/campaigns";
import { driverOf } from "../drive/driver-lock";
import { type CampaignStatus, campaignStatus } from "./status";

/** Where `schedlab run` makes run directories by default. */
function runsBeside(store: string): string {
  return path.join(path.dirname(store), "runs");
}

/**
 * How far the campaign is now. Changes nothing.
 * @throws Failure when the store does not have it, with the nearest name that it has; and as `readStore`.
 */
export async function readStatus(storePath: string, campaign: string): Promise<CampaignStatus> {
  const store = path.resolve(storePath);
  // First, so that a run which ends in the meantime is seen in one of the two places.
  const going = goingRuns(runsBeside(store), await storedRunIds(store));
  const record = await readCampaign(store, campaign);
  if (record === null) throw await unknownCampaign(store, campaign);
  return campaignStatus(record, going, await driverOf(store, campaign));
}

export async function unknownCampaign(store: string, campaign: string): Promise<Failure> {
  const known = await campaignNames(store);
  const near = nearestName(campaign, known);
  const hint =
    near === undefined
      ? known.length === 0
        ? "it has none yet"
        : `it has ${known.join(", ")}`
      : `did you mean "${near}"?`;
  return new Failure(`${store} has no campaign "${campaign}": ${hint}`, {
    remedy: "name one of them, or the campaign's file, or another store with --store",
  });
}
