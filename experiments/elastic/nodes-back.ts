import type { Reporter } from "../../base/reporter";
import type { Handle } from "../../infra/handle";
import { isEmulated } from "../../spec/emulated";
import type { Executor } from "../remote/executor";
import { liveCluster } from "../run/live-cluster";
import type { Membership } from "../schedulers/adapter";
import { bringBack } from "./bring-back";
import { domainProvisioner, noStreams } from "./provisioning";

/** Longer than any domain takes to boot. */
const BACK_MS = 300_000;
/** A scheduler that does not answer by then is for its adapter to report. */
const PATIENCE_MS = 5_000;

/**
 * Before any run: brings back the nodes that a harness which was killed has left away or on their way,
 * whatever its specification was. Whether all are there then is for the scheduler's adapter to say.
 */
export async function nodesBack(
  handle: Handle,
  executor: Executor,
  membership: Membership | undefined,
  report: Reporter,
): Promise<void> {
  // An emulated node is no domain, and never leaves.
  if (membership === undefined || isEmulated(handle.spec.topology)) return;
  await bringBack({
    membership,
    provisioner: domainProvisioner({ executor, handle, streams: noStreams }),
    nodes: liveCluster(handle).schedulerNodes.map(({ name }) => name),
    deadlineMs: BACK_MS,
    report,
    times: { patienceMs: PATIENCE_MS },
  });
}
