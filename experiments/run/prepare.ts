import type { Report } from "../../base/report";
import type { Handle } from "../../infra/handle";
import { specFacts } from "../../spec/schedulers/facts";
import type { NodeRecord } from "../../store/record";
import { workloadCluster } from "../../workloads/cluster";
import { type PlannedWorkload, workloadJobs } from "../../workloads/workload";
import type { Executor } from "../remote/executor";
import type { SchedulerAdapter } from "../schedulers/adapter";
import { conditionPackages, createAdapter } from "../schedulers/registry";
import type { Programs } from "./body";
import { checkClocks } from "./clock";
import { clearLeftovers } from "./leftovers";
import { type NodeFacts, nodeDirectory, setUpNodes } from "./node-setup";
import { placePrograms, programPlaces } from "./programs";

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
  report: Report,
): Promise<PreparedRun> {
  const { cluster, spec } = handle;
  const offer = workloadCluster(cluster.nodes, cluster.partitions);
  const workload = await workloadJobs(spec.workload, offer, { report });
  for (const note of workload.notes) report(note);
  const directory = nodeDirectory(runId);
  const adapter = createAdapter(
    { executor, cluster, runId, nodeDirectory: directory },
    spec.scheduler,
  );
  report(`asking ${specFacts[adapter.kind].name} on ${cluster.name} whether it is ready`);
  await clearLeftovers(adapter, report);
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

/** nodes.json */
export function nodeRecords(handle: Handle, facts: ReadonlyMap<string, NodeFacts>): NodeRecord[] {
  const { nodes, partitions } = handle.cluster;
  return nodes.map(({ name, role, pool, address, vcpus, memoryMiB, gpus, link }) => ({
    name,
    role,
    pool,
    partitions: partitions.flatMap((part) => (part.nodes.includes(name) ? [part.name] : [])),
    address,
    vcpus,
    memoryMiB,
    gpus,
    kernel: facts.get(name)?.kernel ?? null,
    cpuModel: facts.get(name)?.cpuModel ?? null,
    clockOffsetMs: facts.get(name)?.clock.offsetMs ?? null,
    clockOffsetAfterMs: null,
    link,
  }));
}
