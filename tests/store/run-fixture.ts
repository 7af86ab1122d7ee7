import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { onTestFinished } from "vitest";
import type { DecisionRecord, NodeEventRecord, SupplyRecord } from "../../store/elastic-record";
import type {
  BenchmarkRecord,
  DaemonRecord,
  EventRecord,
  HostSampleRecord,
  JobRecord,
  NodeRecord,
  RunRecord,
  SampleRecord,
} from "../../store/record";
import type { EstimateRecord, InternalsRecord } from "../../store/scheduler-record";

export const startedAt = Date.UTC(2026, 10, 21, 23, 30);

/** A directory that goes away with the test. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(path.join(tmpdir(), "schedlab-store-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

export function runRecord(change: Partial<RunRecord> = {}): RunRecord {
  return {
    version: 1,
    id: "20261121T233000Z-k3f9qa",
    experiment: "dev",
    tupleHash: "tuple",
    repeat: 1,
    campaign: null,
    status: "completed",
    reason: null,
    startedAt,
    finishedAt: startedAt + 60_000,
    capacityCores: 4,
    plannedJobs: 3,
    failedJobs: 1,
    harnessLimited: false,
    harnessExplanation: null,
    provenance: {
      specJson: "{}",
      configHash: "config",
      imageRole: "slurm",
      imageKey: "key",
      imageMaker: "debian",
      imagePackages: null,
      traceHash: "trace",
      traceName: "bundled-seed1.swf",
      programHash: null,
      codeHash: "commit",
      codeDirty: false,
      seed: 1,
      domain: "lxc",
      hypervisorUri: "lxc:///system",
      overcommit: { cores: 1, memory: 1 },
      networkScale: 1,
      clockFactor: 1,
      schedulerKind: "slurm",
      schedulerVersion: "24.11.5",
      policyJson:
        '{"sched":{"type":"backfill"},"priority":{"type":"basic"},"preemption":{"type":"off"}}',
      nodeKernel: "6.1.0",
      nodeSoftware: null,
      hostKernel: "6.1.0",
      hostCpuModel: "a CPU",
      hostCores: 2,
      hostLoadBefore: 0.1,
      hostLoadAfter: null,
      harnessVersion: "0.1.0",
      clockOffsetMs: { node01: 0.5 },
      bodies: ["sleep"],
    },
    ...change,
  };
}

export function nodeRecord(
  name: string,
  role: NodeRecord["role"],
  vcpus: number,
  change: Partial<NodeRecord> = {},
): NodeRecord {
  return {
    name,
    role,
    vcpus,
    pool: "default",
    emulatedOn: null,
    partitions: ["main"],
    address: role === "controller" ? "10.77.0.10" : "10.77.0.11",
    memoryMiB: 1024,
    gpus: 0,
    kernel: null,
    cpuModel: null,
    clockOffsetMs: role === "controller" ? null : 0.5,
    clockOffsetAfterMs: null,
    link: {
      bandwidthMbps: null,
      latencyUs: null,
      bandwidthApplied: false,
      latencyApplied: false,
      reason: "unlimited",
    },
    ...change,
  };
}

export const nodes: NodeRecord[] = [
  nodeRecord("controller", "controller", 2),
  nodeRecord("node01", "compute", 4),
];

/** Seconds from the run's start; a job of `cores` that was submitted, started and ended then. */
export function jobRecord(
  job: number,
  user: string,
  cores: number,
  [submit, start, end]: [number, number | null, number | null],
  change: Partial<JobRecord> = {},
): JobRecord {
  const observed = (seconds: number | null) =>
    seconds === null
      ? null
      : { at: startedAt + seconds * 1000, source: "wrapper" as const, resolutionMs: 1 };
  return {
    job,
    planned: {
      id: job,
      submitSeconds: submit,
      user,
      cores,
      runSeconds: 10,
      limitSeconds: 20,
      gpus: 0,
      memoryMiB: null,
      traceJob: job,
    },
    dueAt: startedAt + submit * 1000,
    submitStartedAt: startedAt + submit * 1000,
    submitSource: "harness",
    submitResolutionMs: 0.001,
    submitFinishedAt: startedAt + submit * 1000 + 50,
    schedulerJob: String(100 + job),
    state: "completed",
    detail: null,
    exitCode: 0,
    allocatedCores: cores,
    nodes: ["node01"],
    start: observed(start),
    end: observed(end),
    ...change,
  };
}

/** Three jobs on 4 cores: waits 0, 10, 0; runs 20, 5, 0; users one and two. */
export const jobs: JobRecord[] = [
  jobRecord(1, "user01", 4, [0, 0, 20]),
  jobRecord(2, "user02", 2, [10, 20, 25]),
  jobRecord(3, "user01", 1, [30, 30, 30], { state: "failed", exitCode: 1 }),
];

export const events: EventRecord[] = [
  { job: 1, event: "submit", at: startedAt, source: "harness", resolutionMs: 0.001 },
  { job: 1, event: "start", at: startedAt + 12.25, source: "wrapper", resolutionMs: 1 },
  { job: 1, event: "start", at: startedAt, source: "scheduler", resolutionMs: 1000 },
];

/** 2 CPU seconds a second; the controller, and what lies outside the window, are to be left out. */
const samples: SampleRecord[] = [0, 10, 20, 30, 40].flatMap((seconds) =>
  ["node01", "controller"].map((node) => ({
    node,
    at: startedAt + seconds * 1000,
    cpuUsageUsec: 5e6 + (node === "controller" || seconds > 30 ? 900e6 : 2e6) * seconds,
    memoryBytes: 1e8,
    load: 1,
  })),
);

export interface RunFixture {
  readonly run?: RunRecord;
  readonly nodes?: readonly NodeRecord[];
  readonly jobs?: readonly JobRecord[];
  readonly events?: readonly EventRecord[];
  readonly samples?: readonly SampleRecord[];
  readonly host?: readonly HostSampleRecord[];
  readonly daemons?: readonly DaemonRecord[];
  readonly benchmarks?: readonly BenchmarkRecord[];
  readonly nodeEvents?: readonly NodeEventRecord[];
  readonly supply?: readonly SupplyRecord[];
  readonly decisions?: readonly DecisionRecord[];
  readonly estimates?: readonly EstimateRecord[];
  readonly internals?: readonly InternalsRecord[];
}

/** An HPL job of four ranks that passed. */
export function benchmarkRecord(
  job: number,
  change: Partial<BenchmarkRecord> = {},
): BenchmarkRecord {
  return {
    job,
    program: "hpl",
    ranks: 4,
    n: 512,
    nb: 64,
    p: 2,
    q: 2,
    seconds: 0.1,
    gflops: 2,
    residual: 0.006,
    passed: true,
    reason: null,
    efficiency: 0.25,
    efficiencyReason: null,
    ...change,
  };
}

/** Writes a run directory as the runner would; every job first as planned, then as it ended. */
export function writeRun(directory: string, fixture: RunFixture = {}): string {
  const run = fixture.run ?? runRecord();
  const target = path.join(directory, run.id);
  const lines = (records: readonly object[]) =>
    records.map((record) => `${JSON.stringify(record)}\n`).join("");
  const all = fixture.jobs ?? jobs;
  const planned = all.map((job) => ({ ...job, state: "planned" as const, start: null, end: null }));
  mkdirSync(target, { recursive: true });
  writeFileSync(path.join(target, "run.json"), JSON.stringify(run));
  writeFileSync(path.join(target, "nodes.json"), JSON.stringify(fixture.nodes ?? nodes));
  writeFileSync(path.join(target, "jobs.jsonl"), lines([...planned, ...all]));
  writeFileSync(path.join(target, "events.jsonl"), lines(fixture.events ?? events));
  writeFileSync(path.join(target, "samples.jsonl"), lines(fixture.samples ?? samples));
  const further = {
    "host.jsonl": fixture.host,
    "benchmarks.jsonl": fixture.benchmarks,
    "node-events.jsonl": fixture.nodeEvents,
    "supply.jsonl": fixture.supply,
    "decisions.jsonl": fixture.decisions,
    "estimates.jsonl": fixture.estimates,
    "internals.jsonl": fixture.internals,
  };
  for (const [file, records] of Object.entries(further)) {
    if (records !== undefined) writeFileSync(path.join(target, file), lines(records));
  }
  if (fixture.daemons !== undefined) {
    writeFileSync(path.join(target, "daemons.json"), JSON.stringify(fixture.daemons));
  }
  return target;
}
