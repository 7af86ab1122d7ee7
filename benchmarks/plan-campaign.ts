import { planCampaign } from "../campaigns/plan/plan";

// Planning 10,000 tuples: every one composed, validated whole, hashed, given its cluster and its place in
// the order; the jobs planned once for all tuples that share workload and machine. Wall and CPU time from
// the parsed file to the plan, the one with the promise first, so that nothing is compiled yet. Wants a
// quiet machine.
// Usage: npx tsx benchmarks/plan-campaign.ts
const limitSeconds = 2;

const parts = {
  small: { topology: { controller: { profile: "cpu1" }, nodes: { profile: "cpu2-512m" } } },
  trace: { workload: { jobs: 45 } },
  builtin: { scheduler: { kind: "slurm", policy: { sched: { type: "builtin" } } } },
  backfill: { scheduler: { kind: "slurm", policy: { sched: { type: "backfill" } } } },
  volcano: { scheduler: { kind: "kubernetes" } },
  easy: { scheduler: { kind: "flux" } },
};

const base = { name: "bench", base: ["small", "trace"], parts };

/** All have 10,000 tuples. The second has a cluster, and the third a workload, of its own for each. */
const campaigns = [
  {
    what: "4 schedulers × 5 topologies × 5 rates × 100 seeds",
    limited: true,
    document: {
      ...base,
      axes: {
        scheduler: ["builtin", "backfill", "volcano", "easy"],
        "topology.nodes.count": "range(2,7)",
        "run.sampleSeconds": [0.5, 1, 2, 5, 10],
        "workload.seed": "range(100)",
      },
    },
  },
  {
    what: "100 policies × 50 topologies × 2 controllers",
    limited: false,
    document: {
      ...base,
      axes: {
        "scheduler.policy.schedulerInterval": "range(1,101)",
        "topology.nodes.count": "range(1,51)",
        "topology.controller.profile": ["cpu1", "cpu2"],
      },
    },
  },
  {
    what: "10,000 seeds",
    limited: false,
    document: { ...base, axes: { "workload.seed": "range(10000)" } },
  },
];

async function main(): Promise<void> {
  for (const { what, limited, document } of campaigns) {
    const [began, used] = [performance.now(), process.cpuUsage()];
    const { tuples, clusters } = await planCampaign(document, []);
    const seconds = (performance.now() - began) / 1000;
    const { user, system } = process.cpuUsage(used);
    const cpu = ((user + system) / 1e6).toFixed(2);
    const promise = limited ? `, at most ${limitSeconds} s promised` : "";
    console.log(
      `${what}: ${tuples.length} tuples on ${clusters.length} clusters in ${seconds.toFixed(2)} s (CPU ${cpu} s)${promise}`,
    );
    if (limited && seconds > limitSeconds) process.exitCode = 1;
  }
}

main();
