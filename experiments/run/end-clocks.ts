import pLimit from "p-limit";
import { messageOf } from "../../base/thrown";
import type { NodeRecord } from "../../store/record";
import type { Executor } from "../remote/executor";
import { measureClock } from "./clock";

/** More at once would queue up on the harness's own cores and lengthen the round trips. */
const NODES_AT_ONCE = 8;

/** The nodes with their clock offsets of now; null, and a warning, where one does not answer. */
export async function clocksAfter(
  executor: Executor,
  nodes: readonly NodeRecord[],
  warn: (message: string) => void,
): Promise<NodeRecord[]> {
  const limit = pLimit(NODES_AT_ONCE);
  return Promise.all(
    nodes.map((node) =>
      limit(async () => {
        try {
          const { offsetMs } = await measureClock(executor, node.name);
          return { ...node, clockOffsetAfterMs: offsetMs };
        } catch (error) {
          const why = messageOf(error);
          warn(`the clock of ${node.name} was not measured after the run: ${why}`);
          return node;
        }
      }),
    ),
  );
}
