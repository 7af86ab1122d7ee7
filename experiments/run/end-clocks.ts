import pLimit from "p-limit";
import { messageOf } from "../../base/thrown";
import type { NodeRecord } from "../../store/record";
import type { Executor } from "../remote/executor";
import { measureClock } from "./clock";

/** More at once would queue up on the harness's own cores and lengthen the round trips. */
const NODES_AT_ONCE = 8;

/**
 * The nodes with their clock offsets of now; null, and a warning, where one does not answer. Emulated
 * nodes have the clock of their domain.
 */
export async function clocksAfter(
  executor: Executor,
  nodes: readonly NodeRecord[],
  warn: (message: string) => void,
): Promise<NodeRecord[]> {
  const limit = pLimit(NODES_AT_ONCE);
  const domains = [...new Set(nodes.map(({ name, emulatedOn }) => emulatedOn ?? name))];
  const measured = await Promise.all(
    domains.map((domain) =>
      limit(async (): Promise<[string, number] | null> => {
        try {
          const { offsetMs } = await measureClock(executor, domain);
          return [domain, offsetMs];
        } catch (error) {
          const why = messageOf(error);
          warn(`the clock of ${domain} was not measured after the run: ${why}`);
          return null;
        }
      }),
    ),
  );
  const offsets = new Map(measured.flatMap((pair) => (pair === null ? [] : [pair])));
  return nodes.map((node) => ({
    ...node,
    clockOffsetAfterMs: offsets.get(node.emulatedOn ?? node.name) ?? node.clockOffsetAfterMs,
  }));
}
