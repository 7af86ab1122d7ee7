import type { Reporter } from "../../base/reporter";
import type { Handle } from "../../infra/handle";
import { specFacts } from "../../spec/schedulers/facts";
import { workloadCluster } from "../../workloads/cluster";
import type { PlannedWorkload } from "../../workloads/planned";
import { scheduledJobs } from "../../workloads/scheduled";
import { nodesBack } from "../elastic/nodes-back";
import type { Executor } from "../remote/executor";
import { onHostTime } from "../schedulers/accelerated";
import type { SchedulerAdapter } from "../schedulers/adapter";
import { conditionPackages, createAdapter } from "../schedulers/registry";
import type { Programs } from "./body";
import { checkClocks } from "./clock";
import { clearLeftovers } from "./leftovers";
import { liveCluster } from "./live-cluster";
import { type NodeFacts, nodeDirectory, setUpNodes } from "./node-setup";
import { placePrograms, programPlaces } from "./programs";
import { schedulerClock } from "./scheduler-clock";

/** A cluster that was found ready, and what is to be run on it. */
export interface PreparedRun {
  readonly runId: string;
  readonly directory: string;
  readonly capacityCores: number;
  readonly workload: PlannedWorkload;
  readonly programs: Programs;
  readonly adapter: SchedulerAdapter;
  readonly schedulerVersion: string;
  readonly facts: ReadonlyMap<string, NodeFacts>;
}

/**
 * Set-up: plans the jobs, checks that the scheduler is up and idle, places the wrapper, compares the
 * clocks. Leaves no run directory: what is refused here has not been a run.
 * @throws Failure, ClusterNotReady, RemoteError.
 */
export async function prepareRun(
  handle: Handle,
  executor: Executor,
  runId: string,
  report: Reporter,
): Promise<PreparedRun> {
  const { cluster, spec } = handle;
  const offer = workloadCluster(spec.topology, cluster.nodes, cluster.partitions);
  const workload = await scheduledJobs(spec, offer, { report });
  for (const note of workload.notes) report(note);
  const directory = nodeDirectory(runId);
  const clock = await schedulerClock(handle, executor);
  const own = createAdapter(
    { executor, cluster: liveCluster(handle), runId, nodeDirectory: directory },
    spec.scheduler,
  );
  const adapter = clock === null ? own : onHostTime(own, clock);
  report(`asking ${specFacts[adapter.kind].name} on ${cluster.name} whether it is ready`);
  await clearLeftovers(adapter, report, () =>
    nodesBack(handle, executor, adapter.membership, report),
  );
  const { version } = await adapter.prepare();
  report(`setting up ${cluster.nodes.length} nodes`);
  const facts = await setUpNodes(
    executor,
    cluster.nodes,
    directory,
    conditionPackages(spec.scheduler.kind),
  );
  const programs = programPlaces(workload.tasks, directory);
  await placePrograms(executor, cluster.nodes, programs, report);
  checkClocks(new Map([...facts].map(([name, { clock }]) => [name, clock])));
  return {
    runId,
    directory,
    capacityCores: offer.capacityCores,
    workload,
    programs,
    adapter,
    schedulerVersion: version,
    facts,
  };
}
