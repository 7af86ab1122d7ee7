import { z } from "zod";
import { choice, integer, number, strict, variants } from "./fields";

const mostNodesOfPool = 64;
const longest = 24 * 3600;

/** Seconds that a node may take from the decision until the scheduler can use it. */
const deadline = () => integer(1, 3600).default(120);

/**
 * Common to all schedulers. Pressure is the cores that queued and running jobs want, divided by those of
 * the nodes that are there or on their way.
 */
const pressurePolicy = strict({
  kind: z.literal("pressure"),
  /** Nodes are added while the pressure is above this. */
  scaleOutAbove: number(0.01, 100).default(1),
  /** Nodes may leave as long as the pressure without them is at most this. */
  scaleInBelow: number(0, 100).default(1),
  /** Seconds between two decisions in the same direction. */
  coolDown: number(0, longest).default(5),
  /** Seconds that a node must have been idle before it may leave. */
  idle: number(0, longest).default(15),
  /** Nodes that one decision may add or remove. */
  step: integer(1, mostNodesOfPool).default(mostNodesOfPool),
});

/** The scheduler's own. */
const nativePolicy = strict({
  kind: z.literal("native"),
  /** Seconds that a node must have been idle before it may leave. */
  idle: number(0, longest).default(15),
});

/** A pool whose nodes come and go. Its `count` is the number of nodes at the start of a run. */
export const elasticSchema = strict({
  min: integer(0, mostNodesOfPool).default(1),
  max: integer(1, mostNodesOfPool),
  policy: variants(
    "kind",
    ["pressure", "native"],
    [pressurePolicy, nativePolicy],
    "pressure",
  ).prefault({}),
  provisioning: variants(
    "kind",
    ["domain", "daemon"],
    [
      /** A node that is away is a domain that does not run. */
      strict({ kind: z.literal("domain"), deadline: deadline() }),
      /** A node that is away runs without the scheduler's daemons, which start after `delay` seconds. */
      strict({
        kind: z.literal("daemon"),
        delay: number(0, 3600).default(0),
        deadline: deadline(),
      }),
    ],
    "domain",
  ).prefault({}),
  /** What becomes of the jobs of a node that is to leave. */
  leaving: choice(["finish", "requeue"]).default("finish"),
});

export type Elastic = z.infer<typeof elasticSchema>;
export type PressurePolicy = z.infer<typeof pressurePolicy>;
export type Provisioning = Elastic["provisioning"];

/** Nodes of a pool when all of them are there: so many domains are made. */
export function mostNodes({
  count,
  elastic,
}: {
  readonly count: number;
  readonly elastic?: Elastic | undefined;
}): number {
  return elastic?.max ?? count;
}

interface Pool {
  readonly elastic?: Elastic | undefined;
}

/** The elastic pools by name; `nodes` is the one of the default partition. */
export function elasticPools(topology: {
  readonly nodes: Pool;
  readonly pools: Readonly<Record<string, Pool>>;
}): ReadonlyMap<string, Elastic> {
  return new Map(
    Object.entries({ nodes: topology.nodes, ...topology.pools }).flatMap(([name, { elastic }]) =>
      elastic === undefined ? [] : [[name, elastic] as const],
    ),
  );
}
