import { mostNodes } from "./elastic";
import { type AlikeNodes, emulatedCounts, isEmulated } from "./emulated";
import { listProblems } from "./emulated-list-checks";
import type { Problem } from "./problems";
import type { SchedulerKind } from "./scheduler";
import { specFacts } from "./schedulers/facts";
import type { Topology } from "./topology";
import { mebibytes } from "./units";

type Pool = Topology["nodes"];

/** Far above what a host of this kind holds; a slip of the pen is met here. */
const mostEmulated = 20_000;
const leastMemoryMiB = 128;

function poolsOf({ nodes, pools }: Topology): [string, Pool][] {
  return [
    ["topology.nodes", nodes],
    ...Object.entries(pools).map(([name, pool]): [string, Pool] => [
      `topology.pools.${name}`,
      pool,
    ]),
  ];
}

/** Elastic and emulated pools that contradict themselves or each other. */
export function poolProblems(topology: Topology): Problem[] {
  const pools = poolsOf(topology);
  return [
    ...pools.flatMap(([path, pool]) => elasticProblems(path, pool)),
    ...(isEmulated(topology) ? pools.flatMap(([path, pool]) => emulatedProblems(path, pool)) : []),
    ...emulatedTotalProblems(pools),
    ...listPlaceProblems(topology),
  ];
}

function elasticProblems(path: string, { count, elastic, emulated }: Pool): Problem[] {
  if (elastic === undefined) return [];
  const { min, max } = elastic;
  const problems: Problem[] = [];
  if (min > max) {
    problems.push({
      path: `${path}.elastic.min`,
      message: `expected at most ${path}.elastic.max, ${max}, got ${min}`,
    });
  } else if (count < min || count > max) {
    problems.push({
      path: `${path}.count`,
      message: `expected ${min}..${max}, the sizes of the elastic pool, got ${count}; it is the number of nodes at the start`,
    });
  }
  const { policy } = elastic;
  if (policy.kind === "pressure" && policy.scaleInBelow > policy.scaleOutAbove) {
    problems.push({
      path: `${path}.elastic.policy.scaleInBelow`,
      message: `expected at most scaleOutAbove, ${policy.scaleOutAbove}, got ${policy.scaleInBelow}: nodes that left would be called back at once`,
    });
  }
  const { provisioning } = elastic;
  if (provisioning.kind === "daemon" && provisioning.delay >= provisioning.deadline) {
    problems.push({
      path: `${path}.elastic.provisioning.delay`,
      message: `expected less than the deadline, ${provisioning.deadline} s, got ${provisioning.delay}: no node would ever be there in time`,
    });
  }
  if (emulated !== undefined) {
    problems.push({
      path: `${path}.elastic`,
      message: "the nodes of an emulated pool cannot come and go; leave out elastic or emulated",
    });
  }
  return problems;
}

function emulatedProblems(path: string, pool: Pool): Problem[] {
  const { emulated, gpus } = pool;
  if (emulated === undefined) {
    return [
      {
        path: `${path}.emulated`,
        message:
          "either all pools have to be emulated or none: real and emulated nodes cannot be compared",
      },
    ];
  }
  const problems: Problem[] =
    emulated.from === "list"
      ? listProblems(path, emulated, pool.count)
      : alikeProblems(path, emulated, mostNodes(pool));
  if (gpus !== undefined && gpus > 0) {
    problems.push({
      path: `${path}.gpus`,
      message: `expected 0, got ${gpus}: jobs see the GPUs of ${path}.emulated.gpus`,
    });
  }
  return problems;
}

function alikeProblems(path: string, emulated: AlikeNodes, domains: number): Problem[] {
  const problems: Problem[] = [];
  const all = domains * emulated.perDomain;
  if (emulated.switches !== undefined && emulated.switches > all) {
    problems.push({
      path: `${path}.emulated.switches`,
      message: `expected at most ${all}, the emulated nodes of the pool, got ${emulated.switches}`,
    });
  }
  if (mebibytes(emulated.memory) < leastMemoryMiB) {
    problems.push({
      path: `${path}.emulated.memory`,
      message: `expected at least ${leastMemoryMiB}MiB, got ${emulated.memory}`,
    });
  }
  return problems;
}

function emulatedTotalProblems(pools: readonly [string, Pool][]): Problem[] {
  const total = pools.reduce(
    (sum, [, pool]) => emulatedCounts(pool).reduce((all, count) => all + count, sum),
    0,
  );
  if (total <= mostEmulated) return [];
  const [path] = pools.find(([, { emulated }]) => emulated !== undefined) ?? ["topology.nodes"];
  return [
    {
      path: `${path}.emulated.perDomain`,
      message: `expected at most ${mostEmulated} emulated nodes in all pools together, got ${total}`,
    },
  ];
}

/** A list of nodes has the whole cluster's. */
function listPlaceProblems({ nodes, pools }: Topology): Problem[] {
  const others = Object.keys(pools);
  const misplaced = others.filter((name) => pools[name]?.emulated?.from === "list");
  const message =
    "a list of nodes is the whole cluster's: give it as topology.nodes.emulated, without topology.pools";
  if (misplaced.length > 0) {
    return misplaced.map((name) => ({ path: `topology.pools.${name}.emulated.from`, message }));
  }
  if (nodes.emulated?.from !== "list" || others.length === 0) return [];
  return [{ path: "topology.pools", message }];
}

/** Pools whose nodes are left to the scheduler, under one that has no policy for that. */
export function autoscalingProblems(kind: SchedulerKind, topology: Topology): Problem[] {
  if (specFacts[kind].scalesItself) return [];
  return poolsOf(topology).flatMap(([path, { elastic }]) =>
    elastic?.policy.kind === "native"
      ? [
          {
            path: `${path}.elastic.policy.kind`,
            message: `${specFacts[kind].name} has no autoscaling of its own here; expected pressure`,
          },
        ]
      : [],
  );
}
