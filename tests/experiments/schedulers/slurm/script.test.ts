import { spawnSync } from "node:child_process";
import path from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { JobRequest } from "../../../../experiments/schedulers/adapter";
import {
  encodeSubmission,
  parseWord as parseWordOf,
} from "../../../../experiments/schedulers/lanes/claims";
import { policyAsks } from "../../../../experiments/schedulers/slurm/asks";
import { renderScript, timeLimit } from "../../../../experiments/schedulers/slurm/script";
import { sbatchCall } from "../../../../experiments/schedulers/slurm/submitter";
import { slurmPolicySchema } from "../../../../spec/schedulers/slurm/policy";
import type { WorkloadJob } from "../../../../workloads/job";

const parseWord = (line: string) => parseWordOf(line, sbatchCall);

const context = {
  runId: "20261121T233000Z-k3f9qa",
  directory: "/var/spool/schedlab/20261121T233000Z-k3f9qa",
  requeues: () => false,
  asks: policyAsks(
    slurmPolicySchema.parse({
      priority: { type: "multifactor" },
      qos: { long: 10 },
      accounts: { physics: 3 },
    }),
  ),
};

const plain: JobRequest = {
  job: {
    id: 12,
    submitSeconds: 3.5,
    user: "user02",
    cores: 2,
    runSeconds: 1.5,
    limitSeconds: 90,
    gpus: 0,
    memoryMiB: null,
    traceJob: 4711,
  },
  body: { kind: "sleep", seconds: 1.5 },
};

const requests: Record<string, JobRequest> = {
  sleep: plain,
  "spin-over-nodes": {
    job: { ...plain.job, id: 13, cores: 8, partition: "nodes", memoryMiB: 1000 },
    body: { kind: "spin", seconds: 2 },
  },
  "command-with-gpus": {
    job: { ...plain.job, id: 14, cores: 1, partition: "gpu", gpus: 2, limitSeconds: 100_000 },
    body: { kind: "command", command: "echo 'a b'; exit 3" },
  },
  "all-that-can-be-asked": {
    job: {
      ...plain.job,
      ...{ id: 16, cores: 8, nodes: 2, gpus: 4, gpuType: "a100", memoryMiB: 4001 },
      ...{ constraint: "fast&ib", qos: "long", account: "physics", priority: 14 },
      eligibleAfterSeconds: 90.2,
    },
    body: { kind: "sleep", seconds: 2 },
  },
  "typed-gpus-anywhere": {
    job: { ...plain.job, id: 17, cores: 4, gpus: 2, gpuType: "a100" },
    body: { kind: "sleep", seconds: 2 },
  },
  "after-others": {
    job: { ...plain.job, id: 16 },
    body: { kind: "sleep", seconds: 1 },
    after: [
      { type: "afterok", schedulerJob: "12" },
      { type: "afterany", schedulerJob: "7" },
    ],
  },
  "mpi-with-input": {
    job: { ...plain.job, id: 15, cores: 4 },
    body: {
      kind: "mpi",
      program: "/usr/bin/program",
      files: { "input.txt": "it's one line\n2 4\n" },
      result: "out-*.txt",
    },
  },
};

describe("the script that sbatch reads", () => {
  test.each(Object.entries(requests))("is as agreed: %s", async (name, request) => {
    await expect(renderScript(request, 1, context)).toMatchFileSnapshot(
      path.join(__dirname, "golden", `${name}.sbatch`),
    );
  });

  test("lets a preempted job go back to the queue only where the policy says so", () => {
    expect(renderScript(plain, 1, context)).toContain("#SBATCH --no-requeue\n");
    const some = { ...context, requeues: ({ partition }: WorkloadJob) => partition === "sends" };
    expect(renderScript(plain, 1, some)).toContain("#SBATCH --no-requeue\n");
    const sent = { ...plain, job: { ...plain.job, partition: "sends" } };
    expect(renderScript(sent, 1, some)).toContain("#SBATCH --requeue\n");
  });

  test("says nothing of a QOS, account or priority that the policy knows nothing of", () => {
    const asked = { qos: "long", account: "physics", priority: 3 };
    const request = { ...plain, job: { ...plain.job, ...asked } };
    const basic = { ...context, asks: policyAsks(slurmPolicySchema.parse({})) };
    expect(renderScript(request, 1, basic)).toBe(renderScript(plain, 1, basic));
    const other = { ...request, job: { ...request.job, qos: "short", account: "biology" } };
    const script = renderScript(other, 1, context);
    expect(script).not.toMatch(/--qos|--account/);
    expect(script).toContain("#SBATCH --nice=");
  });

  test("asks for no less time than the limit, to the second", () => {
    fc.assert(
      fc.property(fc.double({ min: 1, max: 3e6, noNaN: true }), (seconds) => {
        const [days, clock = ""] = timeLimit(seconds).split("-");
        const [hours, minutes, rest] = clock.split(":").map(Number);
        const total =
          Number(days) * 86_400 + Number(hours) * 3600 + Number(minutes) * 60 + Number(rest);
        expect(total).toBe(Math.ceil(seconds));
      }),
    );
  });
});

describe("a submission on the submitter's stdin", () => {
  test("reaches bash as it was, whatever it holds", () => {
    const texts = fc.sample(fc.string({ unit: "grapheme-ascii" }), 200);
    const awkward = ["a\\nb", "\\", "%s %b", "'\"`$(x)", "tab\there", "two\n\nlines\n", "\\c\\0"];
    const scripts = [...awkward, ...texts].filter((text) => !text.includes("\0"));
    const reader = `while IFS= read -r line; do
      printf -v script %b "\${line#* }"; printf '%s\\0' "$script"; done`;
    const input = scripts.map((script, key) => encodeSubmission(String(key), script)).join("");
    const result = spawnSync("bash", ["-c", reader], { input, encoding: "utf8" });
    expect(result.stdout.split("\0").slice(0, -1)).toEqual(scripts);
  });
});

describe("an answer of the submitter", () => {
  const times = "1795305827.654971 1795305827.701118";

  test("carries the job's number and both times in milliseconds", () => {
    expect(parseWord(`3.1 ${times} 0 41`)).toEqual({
      kind: "answer",
      key: "3.1",
      answer: {
        startedAt: 1795305827654.971,
        finishedAt: 1795305827701.118,
        schedulerJob: "41",
        error: null,
        uncertain: false,
      },
    });
  });

  const answerOf = (line: string) => {
    const word = parseWord(line);
    return word?.kind === "answer" ? word.answer : null;
  };

  test("is understood with warnings around the number and with a cluster's name", () => {
    const warned = answerOf(`3.1 ${times} 0 sbatch: warning: short on time; 41; `);
    expect(warned?.schedulerJob).toBe("41");
    expect(answerOf(`3.1 ${times} 0 41;main`)?.schedulerJob).toBe("41");
  });

  test("that refuses keeps sbatch's words", () => {
    expect(answerOf(`3.1 ${times} 1 sbatch: error: invalid partition specified: x`)).toMatchObject({
      schedulerJob: null,
      error: "sbatch: error: invalid partition specified: x",
      uncertain: false,
    });
  });

  test.each([
    "Unable to contact slurm controller (connect failure)",
    "Socket timed out on send/recv operation",
    "Zero Bytes were transmitted or received",
    "Connection refused",
    "Connection reset by peer",
    "Connection timed out",
    "Broken pipe",
    "No route to host",
    "Network is unreachable",
    "Transport endpoint is not connected",
    "Slurm backup controller in standby mode",
  ])("is uncertain when slurmctld did not speak: %s", (words) => {
    const text = `sbatch: error: Batch job submission failed: ${words}`;
    expect(answerOf(`3.1 ${times} 1 ${text}`)?.uncertain).toBe(true);
  });

  test.each([
    "Requested node configuration is not available",
    "Invalid qos specification",
    "Job violates accounting/QOS policy (job submit limit, user's size and/or time limits)",
    "Access/permission denied",
  ])("is a refusal when slurmctld said no: %s", (words) => {
    const text = `sbatch: error: Batch job submission failed: ${words}`;
    expect(answerOf(`3.1 ${times} 1 ${text}`)?.uncertain).toBe(false);
  });

  test("is uncertain when sbatch was ended by a signal", () => {
    expect(answerOf(`3.1 ${times} 137 `)?.uncertain).toBe(true);
  });

  test("says that sbatch was called, or was not and will not be", () => {
    expect(parseWord("3.2 called 1795305827.654971")).toEqual({
      kind: "called",
      key: "3.2",
      at: 1795305827654.971,
    });
    expect(parseWord("3.2 called ")).toEqual({ kind: "called", key: "3.2", at: null });
    expect(parseWord("3.2 revoked")).toEqual({ kind: "revoked", key: "3.2" });
    expect(parseWord("3.2 claimed")).toEqual({ kind: "claimed", key: "3.2" });
  });

  test.each(["", "3", "bash: sbatch: command not found"])("is nothing else: %s", (line) => {
    expect(parseWord(line)).toBeNull();
  });
});
