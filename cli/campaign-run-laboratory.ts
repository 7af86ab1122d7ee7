import path from "node:path";
import { repoRoot } from "../base/paths";
import type { Reporter } from "../base/reporter";
import { LiveWorkspace } from "../campaigns/drive/live-workspace";
import { campaignProject } from "../campaigns/drive/project";
import { CampaignStacks } from "../campaigns/drive/stacks";
import { ensureLibvirtd } from "../host/libvirtd";
import { ensurePackages } from "../host/packages";
import { backendUrl, pulumiEnvironment } from "../toolchain/environment";
import { ensureToolchain } from "../toolchain/pulumi";
import { keepEarlierRuns, runsBeside } from "./earlier-runs";

/** `pulumi up` resolves what a stack file says of the store in the same way. */
export function storeOfCampaign(store: string): string {
  return path.resolve(repoRoot, store);
}

/**
 * Prepares this host and gives the driver its hold on real clusters. Runs that an earlier driver could not
 * load are loaded first: what they measured must not be measured again.
 */
export async function liveWorkspace(
  campaign: string,
  store: string,
  report: Reporter,
): Promise<LiveWorkspace> {
  await ensurePackages({ report });
  await ensureLibvirtd({ report });
  const toolchain = await ensureToolchain({ report });
  const project = await campaignProject(campaign, toolchain, pulumiEnvironment(toolchain));
  const stacks = new CampaignStacks(project, { backend: backendUrl(), report });
  const runsDir = runsBeside(store);
  const loadEarlier = async (experiment?: string) => {
    const which = experiment === undefined ? {} : { experiment };
    await keepEarlierRuns({ runsDir, store, report, ...which, older: false });
  };
  await loadEarlier();
  return new LiveWorkspace(stacks, { campaign, store, runsDir, report, loadEarlier });
}
