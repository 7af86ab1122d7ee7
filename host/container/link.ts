import { shellWords } from "../../base/shell-script";
import type { ContainerNode } from "./node";

/** A token bucket must hold what passes in one scheduler tick, and at least one large segment. */
const burstSeconds = 0.01;
const leastBurstBytes = 128 * 1024;

interface LinkCalls {
  /** Files of the functions that are called, beside link.sh. */
  readonly files: readonly string[];
  /** What the create script calls for a running node's link. */
  readonly calls: readonly string[];
}

/** The host notices sooner that the node has come up; and the link is shaped where that is asked for. */
export function linkCalls(
  node: Pick<ContainerNode, "domainName" | "networkName" | "bandwidthMbps" | "latencyUs">,
): LinkCalls {
  const { domainName, networkName, bandwidthMbps, latencyUs } = node;
  if (networkName === null) return { files: [], calls: [] };
  const notice = `notice_sooner ${shellWords([domainName])}`;
  if (bandwidthMbps === null && latencyUs === null) return { files: [], calls: [notice] };
  const bucket = bandwidthMbps === null ? ["", ""] : tokenBucket(bandwidthMbps);
  const shape = `shape_link ${shellWords([domainName, latencyUs ?? "", ...bucket])}`;
  return { files: ["shape.sh"], calls: [notice, shape] };
}

/** Its rate in kbit/s and its size in bytes. */
function tokenBucket(megabitsPerSecond: number): [rateKbit: number, burstBytes: number] {
  const bytesPerSecond = (megabitsPerSecond * 1e6) / 8;
  const burst = Math.max(leastBurstBytes, Math.round(bytesPerSecond * burstSeconds));
  return [Math.max(1, Math.round(megabitsPerSecond * 1000)), burst];
}
