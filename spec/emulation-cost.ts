import { emulatedCounts, isEmulated } from "./emulated";
import type { Problem } from "./problems";
import { hardwareProfile, nodeSize } from "./profiles";
import type { SchedulerKind } from "./scheduler";
import { specFacts } from "./schedulers/facts";
import type { NodeShape, Topology } from "./topology";

interface Need {
  /** Of the shape that is too small. */
  readonly path: string;
  readonly shape: NodeShape;
  /** As a person reads it. */
  readonly nodes: string;
  readonly baseMiB: number;
  readonly perNodeMiB: number;
  readonly count: number;
}

/** Emulated nodes for which the domains that they are on, or the controller, have too little memory. */
export function emulationCostProblems(kind: SchedulerKind, topology: Topology): Problem[] {
  if (!isEmulated(topology)) return [];
  const { emulation, name } = specFacts[kind];
  const { baseMiB, perNodeMiB } = emulation;
  const pools = emulatedPools(topology);
  const total = pools.reduce((sum, { nodes }) => sum + nodes.reduce((all, of) => all + of, 0), 0);
  const needs: Need[] = [
    ...pools.map(({ path, shape, nodes }) => {
      const most = Math.max(0, ...nodes);
      return {
        path,
        shape,
        nodes: `${most} emulated nodes`,
        baseMiB: baseMiB.domain,
        perNodeMiB: perNodeMiB.domain,
        count: most,
      };
    }),
    {
      path: "topology.controller",
      shape: topology.controller,
      nodes: `the controller of ${total} emulated nodes`,
      baseMiB: baseMiB.controller,
      perNodeMiB: perNodeMiB.controller,
      count: total,
    },
  ];
  return needs.flatMap((need) => memoryProblem(need, topology, name));
}

function memoryProblem(need: Need, topology: Topology, scheduler: string): Problem[] {
  const { path, shape, nodes, baseMiB, perNodeMiB, count } = need;
  // An unknown profile is a problem of its own.
  if (hardwareProfile(topology, shape.profile) === undefined) return [];
  const { memoryMiB } = nodeSize(topology, shape);
  const wanted = Math.ceil(baseMiB + perNodeMiB * count);
  if (wanted <= memoryMiB) return [];
  const held = perNodeMiB === 0 ? 0 : Math.floor((memoryMiB - baseMiB) / perNodeMiB);
  const fewer = held > 0 ? `, or at most ${held} nodes` : "";
  return [
    {
      path: `${path}.memory`,
      message: `expected at least ${wanted}MiB, which ${nodes} need under ${scheduler}, got ${memoryMiB}MiB; take more memory${fewer}`,
    },
  ];
}

interface EmulatedPool {
  readonly path: string;
  readonly shape: NodeShape;
  /** Of each of its domains. */
  readonly nodes: readonly number[];
}

function emulatedPools({ nodes, pools }: Topology): EmulatedPool[] {
  return [
    ["topology.nodes", nodes] as const,
    ...Object.entries(pools).map(([name, pool]) => [`topology.pools.${name}`, pool] as const),
  ].flatMap(([path, shape]) => {
    const counts = emulatedCounts(shape);
    return shape.emulated === undefined ? [] : [{ path, shape, nodes: counts }];
  });
}
