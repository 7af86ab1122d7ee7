import type { LublinWorkload, PoissonWorkload } from "../spec/workload";
import type { ClusterCapacity } from "./cluster";
import { parseDistribution } from "./models/distribution";
import type { ModelWorkload } from "./models/job";
import { modelLog } from "./models/log";
import { lublinJobs } from "./models/lublin";
import type { LublinType } from "./models/lublin-parameters";
import { poissonJobs, powersOfTwo } from "./models/poisson";
import type { PlannedWorkload, WorkloadOptions } from "./planned";
import { replayJobs } from "./replay";
import { SwfReading } from "./swf/read";
import { swfLines } from "./swf/write";

/** Poisson arrivals. Throws Failure for a distribution that cannot be read or fits no machine. */
export async function poissonWorkload(
  workload: PoissonWorkload,
  cluster: ClusterCapacity,
  options: WorkloadOptions,
): Promise<PlannedWorkload> {
  const { draw, load } = workload;
  const common = modelled(workload, cluster);
  const model = poissonJobs({
    ...common,
    sizes: draw.sizes === undefined ? powersOfTwo(common.procs) : parseDistribution(draw.sizes),
    runs: parseDistribution(draw.runs),
    arrivals: { load },
  });
  return replayModel(model, workload, cluster, options);
}

const lublinTypes: Readonly<Record<LublinWorkload["variant"], LublinType>> = {
  batch: "batch",
  interactive: "interactive",
  mixed: "typeless",
};

/** The model of Lublin and Feitelson. Throws Failure. */
export async function lublinWorkload(
  workload: LublinWorkload,
  cluster: ClusterCapacity,
  options: WorkloadOptions,
): Promise<PlannedWorkload> {
  const type = lublinTypes[workload.variant];
  const model = lublinJobs({ ...modelled(workload, cluster), type });
  return replayModel(model, workload, cluster, options);
}

/** A model draws for a machine of this cluster's size, unless the workload gives another size. */
function modelled(
  { jobs, seed, sizes, users }: PoissonWorkload | LublinWorkload,
  cluster: ClusterCapacity,
) {
  return { jobs, seed, users: users.count, procs: sizes.traceCores ?? cluster.capacityCores };
}

/** Uses the log that `schedlab generate` writes, so that a model is scaled like any trace. */
function replayModel(
  model: ModelWorkload,
  workload: PoissonWorkload | LublinWorkload,
  cluster: ClusterCapacity,
  { report }: WorkloadOptions,
): Promise<PlannedWorkload> {
  const { procs } = modelled(workload, cluster);
  const { header, records } = modelLog(model, procs);
  const bytes = Buffer.from(`${[...swfLines(header, records)].join("\n")}\n`);
  const name = `${workload.kind}-seed${workload.seed}.swf`;
  return replayJobs(new SwfReading(bytes, "strict", name), workload, cluster, report);
}
