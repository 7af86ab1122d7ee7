import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { stringify } from "yaml";
import type { JobRequest } from "../../../../experiments/schedulers/adapter";
import { jobManifest } from "../../../../experiments/schedulers/kubernetes/manifest";
import type { ManifestContext } from "../../../../experiments/schedulers/kubernetes/manifest-context";
import { memoryRule } from "../../../../experiments/schedulers/kubernetes/memory";
import { podKinds, verbatim } from "../../../../experiments/schedulers/kubernetes/pods";
import { requeueRule } from "../../../../experiments/schedulers/requeue";
import { type Elastic, elasticSchema } from "../../../../spec/elastic";
import { schedulerNodes } from "../../../../spec/emulated";
import { kubernetesPolicySchema } from "../../../../spec/schedulers/kubernetes/policy";
import { handleNode } from "./nodes";

const runId = "20261121T233000Z-k3f9qa";

const cluster = {
  schedulerNodes: schedulerNodes({ nodes: { count: 2 }, pools: { gpu: { count: 1 } } }, [
    handleNode({ name: "controller", role: "controller", memoryMiB: 2048 }),
    handleNode({ name: "node01", vcpus: 2, memoryMiB: 512 }),
    handleNode({ name: "node02", vcpus: 2, memoryMiB: 512 }),
    handleNode({ name: "gpu01", pool: "gpu", vcpus: 4, memoryMiB: 1024, gpus: 2 }),
  ]),
  partitions: [
    { name: "nodes", nodes: ["node01", "node02"] },
    { name: "gpu", nodes: ["gpu01"] },
  ],
};

function context(
  policy: unknown = {},
  elastic: ReadonlyMap<string, Elastic> = new Map(),
  emulated = false,
) {
  const made: ManifestContext = {
    runId,
    directory: `/var/spool/schedlab/${runId}`,
    namespace: "user02",
    user: { uid: 20002, gid: 20002 },
    policy: kubernetesPolicySchema.parse(policy),
    defaultPartition: "nodes",
    memoryPerCoreMiB: memoryRule(cluster),
    requeues: requeueRule({ ...cluster, elastic }),
    emulated,
    switches: false,
    apiServer: { host: "10.77.0.10", port: 6443 },
  };
  return made;
}

const plain: JobRequest = {
  job: {
    id: 12,
    submitSeconds: 3.5,
    user: "user02",
    cores: 1,
    runSeconds: 1.5,
    limitSeconds: 90,
    gpus: 0,
    memoryMiB: null,
    traceJob: 4711,
  },
  body: { kind: "sleep", seconds: 1.5 },
};

const jobs: Record<string, [JobRequest, unknown?]> = {
  sleep: [plain],
  "spin-gang": [
    {
      job: { ...plain.job, id: 13, cores: 4, memoryMiB: 1000, limitSeconds: 12.3 },
      body: { kind: "spin", seconds: 2 },
    },
    { fairness: "proportion", preemption: { type: "reclaim" } },
  ],
  "command-with-gpus": [
    {
      job: { ...plain.job, id: 14, cores: 4, partition: "gpu", gpus: 2 },
      body: { kind: "command", command: "echo 'a b' $$ $(id); exit 3" },
    },
    { preemption: { type: "priority", users: ["user02"] } },
  ],
  "nodes-and-all-asks": [
    {
      job: {
        ...plain.job,
        ...{ id: 16, cores: 6, nodes: 3, gpus: 3, gpuType: "a100", memoryMiB: 1000 },
        ...{ constraint: "fast&ib", priority: 14, qos: "long", account: "physics" },
        eligibleAfterSeconds: 90,
      },
      body: { kind: "spin", seconds: 2 },
    },
  ],
  "mpi-gang": [
    {
      job: { ...plain.job, id: 15, cores: 2 },
      body: { kind: "mpi", program: "/usr/bin/hpcc", files: { "in.txt": "it's\n" }, result: "*" },
    },
  ],
};

const manifest = ([request, policy]: [JobRequest, unknown?]) =>
  jobManifest(request, context(policy));

const scripts = (job: [JobRequest, unknown?]) =>
  manifest(job).spec.tasks.map(({ template }) =>
    expand(template.spec?.containers[0]?.command?.[2] ?? ""),
  );

/** What Kubernetes makes of a command when no variable of that name is set. */
function expand(text: string): string {
  return text.replaceAll(/\$(\$|\([^)]*\))/g, (whole, next: string) =>
    next === "$" ? "$" : whole,
  );
}

describe("on emulated nodes the Volcano Job", () => {
  const gang: JobRequest = {
    job: { ...plain.job, cores: 4, gpus: 1, memoryMiB: 1000 },
    body: { kind: "hold", seconds: 12.3456 },
  };

  test("is as agreed", async () => {
    const text = stringify(jobManifest(gang, context({}, new Map(), true)), { lineWidth: 0 });
    await expect(text).toMatchFileSnapshot(path.join(__dirname, "golden", "emulated-gang.yaml"));
  });

  test("asks the scheduler for what it asks on real ones", () => {
    const asked = (request: JobRequest, emulated: boolean) => {
      const { tasks, ttlSecondsAfterFinished, ...spec } = jobManifest(
        request,
        context({}, new Map(), emulated),
      ).spec;
      const pods = tasks.map(({ template, ...task }) => {
        const { containers, nodeSelector, activeDeadlineSeconds } = template.spec ?? {};
        const resources = containers?.map((container) => container.resources);
        return {
          ...task,
          labels: template.metadata?.labels,
          nodeSelector,
          activeDeadlineSeconds,
          resources,
        };
      });
      return { spec, pods };
    };
    const real: JobRequest = { ...gang, body: { kind: "sleep", seconds: 12.3456 } };
    expect(asked(gang, true)).toEqual(asked(real, false));
  });

  test("is kept together below the switches where there are some, unless it is of one pod", () => {
    const spec = (request: JobRequest) =>
      jobManifest(request, { ...context({}, new Map(), true), switches: true }).spec;
    expect(spec(gang).networkTopology).toEqual({ mode: "soft" });
    expect(spec({ ...gang, job: { ...gang.job, cores: 1 } })).not.toHaveProperty("networkTopology");
    expect(jobManifest(gang, context({}, new Map(), true)).spec).not.toHaveProperty(
      "networkTopology",
    );
  });

  test("runs for its seconds whatever they are spent with, and no program", () => {
    const template = (body: JobRequest["body"]) =>
      jobManifest({ ...plain, body }, context({}, new Map(), true)).spec.tasks[0]?.template;
    expect(template({ kind: "sleep", seconds: 1.5 })).toEqual(
      template({ kind: "hold", seconds: 1.5 }),
    );
    expect(() => template({ kind: "command", command: "true" })).toThrow(
      "emulated nodes run nothing, and command is a program",
    );
  });
});

describe("the Volcano Job", () => {
  test.each(Object.entries(jobs))("is as agreed: %s", async (name, job) => {
    const text = stringify(manifest(job), { lineWidth: 0 });
    await expect(text).toMatchFileSnapshot(path.join(__dirname, "golden", `${name}.yaml`));
  });

  test("is one gang of a pod a core, whatever the job's cores and GPUs", () => {
    const cores = fc.integer({ min: 1, max: 256 });
    fc.assert(
      fc.property(cores, fc.integer({ min: 0, max: 64 }), (count, gpus) => {
        const job = { ...plain.job, cores: count, gpus };
        const { spec } = jobManifest({ ...plain, job }, context());
        const replicas = spec.tasks.reduce((sum, task) => sum + task.replicas, 0);
        expect([spec.minAvailable, replicas]).toEqual([count, count]);
        expect(spec.tasks.map(({ name }) => name).filter((name) => name === "main")).toHaveLength(
          1,
        );
        const kinds = podKinds(count, gpus);
        expect(kinds.reduce((sum, kind) => sum + kind.replicas * kind.gpus, 0)).toBe(gpus);
        const each = kinds.map((kind) => kind.gpus);
        expect(Math.max(...each) - Math.min(...each)).toBeLessThanOrEqual(1);
        expect(kinds.find(({ name }) => name === "main")?.gpus).toBe(Math.max(...each));
      }),
    );
  });

  test("that says its nodes is one gang of a pod a node, which together ask for all of it", () => {
    const each = fc.record({
      nodes: fc.integer({ min: 1, max: 64 }),
      cores: fc.integer({ min: 1, max: 64 }),
      gpus: fc.integer({ min: 0, max: 8 }),
    });
    fc.assert(
      fc.property(each, fc.boolean(), ({ nodes, cores, gpus }, emulated) => {
        const job = { ...plain.job, nodes, cores: cores * nodes, gpus: gpus * nodes };
        const { spec } = jobManifest({ ...plain, job }, context({}, new Map(), emulated));
        const pods = spec.tasks.flatMap(({ replicas, template }) =>
          Array.from({ length: replicas }, () => template.spec),
        );
        expect([spec.minAvailable, pods.length]).toEqual([nodes, nodes]);
        for (const pod of pods) {
          const requests = pod?.containers[0]?.resources?.requests ?? {};
          expect(requests).toMatchObject({ cpu: String(cores), memory: `${224 * cores}Mi` });
          expect(requests["schedlab.local/gpu"]).toBe(gpus === 0 ? undefined : String(gpus));
          const apart =
            pod?.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
          expect(apart?.length ?? 0).toBe(nodes === 1 ? 0 : 1);
        }
      }),
    );
  });

  test("is in the queue of its account where that has one, and else in its user's", () => {
    const queueOf = (account: string | undefined, policy: unknown) => {
      const job = { ...plain.job, ...(account === undefined ? {} : { account }) };
      return jobManifest({ ...plain, job }, context(policy)).spec.queue;
    };
    const policy = { fairness: "proportion", accounts: { physics: 3 } };
    expect(queueOf("physics", policy)).toBe("account-physics");
    expect([queueOf("biology", policy), queueOf(undefined, policy)]).toEqual(["user02", "user02"]);
    expect(queueOf("physics", {})).toBe("workload");
  });

  test("has the class of its priority, unless its user preempts", () => {
    const classOf = (priority: number | undefined, policy: unknown = {}) => {
      const job = { ...plain.job, ...(priority === undefined ? {} : { priority }) };
      return jobManifest({ ...plain, job }, context(policy)).spec.priorityClassName;
    };
    expect([classOf(undefined), classOf(16)]).toEqual(["schedlab-normal", "schedlab-normal"]);
    expect([classOf(15), classOf(1)]).toEqual(["schedlab-priority-15", "schedlab-priority-01"]);
    expect(classOf(1, { preemption: { type: "priority", users: ["user02"] } })).toBe(
      "schedlab-urgent",
    );
  });

  test("gives a core the memory that Slurm gives it: the job's, or the scarcest node's share", () => {
    const share = memoryRule(cluster);
    expect(share(plain.job)).toBe(224);
    expect(share({ ...plain.job, partition: "gpu" })).toBe(224);
    expect(share({ ...plain.job, cores: 3, memoryMiB: 1000 })).toBe(334);
  });

  test("goes back to the queue when preempted only where the policy preempts", () => {
    const policies = (policy: unknown) => jobManifest(plain, context(policy)).spec.policies;
    expect(policies({})).toContainEqual({ event: "PodEvicted", action: "TerminateJob" });
    expect(policies({ preemption: { type: "priority" } })).toContainEqual({
      event: "PodEvicted",
      action: "RestartJob",
    });
  });

  test("goes back to the queue, as often as it has to, where its pool's nodes send it there", () => {
    const pool = (leaving: string) => elasticSchema.parse({ max: 3, leaving });
    const spec = (leaving: string, partition?: string) => {
      const job = { ...plain.job, ...(partition === undefined ? {} : { partition }) };
      const elastic = new Map([["nodes", pool(leaving)]]);
      return jobManifest({ ...plain, job }, context({}, elastic)).spec;
    };
    const restart = { event: "PodEvicted", action: "RestartJob" };
    expect(spec("requeue")).toMatchObject({ maxRetry: 1000, policies: [restart] });
    expect(spec("requeue", "nodes").policies).toEqual([restart]);
    for (const other of [spec("finish"), spec("requeue", "gpu")]) {
      expect(other).toMatchObject({ maxRetry: 1, policies: [{ action: "TerminateJob" }] });
    }
  });

  test("lets only the first pod of an MPI job talk to the API server", () => {
    const tokens = (name: string) =>
      manifest(jobs[name] ?? [plain]).spec.tasks.map(
        ({ template }) => template.spec?.automountServiceAccountToken,
      );
    expect(tokens("mpi-gang")).toEqual([true, false]);
    expect(tokens("spin-gang")).toEqual([false, false]);
  });
});

describe("a pod's script", () => {
  test("reaches the shell as it was, whatever it holds", () => {
    const script = fc.string({ unit: fc.constantFrom("$", "(", ")", "{", "a", "$$", "$(x)") });
    fc.assert(
      fc.property(script, (text) => {
        expect(expand(verbatim(text))).toBe(text);
      }),
    );
  });

  test.each(Object.keys(jobs))("is valid: %s", (name) => {
    for (const script of scripts(jobs[name] ?? [plain])) {
      const { status, stderr } = spawnSync("bash", ["-n", "-c", script], { encoding: "utf8" });
      expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    }
  });

  test.each(["spin-gang", "command-with-gpus", "nodes-and-all-asks"])(
    "of a worker ends on TERM at once: %s",
    async (name) => {
      const script = scripts(jobs[name] ?? [plain]).at(-1) ?? "";
      const worker = spawn("bash", ["-xc", script], { detached: true });
      const group = worker.pid ?? 0;
      try {
        // Its last command, when the trap is set.
        await new Promise<void>((resolve) => {
          worker.stderr.on("data", (chunk) => String(chunk).includes("+ wait") && resolve());
        });
        worker.kill("SIGTERM");
        expect(await once(worker, "exit")).toEqual([0, null]);
      } finally {
        process.kill(-group, "SIGKILL");
      }
    },
  );
});
