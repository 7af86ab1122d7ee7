import { asOnlyDriver } from "../campaigns/drive/driver-lock";
import { unknownCampaign } from "../campaigns/status/read";
import { readCampaign } from "../store/campaigns";
import { liveWorkspace } from "./campaign-run-laboratory";
import { namedCampaign } from "./campaign-run-named";
import { abortOnInterrupt } from "./interrupt";
import { reportTo } from "./progress";

/**
 * Takes down every stack that the campaign ever planned and that is there, by exact name, after what goes
 * on there has ended.
 */
export async function takeDownCampaign(
  name: string,
  options: { readonly store: string; readonly json: boolean },
): Promise<void> {
  const report = reportTo();
  const stop = abortOnInterrupt();
  const { campaign, store } = await namedCampaign(name, options.store);
  if ((await readCampaign(store, campaign)) === null) throw await unknownCampaign(store, campaign);
  await asOnlyDriver(store, campaign, async () => {
    const workspace = await liveWorkspace(campaign, store, report);
    const stacks = await workspace.stacks();
    for (const stack of stacks) {
      await workspace.settle(stack, stop);
      await workspace.down(stack, stop);
    }
    if (options.json) console.log(JSON.stringify({ campaign, down: stacks }, null, 2));
    else if (stacks.length === 0) console.log(`campaign ${campaign} has left no cluster`);
    else console.log(`taken down: ${stacks.join(", ")}`);
  });
}
