import { hostFacts } from "../../host/facts";
import { rangeConflicts } from "../../host/network";
import { runningContainers } from "../../infra/libvirt/generation";
import type { CampaignHost } from "./fit";

/** Reads what this host has and what runs on it. It changes nothing. */
export async function campaignHost(): Promise<CampaignHost> {
  const [facts, running, rangeConflict] = await Promise.all([
    hostFacts(),
    runningContainers(),
    rangeConflicts(),
  ]);
  return { ...facts, running, rangeConflict };
}
