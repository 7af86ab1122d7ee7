import { DuckDBTimestampValue, type DuckDBValue, listValue } from "@duckdb/node-api";
import type { Columns } from "./append";
import { askColumns } from "./ask-columns";
import type { Attempt, Holding, Stretch } from "./attempts";
import { limitResolution } from "./limit-resolution";
import type {
  BenchmarkRecord,
  DaemonRecord,
  EventRecord,
  HostSampleRecord,
  JobRecord,
  NodeRecord,
  RunRecord,
  SampleRecord,
  SchedulerJobRecord,
  TimeSource,
} from "./record";
import { type BadRecord, placeOf } from "./run-directory";

/** How many places of bad records the store keeps; it also keeps the number of all bad records. */
const badPlaces = 20;

/** What each column takes from a record. Times become seconds since the run's start. */

export type Origin = Pick<RunRecord, "id" | "startedAt">;

/** DuckDB's own now() is in the time zone of its session. */
export function timestamp(at: number | null): DuckDBValue {
  return at === null ? null : new DuckDBTimestampValue(BigInt(Math.round(at * 1000)));
}

/**
 * In whole microseconds, the finest resolution of any source: a double of milliseconds since 1970 is
 * coarser than its digits suggest, and the same instant has to be the same double.
 */
export function seconds(run: Origin, at: number | null | undefined): number | null {
  return at === null || at === undefined ? null : Math.round((at - run.startedAt) * 1000) / 1e6;
}

function bigint(value: number | null): bigint | null {
  return value === null ? null : BigInt(value);
}

export function runColumns(
  { contentHash, bad }: { readonly contentHash: string; readonly bad: readonly BadRecord[] },
  directoryState: string,
  schema: number,
): Columns<RunRecord> {
  return {
    run_id: (run) => run.id,
    origin: () => "live",
    experiment: (run) => run.experiment,
    tuple_hash: (run) => run.tupleHash,
    repeat: (run) => run.repeat,
    campaign: (run) => run.campaign?.name ?? null,
    campaign_position: (run) => run.campaign?.position ?? null,
    status: (run) => (run.status === "running" ? "interrupted" : run.status),
    reason: (run) =>
      run.reason ?? (run.status === "running" ? "the run stopped without a word" : null),
    started_at: (run) => timestamp(run.startedAt),
    finished_at: (run) => timestamp(run.finishedAt),
    capacity_cores: (run) => run.capacityCores,
    planned_jobs: (run) => run.plannedJobs,
    failed_jobs: (run) => run.failedJobs,
    harness_limited: (run) => run.harnessLimited,
    harness_explanation: (run) => run.harnessExplanation,
    spec: ({ provenance }) => provenance.specJson,
    config_hash: ({ provenance }) => provenance.configHash,
    image_maker: ({ provenance }) => provenance.imageMaker,
    image_role: ({ provenance }) => provenance.imageRole,
    image_key: ({ provenance }) => provenance.imageKey,
    image_packages: ({ provenance }) => provenance.imagePackages,
    trace_hash: ({ provenance }) => provenance.traceHash,
    trace_name: ({ provenance }) => provenance.traceName,
    program_hash: ({ provenance }) => provenance.programHash,
    code_hash: ({ provenance }) => provenance.codeHash,
    code_dirty: ({ provenance }) => provenance.codeDirty,
    seed: ({ provenance }) => bigint(provenance.seed),
    domain: ({ provenance }) => provenance.domain,
    hypervisor_uri: ({ provenance }) => provenance.hypervisorUri,
    overcommit_cores: ({ provenance }) => provenance.overcommit.cores,
    overcommit_memory: ({ provenance }) => provenance.overcommit.memory,
    network_scale: ({ provenance }) => provenance.networkScale,
    clock_factor: ({ provenance }) => provenance.clockFactor,
    scheduler_kind: ({ provenance }) => provenance.schedulerKind,
    scheduler_version: ({ provenance }) => provenance.schedulerVersion,
    policy: ({ provenance }) => provenance.policyJson,
    node_kernel: ({ provenance }) => provenance.nodeKernel,
    node_software: ({ provenance }) => provenance.nodeSoftware,
    host_kernel: ({ provenance }) => provenance.hostKernel,
    host_cpu_model: ({ provenance }) => provenance.hostCpuModel,
    host_cores: ({ provenance }) => provenance.hostCores,
    host_load_before: ({ provenance }) => provenance.hostLoadBefore,
    host_load_after: ({ provenance }) => provenance.hostLoadAfter,
    harness_version: ({ provenance }) => provenance.harnessVersion,
    bodies: ({ provenance }) => listValue(provenance.bodies),
    limit_resolution_s: ({ provenance }) => limitResolution(provenance.schedulerKind),
    content_hash: () => contentHash,
    loaded_by_schema: () => schema,
    directory_state: () => directoryState,
    bad_records: () => bad.length,
    bad_places: () => listValue(bad.slice(0, badPlaces).map(placeOf)),
    loaded_at: () => timestamp(Date.now()),
  };
}

export function nodeColumns(runId: string): Columns<NodeRecord> {
  return {
    run_id: () => runId,
    node: (node) => node.name,
    role: (node) => node.role,
    pool: (node) => node.pool,
    emulated_on: (node) => node.emulatedOn,
    partitions: (node) => listValue(node.partitions),
    address: (node) => node.address,
    vcpus: (node) => node.vcpus,
    memory_mib: (node) => bigint(node.memoryMiB),
    gpus: (node) => node.gpus,
    kernel: (node) => node.kernel,
    cpu_model: (node) => node.cpuModel,
    clock_offset_ms: (node) => node.clockOffsetMs,
    clock_offset_after_ms: (node) => node.clockOffsetAfterMs,
    bandwidth_mbps: ({ link }) => link.bandwidthMbps,
    latency_us: ({ link }) => link.latencyUs,
    bandwidth_applied: ({ link }) => link.bandwidthApplied,
    latency_applied: ({ link }) => link.latencyApplied,
    link_reason: ({ link }) => link.reason,
  };
}

/** What a job waited for; NULL for nothing. */
const orderColumns: Columns<JobRecord> = {
  after_ok: ({ planned }) => jobsAfter(planned.after, "afterok"),
  after_any: ({ planned }) => jobsAfter(planned.after, "afterany"),
  array_id: ({ planned }) => planned.array?.array ?? null,
  array_task: ({ planned }) => planned.array?.task ?? null,
  array_limit: ({ planned }) => planned.array?.limit ?? null,
  previous_job: ({ planned }) => planned.previous?.job ?? null,
  think_s: ({ planned }) => planned.previous?.thinkSeconds ?? null,
};

function jobsAfter(after: JobRecord["planned"]["after"], wanted: string) {
  const jobs = (after ?? []).filter(({ type }) => type === wanted).map(({ job }) => job);
  return jobs.length === 0 ? null : listValue(jobs);
}

export function jobColumns(
  run: Origin,
  holdings: ReadonlyMap<number, Holding>,
): Columns<JobRecord> {
  const held = (job: JobRecord, part: keyof Holding): number | null => {
    const length = holdings.get(job.job)?.[part];
    return length == null ? null : Math.round(length * 1000) / 1e6;
  };
  return {
    run_id: () => run.id,
    job: (job) => job.job,
    scheduler_job: (job) => job.schedulerJob,
    user_name: ({ planned }) => planned.user,
    queue: ({ planned }) => planned.partition ?? null,
    requested_cores: ({ planned }) => planned.cores,
    requested_gpus: ({ planned }) => planned.gpus,
    requested_memory_mib: ({ planned }) => planned.memoryMiB,
    ...askColumns,
    planned_submit_s: ({ planned }) => planned.submitSeconds,
    planned_run_s: ({ planned }) => planned.runSeconds,
    limit_s: ({ planned }) => planned.limitSeconds,
    trace_job: ({ planned }) => bigint(planned.traceJob),
    ...orderColumns,
    due_s: (job) => seconds(run, job.dueAt),
    submit_s: (job) => seconds(run, job.submitStartedAt),
    submit_source: submitSource,
    submit_resolution_ms: submitResolution,
    accept_s: (job) => seconds(run, job.submitFinishedAt),
    start_s: (job) => seconds(run, job.start?.at),
    start_source: (job) => job.start?.source ?? null,
    start_resolution_ms: (job) => job.start?.resolutionMs ?? null,
    end_s: (job) => seconds(run, job.end?.at),
    end_source: (job) => job.end?.source ?? null,
    end_resolution_ms: (job) => job.end?.resolutionMs ?? null,
    allocated_cores: (job) => job.allocatedCores,
    nodes: (job) => (job.nodes === null ? null : listValue(job.nodes)),
    state: (job) => job.state,
    detail: (job) => job.detail,
    exit_code: (job) => job.exitCode,
    all_held_s: (job) => held(job, "all"),
    last_held_s: (job) => held(job, "last"),
    held_known: (job) => (holdings.has(job.job) ? holdings.get(job.job)?.all !== null : null),
  };
}

/** Runs of versions that did not record it had the harness's time only. */
function submitSource({ submitSource: source, submitStartedAt }: JobRecord): TimeSource | null {
  return source ?? (submitStartedAt === null ? null : "harness");
}

/** The submitter's microseconds, in runs of versions that did not record it. */
function submitResolution({ submitResolutionMs, submitStartedAt }: JobRecord): number | null {
  return submitResolutionMs ?? (submitStartedAt === null ? null : 0.001);
}

export function schedulerJobColumns(run: Origin): Columns<SchedulerJobRecord> {
  return {
    run_id: () => run.id,
    job: ({ job }) => job,
    scheduler_job: ({ schedulerJob }) => schedulerJob,
    submission: ({ submission }) => submission,
    state: ({ state }) => state,
    submit_s: ({ submitAt }) => seconds(run, submitAt),
    start_s: ({ startAt }) => seconds(run, startAt),
    end_s: ({ endAt }) => seconds(run, endAt),
  };
}

export function attemptColumns(run: Origin): Columns<Attempt> {
  return {
    run_id: () => run.id,
    job: ({ job }) => job,
    attempt: ({ attempt }) => attempt,
    scheduler_job: ({ schedulerJob }) => schedulerJob,
    nodes: ({ nodes }) => (nodes === null ? null : listValue([...nodes])),
    node_cores: ({ nodeCores }) => (nodeCores === null ? null : listValue([...nodeCores])),
    cores: ({ cores }) => cores,
    start_s: ({ start }) => seconds(run, start.at),
    start_source: ({ start }) => start.source,
    start_resolution_ms: ({ start }) => start.resolutionMs,
    end_s: ({ end }) => seconds(run, end?.at),
    end_source: ({ end }) => end?.source ?? null,
    end_resolution_ms: ({ end }) => end?.resolutionMs ?? null,
  };
}

export interface HeldStretch extends Stretch {
  readonly job: number;
  readonly attempt: number;
}

export function heldColumns(run: Origin): Columns<HeldStretch> {
  return {
    run_id: () => run.id,
    job: ({ job }) => job,
    attempt: ({ attempt }) => attempt,
    from_s: ({ from }) => seconds(run, from),
    to_s: ({ to }) => seconds(run, to),
  };
}

export function eventColumns(run: Origin): Columns<EventRecord> {
  return {
    run_id: () => run.id,
    job: (event) => event.job,
    event: (event) => event.event,
    at_s: (event) => seconds(run, event.at),
    source: (event) => event.source,
    resolution_ms: (event) => event.resolutionMs,
  };
}

export function sampleColumns(run: Origin): Columns<SampleRecord> {
  return {
    run_id: () => run.id,
    node: (sample) => sample.node,
    at_s: (sample) => seconds(run, sample.at),
    cpu_seconds: (sample) => sample.cpuUsageUsec / 1e6,
    memory_bytes: (sample) => sample.memoryBytes,
    load: (sample) => sample.load,
  };
}

export function hostSampleColumns(run: Origin): Columns<HostSampleRecord> {
  return {
    run_id: () => run.id,
    at_s: (sample) => seconds(run, sample.at),
    busy_s: (sample) => sample.busyUsec / 1e6,
    idle_s: (sample) => sample.idleUsec / 1e6,
    steal_s: (sample) => sample.stealUsec / 1e6,
    harness_s: (sample) => sample.harnessUsec / 1e6,
  };
}

export function benchmarkColumns(runId: string): Columns<BenchmarkRecord> {
  return {
    run_id: () => runId,
    job: (benchmark) => benchmark.job,
    program: (benchmark) => benchmark.program,
    ranks: (benchmark) => benchmark.ranks,
    n: (benchmark) => benchmark.n,
    nb: (benchmark) => benchmark.nb,
    p: (benchmark) => benchmark.p,
    q: (benchmark) => benchmark.q,
    seconds: (benchmark) => benchmark.seconds,
    gflops: (benchmark) => benchmark.gflops,
    residual: (benchmark) => benchmark.residual,
    passed: (benchmark) => benchmark.passed,
    reason: (benchmark) => benchmark.reason,
    efficiency: (benchmark) => benchmark.efficiency,
    efficiency_reason: (benchmark) => benchmark.efficiencyReason,
  };
}

export function daemonColumns(runId: string): Columns<DaemonRecord> {
  return {
    run_id: () => runId,
    node: (daemon) => daemon.node,
    daemon: (daemon) => daemon.daemon,
    cpu_seconds: (daemon) => daemon.cpuSeconds,
    peak_memory_bytes: (daemon) => daemon.peakMemoryBytes,
  };
}
