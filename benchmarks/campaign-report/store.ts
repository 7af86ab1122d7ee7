import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import type { SimJob } from "../../analysis/simulate/job";
import { type Policy, policies } from "../../analysis/simulate/policy";
import { simulate } from "../../analysis/simulate/simulation";
import { appendRows } from "../../store/append";
import { type StoredPlan, storePlan } from "../../store/campaigns";
import { storeAllFigures } from "../../store/figures";
import { writeStore } from "../../store/open";
import { insertSimulations } from "../../store/simulations";

export interface Size {
  readonly seeds: number;
  readonly repeats: number;
  readonly jobs: number;
}

interface TupleOfStore {
  readonly hash: string;
  readonly policy: Policy;
  readonly nodes: number;
  readonly kind: "trace" | "lublin";
  readonly seed: number;
}

interface RunOfStore extends TupleOfStore {
  readonly id: string;
  readonly repeat: number;
  readonly position: number;
}

interface PlacedJob extends SimJob {
  readonly run_id: string;
  readonly start: number;
  readonly end: number;
}

const coresOfNode = 8;
const users = 16;

/** Three policies × two topologies × two workloads × seeds, as a campaign that is done. */
export async function fillStore(store: string, campaign: string, size: Size): Promise<number> {
  const tuples = policies.flatMap((policy) =>
    [2, 4].flatMap((nodes) =>
      (["trace", "lublin"] as const).flatMap((kind) =>
        Array.from({ length: size.seeds }, (_, seed): TupleOfStore => {
          const hash = `${policy}-${nodes}-${kind}-${seed + 1}`;
          return { hash, policy, nodes, kind, seed: seed + 1 };
        }),
      ),
    ),
  );
  const runs = Array.from({ length: size.repeats }, (_, repeat) =>
    tuples.map((tuple, index): RunOfStore => {
      const position = repeat * tuples.length + index + 1;
      return { ...tuple, repeat: repeat + 1, position, id: `${tuple.hash}-${repeat + 1}` };
    }),
  ).flat();
  await storePlan(store, planOf(campaign, tuples, runs, size.repeats));
  await writeStore(store, async (connection) => {
    for (const run of runs) {
      await connection.run(insertRun, [
        ...[run.id, run.hash, run.repeat, campaign, run.position, run.nodes * coresOfNode],
        ...[size.jobs, JSON.stringify(specOf(run)), run.seed, policyJson[run.policy]],
      ]);
      await connection.run(insertNodes, [run.id, run.nodes]);
      const { jobs, simulated } = schedules(run, size.jobs);
      await appendRows(connection, "jobs", jobColumns(run), jobs);
      await insertSimulations(connection, run.id, simulated);
    }
    await storeAllFigures(connection);
  });
  return runs.length;
}

const insertRun = `
  INSERT INTO runs (run_id, origin, experiment, tuple_hash, repeat, campaign, campaign_position, status,
    started_at, finished_at, capacity_cores, planned_jobs, spec, seed, scheduler_kind,
    scheduler_version, policy, code_hash, host_kernel, content_hash, loaded_by_schema, loaded_at)
  VALUES ($1, 'live', 'benchmark', $2, $3, $4, $5, 'completed', TIMESTAMP '2026-11-21' + to_minutes($5),
    TIMESTAMP '2026-11-21' + to_minutes($5 + 1), $6, $7, $8, $9, 'slurm', '24.11.5', $10, 'commit', '6.12',
    'hash', 1, TIMESTAMP '2026-11-21')`;

const insertNodes = `
  INSERT INTO nodes (run_id, node, role, vcpus, memory_mib, gpus)
  SELECT $1, format('node{:02d}', i + 1), 'compute', ${coresOfNode}, 1024, 0 FROM range($2) AS nodes (i)`;

const policyJson: Readonly<Record<Policy, string>> = {
  fcfs: '{"sched":{"type":"builtin"},"priority":{"type":"basic"}}',
  easy: '{"sched":{"type":"backfill"},"priority":{"type":"basic"}}',
  conservative: '{"sched":{"type":"backfill"},"priority":{"type":"multifactor"}}',
};

function specOf({ policy, nodes, kind, seed }: TupleOfStore) {
  return {
    topology: { nodes: { count: nodes } },
    scheduler: { kind: "slurm", policy: JSON.parse(policyJson[policy]) },
    workload: { kind, seed },
    run: { deadline: 3600, sampleSeconds: 1 },
  };
}

function planOf(
  campaign: string,
  tuples: readonly TupleOfStore[],
  runs: readonly RunOfStore[],
  repeats: number,
): StoredPlan {
  return {
    ...{ campaign, repeats, orderSeed: 1, clustersAtOnce: 1, retryFailed: 1 },
    orderKept: "whole: all runs are on one cluster, in the random order",
    stacks: [`${campaign}-1`],
    tuples: tuples.map(({ hash, policy, nodes, kind, seed }) => ({
      ...{ hash, stack: `${campaign}-1`, plannedSeconds: 60 },
      label: `${policy}, ${nodes}, ${kind}, ${seed}`,
      axes: {
        scheduler: policy,
        "topology.nodes.count": String(nodes),
        workload: kind,
        "workload.seed": String(seed),
      },
    })),
    runs: runs.map(({ hash, repeat, position }) => ({ tuple: hash, repeat, position })),
  };
}

/** The run's jobs as its policy starts them, with a noise between repeats, and under all policies. */
function schedules({ id, policy, nodes, kind, seed, repeat, position }: RunOfStore, count: number) {
  const workload = xoroshiro128plus(1000 * seed + (kind === "trace" ? 1 : 2));
  const noise = xoroshiro128plus(position);
  const procs = nodes * coresOfNode;
  let submit = 0;
  const jobs = Array.from({ length: count }, (_, index) => {
    submit += uniformInt(workload, 0, 40);
    const size = 1 + Math.floor((procs * uniformInt(workload, 0, 700)) / 1000);
    const planned = uniformInt(workload, 1, 90);
    const run = planned + uniformInt(noise, 0, 999) / 1000;
    return { job: index + 1, submit, size, run, estimate: planned + 30 };
  });
  const simulated = policies.map((name) => {
    const { starts, tieRule } = simulate(jobs, { procs, policy: name });
    const placed = jobs.map(({ job }, index) => {
      const startSeconds = starts[index] ?? 0;
      // Fair starts take long to simulate and are not what is measured here.
      return { job, startSeconds, fairStartSeconds: startSeconds };
    });
    return { policy: name, tieRule, procs, starts: placed };
  });
  const own = simulated.find((entry) => entry.policy === policy)?.starts ?? [];
  return {
    jobs: jobs.map((job, index): PlacedJob => {
      // Whole microseconds, as the store has them.
      const started = Math.round(1e6 * ((own[index]?.startSeconds ?? 0) + 0.1 * repeat));
      const end = (started + Math.round(1e6 * job.run)) / 1e6;
      return { ...job, run_id: id, start: started / 1e6, end };
    }),
    simulated,
  };
}

function jobColumns(run: RunOfStore): Parameters<typeof appendRows<PlacedJob>>[2] {
  return {
    run_id: () => run.id,
    job: ({ job }) => job,
    user_name: ({ job }) => `user${String(job % users).padStart(2, "0")}`,
    requested_cores: ({ size }) => size,
    planned_submit_s: ({ submit }) => submit,
    limit_s: ({ estimate }) => estimate,
    submit_s: ({ submit }) => submit,
    start_s: ({ start }) => start,
    end_s: ({ end }) => end,
    allocated_cores: ({ size }) => size,
    state: () => "completed",
  };
}
