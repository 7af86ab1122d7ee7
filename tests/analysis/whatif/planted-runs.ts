import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import type { JobRecord, RunRecord } from "../../../store/record";
import { jobRecord, nodeRecord, runRecord, startedAt } from "../../store/run-fixture";

export interface Planted {
  readonly side: "now" | "changed";
  readonly tupleHash: string;
  /** Of the workload: which draw its jobs are. */
  readonly draw: number;
  readonly repeat?: number;
  /** Factor of the wait of jobs with more than 32 cores on the changed side. */
  readonly bigWaits: number;
  readonly spec?: { readonly scheduler: { readonly policy: unknown } };
  readonly change?: Partial<RunRecord>;
}

const jobCount = 120;
const users = ["anna", "ben", "carla"];

/** A run of 120 jobs of 1 to 64 cores whose waits are drawn, with a few per cent of noise between runs. */
export function plantedRun(planted: Planted): { run: RunRecord; jobs: JobRecord[] } {
  const { side, tupleHash, draw, repeat = 1, bigWaits, spec, change = {} } = planted;
  const list = xoroshiro128plus(1000 + draw);
  const noise = xoroshiro128plus(5000 + 100 * draw + 10 * repeat + (side === "now" ? 0 : 1));
  noise.jump();
  const jobs = Array.from({ length: jobCount }, (_, index) => {
    const cores = 2 ** uniformInt(list, 0, 6);
    const wait = 60 + 600 * uniformFloat64(list);
    const user = users[uniformInt(list, 0, users.length - 1)] ?? "anna";
    const factor = side === "changed" && cores > 32 ? bigWaits : 1;
    const waited = wait * factor * (1 + 0.04 * (uniformFloat64(noise) - 0.5));
    const submit = 10 * index;
    const start = submit + Math.round(1000 * waited) / 1000;
    return jobRecord(index + 1, user, cores, [submit, start, start + 30]);
  });
  const policy = { sched: { type: side === "now" ? "builtin" : "backfill" } };
  const base = runRecord();
  const own = spec ?? {
    topology: { nodes: { count: 1 }, network: { cidr: "10.77.1.0/24" } },
    scheduler: { kind: "slurm", policy },
    workload: { kind: "lublin", seed: 1, resample: { method: "users", number: draw } },
    run: { deadline: 300, repeat: 1 },
  };
  const offset = 600_000 * (10 * draw + repeat) + (side === "now" ? 0 : 300_000);
  return {
    run: runRecord({
      id: `20261121T233000Z-${side.slice(0, 3)}${String(draw).padStart(2, "0")}${repeat}`,
      tupleHash,
      repeat,
      startedAt: startedAt + offset,
      finishedAt: startedAt + offset + 60_000,
      capacityCores: 512,
      plannedJobs: jobCount,
      failedJobs: 0,
      provenance: {
        ...base.provenance,
        policyJson: JSON.stringify(own.scheduler.policy),
        specJson: JSON.stringify(own),
      },
      ...change,
    }),
    jobs: jobs.map((job) => moved(job, offset)),
  };
}

export const plantedNodes = [
  nodeRecord("controller", "controller", 2),
  nodeRecord("node01", "compute", 512),
];

/** The fixture counts from one start for all runs. */
function moved(record: JobRecord, by: number): JobRecord {
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
