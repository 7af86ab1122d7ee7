import { hostFacts } from "../../host/facts";
import { inotifyInstances } from "../../host/inotify";
import { rangeConflicts } from "../../host/network";
import { cachedDomainKind } from "../../host/probe/kind";
import { imageDir } from "../../images/build";
import { runningContainers } from "../../infra/libvirt/generation";
import type { CampaignHost } from "./fit";

/** Reads what this host has and what runs on it. It changes nothing. */
export async function campaignHost(): Promise<CampaignHost> {
  const [facts, running, rangeConflict, inotify, autoDomain] = await Promise.all([
    hostFacts(),
    runningContainers(),
    rangeConflicts(),
    inotifyInstances(),
    // The host decides it; an image is only what it was tried with.
    cachedDomainKind({ dir: imageDir("slurm", undefined) }),
  ]);
  return { ...facts, running, rangeConflict, inotify, autoDomain };
}
