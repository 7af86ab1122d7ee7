import path from "node:path";
import { hostFacts } from "../../host/facts";
import { inotifyInstances } from "../../host/inotify";
import { rangeConflicts } from "../../host/network";
import { cachedDomainKind } from "../../host/probe/kind";
import { imageDir } from "../../images/build";
import { runningContainers } from "../../infra/libvirt/generation";
import { schedulerKinds } from "../../spec/scheduler";
import type { DomainKind } from "../../spec/topology";
import type { CampaignHost } from "./fit";

/** A campaign's ranges follow from one another, and what has them is mostly another cluster of ours. */
const campaignRangeRemedy =
  "another campaign or stack has the range: take it down, or set topology.network.cidr in the campaign's or the stack's file, which moves all of its clusters";

/** Reads what this host has and what runs on it. It changes nothing. */
export async function campaignHost(): Promise<CampaignHost> {
  const [facts, running, rangeConflict, inotify, autoDomain] = await Promise.all([
    hostFacts(),
    runningContainers(),
    rangeConflicts(campaignRangeRemedy),
    inotifyInstances(),
    knownDomainKind(),
  ]);
  return { ...facts, running, rangeConflict, inotify, autoDomain };
}

/** What `domain: auto` became for any image: the host decides it, and an image is what it was tried with. */
async function knownDomainKind(): Promise<DomainKind | null> {
  // One after another: to look for an answer, QEMU and libvirtd are asked for their versions.
  for (const kind of schedulerKinds) {
    const dir = imageDir(kind);
    const answer = await cachedDomainKind({ dir, name: path.basename(dir) });
    if (answer !== null) return answer;
  }
  return null;
}
