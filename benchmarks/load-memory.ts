import { once } from "node:events";
import { createWriteStream, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { finished } from "node:stream/promises";
import { Command } from "commander";
import { mebibytes, peakOf } from "./peak";

// Peak resident memory of `schedlab load` over run directories of 100,000 to a million events, ten for
// each job, on 1,000 emulated nodes. The command is a whole process, as a user starts it.
const sizes = [100_000, 300_000, 1_000_000] as const;
const eventsPerJob = 10;
const nodes = 1000;
/** Most memory of the largest run, in that of the smallest. */
const aim = 1.5;

async function main(): Promise<void> {
  const { json, keep } = new Command("load-memory")
    .option("--json", "print the figures as JSON", false)
    .option("--keep <directory>", "write the run directories there and load none")
    .parse()
    .opts<{ readonly json: boolean; readonly keep?: string }>();
  if (keep !== undefined) {
    for (const events of sizes) await writeRun(keep, events);
    return;
  }
  const folder = mkdtempSync(path.join(tmpdir(), "schedlab-benchmark-"));
  try {
    const peaks: { readonly events: number; readonly bytes: number; readonly seconds: number }[] =
      [];
    for (const events of sizes) {
      const run = await writeRun(folder, events);
      const began = performance.now();
      const bytes = await peakOf("load", run, "--store", path.join(folder, `${events}.duckdb`));
      peaks.push({ events, bytes, seconds: (performance.now() - began) / 1000 });
      rmSync(run, { recursive: true });
    }
    const [first, last] = [peaks[0], peaks.at(-1)];
    if (first === undefined || last === undefined) throw new Error("nothing was measured");
    const ratio = last.bytes / first.bytes;
    if (json) console.log(JSON.stringify({ peaks, ratio, aim }, null, 2));
    else {
      for (const { events, bytes, seconds } of peaks) {
        console.log(`${events} events: ${mebibytes(bytes)}, ${seconds.toFixed(0)} s`);
      }
      console.log(
        `ten times the events: ${ratio.toFixed(2)} times the memory (aim: at most ${aim})`,
      );
    }
    if (ratio > aim) process.exitCode = 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const startedAt = Date.UTC(2026, 10, 26);

/** A run directory whose jobs run one after another, 100 at a time, on four nodes each. */
async function writeRun(folder: string, events: number): Promise<string> {
  const jobs = events / eventsPerJob;
  const id = `20261126T000000Z-${String(jobs).padStart(6, "0")}`;
  const directory = path.join(folder, id);
  mkdirSync(directory, { recursive: true });
  writeFileSync(path.join(directory, "run.json"), JSON.stringify(runRecord(id, jobs)));
  writeFileSync(path.join(directory, "nodes.json"), JSON.stringify(nodeRecords()));
  const jobFile = createWriteStream(path.join(directory, "jobs.jsonl"));
  const eventFile = createWriteStream(path.join(directory, "events.jsonl"));
  const write = async (stream: typeof jobFile, record: object) => {
    if (!stream.write(`${JSON.stringify(record)}\n`)) await once(stream, "drain");
  };
  for (let job = 1; job <= jobs; job += 1) {
    for (const record of jobRecords(job)) await write(jobFile, record);
    for (const record of eventRecords(job)) await write(eventFile, record);
  }
  for (const stream of [jobFile, eventFile]) {
    stream.end();
    await finished(stream);
  }
  return directory;
}

/** Milliseconds since the epoch of a job's moments: 1 s between submissions, 2 s of wait, 98 s of run. */
function momentsOf(job: number) {
  const due = startedAt + job * 1000;
  return { due, start: due + 2000, end: due + 100_000 };
}

function jobRecords(job: number): object[] {
  const { due, start, end } = momentsOf(job);
  const seen = (at: number) => ({ at, source: "scheduler", resolutionMs: 1000 });
  const planned = {
    ...{ id: job, submitSeconds: job, user: `user${job % 12}`, cores: 64, runSeconds: 98 },
    ...{ limitSeconds: 200, gpus: 0, memoryMiB: null, traceJob: job },
  };
  const record = {
    ...{ job, planned, dueAt: due, submitStartedAt: due + 1, submitFinishedAt: due + 40 },
    ...{ submitSource: "harness", submitResolutionMs: 0.001, schedulerJob: String(job) },
    ...{ state: "planned", detail: null, exitCode: null, allocatedCores: null, nodes: null },
    ...{ start: null as object | null, end: null as object | null },
  };
  return [
    record,
    { ...record, state: "submitted" },
    {
      ...record,
      ...{ state: "completed", exitCode: 0, allocatedCores: 64, nodes: nodesOf(job) },
      ...{ start: seen(start), end: seen(end) },
    },
  ];
}

function eventRecords(job: number): object[] {
  const { due, start, end } = momentsOf(job);
  const [harness, scheduler] = [
    { source: "harness", resolutionMs: 0.001 },
    { source: "scheduler", resolutionMs: 1000, schedulerJob: String(job) },
  ];
  const wrapper = { source: "wrapper", resolutionMs: 0.001, schedulerJob: String(job) };
  const where = { nodes: nodesOf(job), nodeCores: [16, 16, 16, 16] };
  return [
    { job, event: "due", at: due, ...harness },
    { job, event: "submit", at: due + 1, ...harness },
    { job, event: "accept", at: due + 40, ...harness },
    { job, event: "submit", at: due, ...scheduler },
    { job, event: "eligible", at: due, ...scheduler },
    { job, event: "start", at: start, ...scheduler, ...where },
    { job, event: "start", at: start + 5, ...wrapper, ...where },
    { job, event: "end", at: end - 5, ...wrapper },
    { job, event: "end", at: end, ...scheduler },
    { job, event: "end", at: end + 20, ...harness },
  ];
}

function nodesOf(job: number): string[] {
  return Array.from({ length: 4 }, (_, index) => nodeName((job * 4 + index) % nodes));
}

function nodeName(index: number): string {
  return `node01-${String(index + 1).padStart(4, "0")}`;
}

function nodeRecords(): object[] {
  const link = {
    ...{ bandwidthMbps: null, latencyUs: null, bandwidthApplied: false, latencyApplied: false },
    reason: "unlimited",
  };
  const node = {
    ...{ pool: "nodes", partitions: ["nodes"], address: "10.77.0.11", memoryMiB: 131_072, gpus: 0 },
    ...{ kernel: null, cpuModel: null, clockOffsetMs: 0.1, clockOffsetAfterMs: 0.1, link },
  };
  return [
    { ...node, name: "controller", role: "controller", emulatedOn: null, vcpus: 2 },
    { ...node, name: "node01", role: "host", emulatedOn: null, vcpus: 2 },
    ...Array.from({ length: nodes }, (_, index) => ({
      ...{ ...node, name: nodeName(index), role: "compute", emulatedOn: "node01", vcpus: 16 },
    })),
  ];
}

function runRecord(id: string, jobs: number): object {
  const spec = { topology: { nodes: { count: 1, emulated: { perDomain: nodes } }, pools: {} } };
  return {
    ...{ version: 1, id, experiment: "load-memory", tupleHash: "t", repeat: 1, campaign: null },
    ...{
      status: "completed",
      reason: null,
      startedAt,
      finishedAt: startedAt + jobs * 1000 + 200_000,
    },
    ...{ capacityCores: nodes * 16, plannedJobs: jobs, failedJobs: 0 },
    ...{ harnessLimited: false, harnessExplanation: null },
    provenance: {
      ...{ specJson: JSON.stringify(spec), configHash: "c", imageRole: "slurm", imageKey: "k" },
      ...{ imageMaker: "debian", imagePackages: null, traceHash: "t", traceName: "t.swf" },
      ...{ programHash: null, codeHash: "c", codeDirty: false, seed: 1, domain: "lxc" },
      ...{ hypervisorUri: "lxc:///system", overcommit: { cores: 1, memory: 1 }, networkScale: 1 },
      ...{ schedulerKind: "slurm", schedulerVersion: null, policyJson: "{}", nodeKernel: null },
      ...{ nodeSoftware: null, hostKernel: "6.1.0", hostCpuModel: "a CPU", hostCores: 2 },
      ...{ hostLoadBefore: 0, hostLoadAfter: null, harnessVersion: "0.1.0" },
      ...{ clockOffsetMs: {}, bodies: ["hold"] },
    },
  };
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
