import { describe, expect, test } from "vitest";
import { parseSpec } from "../../spec/parse";
import { askedFor, unexpressed } from "../../workloads/asked";
import { workloadCluster } from "../../workloads/cluster";
import type { WorkloadJob } from "../../workloads/job";
import { scheduledJobs } from "../../workloads/scheduled";
import { oneCoreJob } from "../experiments/one-core-job";
import { logFile } from "./swf-fixture";

const everything: Partial<WorkloadJob> = {
  ...{ memoryMiB: 100, gpus: 1, gpuType: "a100", nodes: 1, constraint: "fast", partition: "nodes" },
  ...{ qos: "long", account: "physics", priority: 3, eligibleAfterSeconds: 5 },
};
const jobs = [
  oneCoreJob({ id: 1 }),
  oneCoreJob({ id: 2, traceJob: 77, ...everything }),
  oneCoreJob({ id: 3, ...everything, qos: "short" }),
];

const multifactor = { priority: { type: "multifactor" } };
const named = { ...multifactor, qos: { long: 1 }, accounts: { physics: 1 } };
const emulated = { perDomain: 10, cores: 4, memory: "4GiB" };

function notes(scheduler: object, keep?: unknown, topology: object = {}): string[] {
  const workload = { file: "log", ...(keep === undefined ? {} : { keep }) };
  return unexpressed(askedFor(jobs), parseSpec({ scheduler, workload, topology }));
}

describe("what a scheduler cannot be asked for", () => {
  test("the account of jobs that name none can be named, except at a site, which has its own", () => {
    const asked = askedFor([oneCoreJob({ account: "workload" })]);
    const spec = parseSpec({ scheduler: { kind: "slurm", policy: named } });
    expect(unexpressed(asked, spec)).toEqual([]);
    const scheduler = { ...spec.scheduler, site: {} } as typeof spec.scheduler;
    expect(unexpressed(asked, { ...spec, scheduler })).toEqual([
      "1 jobs run without their account workload: the site's sacctmgr.dump has physics",
    ]);
  });

  test.each<[string, object, object, string[]]>([
    [
      "slurm",
      {},
      {},
      [
        "1 jobs run without their QOS long: scheduler.policy.qos names none",
        "2 jobs run without their account physics: scheduler.policy.accounts names none",
        "2 jobs run without their priority: priority.type basic goes by submission alone",
        "1 jobs run without their QOS short: scheduler.policy.qos names none",
      ],
    ],
    [
      "slurm",
      named,
      {},
      ["1 jobs run without their QOS short: scheduler.policy.qos has normal, long"],
    ],
    [
      "slurm",
      { ...named, qos: { long: 1, short: 2 } },
      { nodes: { memory: "1GiB", emulated } },
      [
        "2 jobs run without their priority: the library that jobs are handed over by on emulated nodes cannot say it",
      ],
    ],
    [
      "kubernetes",
      {},
      {},
      [
        "1 jobs run without their QOS long: Kubernetes' classes of quality follow from a pod's requests, and are something else",
        "2 jobs run without their account physics: scheduler.policy.accounts names none",
        "2 jobs run without their eligible time: a Volcano Job is taken up as soon as there is room for it",
        "1 jobs run without their QOS short: Kubernetes' classes of quality follow from a pod's requests, and are something else",
      ],
    ],
    [
      "flux",
      {},
      {},
      [
        "2 jobs run without their memory: a jobspec of version 1 has no memory, so Flux does not count it",
        "1 jobs run without their QOS long: Flux has none without flux-accounting",
        "2 jobs run without their account physics: Flux has banks with flux-accounting only",
        "1 jobs run without their QOS short: Flux has none without flux-accounting",
      ],
    ],
  ])("is noted with a count: %s %j %j", (kind, policy, topology, expected) => {
    const controller = { memory: "2GiB" };
    expect(
      notes({ kind, policy }, undefined, { controller, nodes: { memory: "512MiB" }, ...topology }),
    ).toEqual(expected);
  });

  test("is refused with the first job's number where it is to be kept, and only then", () => {
    const flux = { kind: "flux" };
    for (const keep of ["all", ["gpus", "memory"]]) {
      expect(() => notes(flux, keep)).toThrow(
        "2 jobs cannot ask for their memory, the first is job 2 (77 in the trace): a jobspec of version 1",
      );
    }
    expect(notes(flux, ["gpus", "nodes"])).toHaveLength(4);
  });

  test("is refused where a component of a mixture is to keep it", () => {
    const components = {
      one: { kind: "trace", share: 0.5, file: "log", keep: ["memory"] },
      two: { kind: "lublin", share: 0.5 },
    };
    const spec = parseSpec({
      scheduler: { kind: "flux" },
      workload: { kind: "mixed", components },
    });
    expect(() => unexpressed(askedFor(jobs), spec)).toThrow("cannot ask for their memory");
  });
});

test("a log without such asks has no such notes under any scheduler", async () => {
  const line = "1 0 0 10 1 -1 -1 1 20 -1 1 1 -1 -1 -1 -1 -1 -1";
  const cluster = workloadCluster(
    { nodes: { count: 1 }, pools: {} },
    [{ name: "node01", role: "compute", pool: "nodes", vcpus: 4, memoryMiB: 4096, gpus: 0 }],
    [{ name: "nodes", nodes: ["node01"] }],
  );
  for (const kind of ["slurm", "kubernetes", "flux"]) {
    const spec = parseSpec({
      topology: { controller: { memory: "2GiB" }, nodes: { memory: "512MiB" } },
      scheduler: { kind },
      workload: { file: logFile(["; MaxProcs: 4", line].join("\n")), jobs: 1 },
    });
    expect((await scheduledJobs(spec, cluster)).notes).toEqual([]);
  }
});
