import path from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { JobRequest } from "../../../../experiments/schedulers/adapter";
import { policyAsks } from "../../../../experiments/schedulers/slurm/asks";
import { renderDescription } from "../../../../experiments/schedulers/slurm/description";
import { renderScript } from "../../../../experiments/schedulers/slurm/script";
import { slurmPolicySchema } from "../../../../spec/schedulers/slurm/policy";
import { oneCoreJob } from "../../one-core-job";

const context = {
  runId: "20261121T233000Z-k3f9qa",
  directory: "/var/spool/schedlab/20261121T233000Z-k3f9qa",
  requeues: () => false,
  asks: policyAsks(slurmPolicySchema.parse({ qos: { long: 10 }, accounts: { physics: 3 } })),
};

const job = oneCoreJob({ id: 12, cores: 40, limitSeconds: 90, runSeconds: 30.5 });
const requests: Record<string, JobRequest> = {
  hold: { job, body: { kind: "hold", seconds: 30.5 } },
  "hold-with-gpus": {
    job: { ...job, partition: "gpu", gpus: 8, memoryMiB: 1000 },
    body: { kind: "hold", seconds: 0 },
  },
  "hold-with-all-asks": {
    job: {
      ...job,
      ...{ nodes: 4, gpus: 8, gpuType: "a100", memoryMiB: 4001, constraint: "fast&ib" },
      ...{ qos: "long", account: "physics", priority: 3, eligibleAfterSeconds: 90.2 },
    },
    body: { kind: "hold", seconds: 5 },
  },
  sleep: { job, body: { kind: "sleep", seconds: 30.5 } },
  "hold-after-others": {
    job,
    body: { kind: "hold", seconds: 30.5 },
    after: [
      { type: "afterok", schedulerJob: "12" },
      { type: "afterany", schedulerJob: "7" },
    ],
  },
};

describe("the description that Slurm's library reads", () => {
  test.each(Object.entries(requests))("is as agreed: %s", async (name, request) => {
    await expect(renderDescription(request, 1, context)).toMatchFileSnapshot(
      path.join(__dirname, "golden", `${name}.description`),
    );
  });

  test("asks for what sbatch would be asked for", () => {
    const jobs = fc.record({
      cores: fc.integer({ min: 1, max: 5000 }),
      limitSeconds: fc.double({ min: 1, max: 1e6, noNaN: true }),
      gpus: fc.integer({ min: 0, max: 16 }),
      memoryMiB: fc.option(fc.integer({ min: 1, max: 1e6 })),
      partition: fc.option(fc.constant("gpu"), { nil: undefined }),
      asks: fc.record(
        {
          nodes: fc.integer({ min: 1, max: 64 }),
          gpuType: fc.constant("a100"),
          constraint: fc.constant("fast&ib"),
          qos: fc.constantFrom("long", "unknown"),
          account: fc.constantFrom("physics", "unknown"),
          eligibleAfterSeconds: fc.double({ min: 0.1, max: 1e6, noNaN: true }),
        },
        { requiredKeys: [] },
      ),
    });
    fc.assert(
      fc.property(jobs, fc.boolean(), (change, requeue) => {
        const rule = { ...context, requeues: () => requeue };
        const { partition, asks, ...rest } = change;
        const request: JobRequest = {
          job: oneCoreJob({ ...rest, ...asks, ...(partition === undefined ? {} : { partition }) }),
          body: { kind: "sleep", seconds: 1 },
        };
        const script = renderScript(request, 2, rule);
        const [fields = "", batch = ""] = renderDescription(request, 2, rule).split("\n\n");
        const asked = new Map(
          fields.split("\n").map((line) => line.split("=", 2) as [string, string]),
        );
        const option = (name: string) =>
          new RegExp(`^#SBATCH --${name}=(.*)$`, "m").exec(script)?.[1];
        expect(asked.get("name")).toBe(option("job-name"));
        expect(asked.get("partition")).toBe(option("partition"));
        expect(asked.get("num_tasks")).toBe(option("ntasks"));
        expect(asked.get("min_cpus")).toBe(option("ntasks"));
        expect(asked.get("tres_per_job")?.replace("gres/gpu:", "")).toBe(option("gpus"));
        expect(asked.get("pn_min_memory")).toBe(option("mem-per-cpu")?.replace("M", ""));
        expect(asked.get("min_nodes")).toBe(option("nodes"));
        expect(asked.get("max_nodes")).toBe(option("nodes"));
        expect(asked.get("ntasks_per_node")).toBe(option("ntasks-per-node"));
        expect(asked.get("tres_per_node")?.replace("gres/gpu:", "")).toBe(option("gpus-per-node"));
        expect(asked.get("memory_per_node")).toBe(option("mem")?.replace("M", ""));
        expect(asked.get("features")).toBe(option("constraint"));
        expect(asked.get("qos")).toBe(option("qos"));
        expect(asked.get("account")).toBe(option("account"));
        expect(asked.get("begin_after")).toBe(option("begin")?.replace("now+", ""));
        expect(asked.get("std_out")).toBe(option("output"));
        expect(asked.get("requeue")).toBe(script.includes("--no-requeue") ? "0" : "1");
        // sbatch rounds its seconds up to minutes.
        const [days = 0, hours = 0, minutes = 0, seconds = 0] = (option("time") ?? "")
          .split(/[-:]/)
          .map(Number);
        const all = (days * 24 + hours) * 60 + minutes + Math.ceil(seconds / 60);
        expect(Number(asked.get("time_limit"))).toBe(all);
        expect(script.trimEnd().endsWith(batch.trimEnd().replace("#!/bin/bash\n", ""))).toBe(true);
      }),
    );
  });
});
