import path from "node:path";
import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import type { Policy } from "../../../analysis/simulate/policy";
import { simulate } from "../../../analysis/simulate/simulation";
import { loadRun } from "../../../store/load";
import type { BenchmarkRecord, JobRecord, RunRecord, SampleRecord } from "../../../store/record";
import { jobRecord, runRecord, startedAt, writeRun } from "../../store/run-fixture";
import { copyOfStore, emptyStore } from "../../store/store-copies";

export interface Toy {
  readonly policy: Policy;
  readonly repeat: number;
  /** Of the jobs; the same for all repeats of a job list. */
  readonly seed?: number;
  readonly jobs?: number;
  readonly users?: readonly string[];
  readonly benchmarks?: readonly BenchmarkRecord[];
  readonly change?: Partial<RunRecord>;
  readonly provenance?: Partial<RunRecord["provenance"]>;
}

const cores = 4;
const node = "node01";

/** Slurm's words for the simulated policies. */
const policyJson: Readonly<Record<Policy, string>> = {
  fcfs: '{"sched":{"type":"builtin"},"priority":{"type":"basic"}}',
  easy: '{"sched":{"type":"backfill"},"priority":{"type":"basic"}}',
  conservative: '{"sched":{"type":"backfill"},"priority":{"type":"multifactor"}}',
};

/**
 * A run of a seeded workload on 4 cores, as if scheduled by the policy, with a delay and run
 * times that differ by repeat. The last job fails.
 */
export function toyRun({
  policy,
  repeat,
  seed = 7,
  jobs = 60,
  users = ["user01", "user02", "user03", "user04"],
  change = {},
  provenance = {},
}: Toy): { run: RunRecord; jobs: JobRecord[]; samples: SampleRecord[] } {
  const workload = xoroshiro128plus(seed);
  const noise = xoroshiro128plus(100 + repeat);
  let submit = 0;
  const planned = Array.from({ length: jobs }, (_, index) => {
    submit += uniformInt(workload, 0, 30);
    const size = uniformInt(workload, 1, cores);
    const wanted = uniformInt(workload, 1, 40);
    const run = wanted + uniformInt(noise, 0, 900) / 1000;
    const estimate = wanted + 1 + uniformInt(workload, 0, 40);
    const user = users[uniformInt(workload, 0, users.length - 1)] ?? "user";
    return { job: index + 1, submit, size, wanted, run, estimate, user };
  });
  const { starts } = simulate(planned, { procs: cores, policy });
  const records = planned.map((job, index) => {
    const start = (starts[index] ?? 0) + 0.3 * repeat;
    return jobRecord(job.job, job.user, job.size, [job.submit, start, start + job.run], {
      planned: {
        id: job.job,
        submitSeconds: job.submit,
        user: job.user,
        cores: job.size,
        runSeconds: job.wanted,
        limitSeconds: job.estimate,
        gpus: 0,
        memoryMiB: null,
        traceJob: job.job,
      },
      ...(job.job === jobs ? { state: "failed" as const, exitCode: 1 } : {}),
    });
  });
  const offset = { fcfs: 0, easy: 3, conservative: 6 }[policy] + repeat;
  const base = runRecord();
  return {
    run: runRecord({
      id: `20261121T23${String(offset).padStart(2, "0")}00Z-${policy.slice(0, 4)}0${repeat}`,
      experiment: "toy",
      tupleHash: policy,
      repeat,
      startedAt: startedAt + offset * 60_000,
      finishedAt: startedAt + 3_600_000,
      capacityCores: cores,
      plannedJobs: jobs,
      provenance: { ...base.provenance, policyJson: policyJson[policy], ...provenance },
      ...change,
    }),
    jobs: records.map((record) => shifted(record, offset * 60_000)),
    samples: [0, 60, 120].map((seconds) => ({
      node,
      at: startedAt + (offset * 60 + seconds) * 1000,
      cpuUsageUsec: 2e6 * seconds,
      memoryBytes: 1e8,
      load: 1,
    })),
  };
}

/** The fixture counts from one start for all runs. */
function shifted(record: JobRecord, by: number): JobRecord {
  const at = (instant: number | null) => (instant === null ? null : instant + by);
  const seen = (time: JobRecord["start"]) => (time === null ? null : { ...time, at: time.at + by });
  return {
    ...record,
    dueAt: at(record.dueAt),
    submitStartedAt: at(record.submitStartedAt),
    submitFinishedAt: at(record.submitFinishedAt),
    start: seen(record.start),
    end: seen(record.end),
  };
}

/** A store of these runs in the directory. */
export async function toyStore(directory: string, toys: readonly Toy[]): Promise<string> {
  const store = path.join(directory, "toy.duckdb");
  const runs = toys.map((toy) =>
    writeRun(directory, { ...toyRun(toy), events: [], benchmarks: toy.benchmarks ?? [] }),
  );
  await copyOfStore(store, JSON.stringify(toys), async (file) => {
    await emptyStore(file);
    for (const run of runs) await loadRun(run, file);
  });
  return store;
}

/** Two policies, three repeats each. */
export const sixRuns: readonly Toy[] = (["fcfs", "easy"] as const).flatMap((policy) =>
  [1, 2, 3].map((repeat) => ({ policy, repeat })),
);
