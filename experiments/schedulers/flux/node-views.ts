import { z } from "zod";
import type { SchedulerNode } from "../../../spec/emulated";
import type { NodesSeen, NodeView } from "../adapter";

/** A line of membership.py; times in seconds. */
const lineSchema = z.object({
  at: z.number().positive(),
  late: z.number().nonnegative(),
  nodes: z.array(
    z.object({
      name: z.string(),
      cores: z.int().nonnegative(),
      jobs: z.int().nonnegative(),
      /** Its broker is there. */
      online: z.boolean(),
      drained: z.boolean(),
      /** The scheduler starts jobs on it. */
      usable: z.boolean(),
    }),
  ),
});
type Told = z.infer<typeof lineSchema>["nodes"][number];

/** The clock's own step. */
const leastMs = 0.001;

/** What a line of membership.py says of these nodes; null for a line that is none. */
export function nodesSeen(
  line: string,
  expected: readonly Pick<SchedulerNode, "name" | "vcpus">[],
): NodesSeen | null {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return null;
  }
  const { data } = lineSchema.safeParse(value);
  if (data === undefined) return null;
  const told = new Map(data.nodes.map((node) => [node.name, node]));
  return {
    at: data.at * 1000,
    resolutionMs: Math.max(leastMs, data.late * 1000),
    nodes: expected.map(({ name, vcpus }): NodeView => {
      const node = told.get(name);
      return node === undefined
        ? { name, state: "absent", cores: vcpus, jobs: 0 }
        : { name, state: stateOf(node), cores: node.cores, jobs: node.jobs };
    }),
  };
}

function stateOf({ online, drained, usable }: Told): NodeView["state"] {
  if (!online) return "down";
  if (drained) return "draining";
  return usable ? "schedulable" : "down";
}
