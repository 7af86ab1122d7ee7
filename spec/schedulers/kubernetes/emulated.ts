import type { Emulated } from "../../emulated";

/**
 * What the bootstrap and the harness have to agree on about emulated nodes, whose kubelet is kwok's stages.
 */

/** Label of an emulated node: the domain that it is on. */
export const emulatedOnLabel = "schedlab.local/emulated-on";

/** Label of a node below a leaf switch: the pool and the switch's number, as in "nodes-3". */
export const leafLabel = "schedlab.local/leaf";

export function leafName(pool: string, leaf: number): string {
  return `${pool}-${leaf}`;
}

/**
 * Annotation of a pod: how long it runs by itself, in whole milliseconds. A pod without it runs until it is
 * taken down.
 */
export const runsAnnotation = "schedlab.local/runs-ms";

interface Pools {
  readonly nodes: Pool;
  readonly pools: Readonly<Record<string, Pool>>;
}

interface Pool {
  readonly emulated?: Emulated | undefined;
}

/** Whether nodes are below leaf switches, by which Volcano then places jobs. */
export function hasSwitches({ nodes, pools }: Pools): boolean {
  return [nodes, ...Object.values(pools)].some(({ emulated }) =>
    emulated?.from === "list"
      ? emulated.nodes.some(({ leaf }) => leaf !== undefined)
      : emulated?.switches !== undefined,
  );
}
