import { partitionNames } from "./partitions";
import type { Problem } from "./problems";
import { hardwareProfile, nodeSize } from "./profiles";
import type { Topology } from "./topology";

/** Features and types of GPUs that would mean nothing, or two things. */
export function traitProblems(topology: Topology): Problem[] {
  const partitions = partitionNames(topology);
  const pools: [string, Topology["nodes"]][] = [
    ["topology.nodes", topology.nodes],
    ...Object.entries(topology.pools).map(([name, pool]): [string, Topology["nodes"]] => [
      `topology.pools.${name}`,
      pool,
    ]),
  ];
  return pools.flatMap(([path, pool]) => [
    ...featureProblems(path, pool.features ?? [], partitions),
    ...typeProblems(topology, path, pool),
  ]);
}

function featureProblems(
  path: string,
  features: readonly string[],
  partitions: readonly string[],
): Problem[] {
  return features.flatMap((feature, index) => {
    const at = `${path}.features.${index}`;
    if (features.indexOf(feature) < index) {
      return [{ path: at, message: `"${feature}" is in the list twice` }];
    }
    return partitions.includes(feature)
      ? [{ path: at, message: `"${feature}" is the name of a partition, choose another name` }]
      : [];
  });
}

function typeProblems(topology: Topology, path: string, pool: Topology["nodes"]): Problem[] {
  const { emulated, gpuType } = pool;
  if (emulated !== undefined) {
    if (gpuType !== undefined) {
      const message = `jobs see the GPUs of ${path}.emulated; set ${path}.emulated.gpuType instead`;
      return [{ path: `${path}.gpuType`, message }];
    }
    return emulated.from !== "list" && emulated.gpuType !== undefined && emulated.gpus === 0
      ? [withoutGpus(`${path}.emulated`)]
      : [];
  }
  // An unknown profile is a problem of its own.
  if (gpuType === undefined || hardwareProfile(topology, pool.profile) === undefined) return [];
  return nodeSize(topology, pool).gpus === 0 ? [withoutGpus(path)] : [];
}

function withoutGpus(path: string): Problem {
  return { path: `${path}.gpuType`, message: `these nodes have no GPUs; set ${path}.gpus` };
}
