import fc from "fast-check";
import { expect, test } from "vitest";
import { parseSpec } from "../../spec/parse";
import { programHash } from "../../workloads/hpcg/hash";
import { nodeNeeds } from "../../workloads/task";
import { workloadJobs } from "../../workloads/workload";

const cluster = { capacityCores: 4, largestNodeCores: 2, memoryPerCoreMiB: 256, gpus: 0 };

function plan(workload: object, capacityCores = 4) {
  return workloadJobs(parseSpec({ workload }).workload, { ...cluster, capacityCores });
}

test("a model's jobs are the same for the same seed, and others for another", async () => {
  for (const kind of ["poisson", "lublin"]) {
    const first = await plan({ kind, seed: 5 });
    expect(await plan({ kind, seed: 5 })).toEqual(first);
    expect((await plan({ kind, seed: 6 })).jobs).not.toEqual(first.jobs);
    expect(first.trace).toEqual({
      name: `${kind}-seed5.swf`,
      hash: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  }
});

test("a model is scaled to the cluster as a trace is", async () => {
  const workload = { kind: "poisson", jobs: 60, body: "spin", runtime: { max: 3 } };
  const { jobs, tasks } = await plan({ ...workload, users: { count: 2 } });
  expect(jobs.map(({ id }) => id)).toEqual(jobs.map((_, index) => index + 1));
  expect(new Set(jobs.map(({ user }) => user))).toEqual(new Set(["user01", "user02"]));
  expect(new Set(jobs.map(({ cores }) => cores))).toEqual(new Set([1, 2, 4]));
  expect(Math.max(...jobs.map(({ runSeconds }) => runSeconds))).toBe(3);
  expect(tasks).toEqual(jobs.map(() => ({ kind: "spin" })));
  const slow = await plan({ ...workload, timeFactor: 2 });
  for (const [index, { submitSeconds }] of slow.jobs.entries()) {
    expect(submitSeconds).toBe((jobs[index]?.submitSeconds ?? 0) * 2);
  }
  // Drawn for a machine of 64 cores, taken to 4.
  const scaled = await plan({ ...workload, sizes: { traceCores: 64 } });
  expect(Math.max(...scaled.jobs.map(({ cores }) => cores))).toBeLessThanOrEqual(4);
});

test("the load is what is offered, and the distributions are the ones given", async () => {
  const { jobs } = await plan({
    kind: "poisson",
    jobs: 2000,
    load: 0.5,
    draw: { sizes: "constant:2", runs: "constant:10" },
  });
  expect(new Set(jobs.map(({ cores, runSeconds }) => `${cores} ${runSeconds}`))).toEqual(
    new Set(["2 10"]),
  );
  const offered = (2000 * 2 * 10) / (4 * (jobs.at(-1)?.submitSeconds ?? 0));
  expect(offered).toBeGreaterThan(0.45);
  expect(offered).toBeLessThan(0.55);
  await expect(plan({ kind: "poisson", draw: { runs: "gauss:4" } })).rejects.toThrow(
    /"gauss:4" is no distribution/,
  );
});

test("the variants of Lublin's model differ", async () => {
  const variants = await Promise.all(
    ["batch", "interactive", "mixed"].map((variant) => plan({ kind: "lublin", variant })),
  );
  expect(new Set(variants.map(({ jobs }) => JSON.stringify(jobs))).size).toBe(3);
});

test("HPL jobs take all cores of their partition, after a baseline of one rank", async () => {
  const { jobs, tasks, trace } = await plan({ kind: "hpl", jobs: 3, gap: 2, users: { count: 2 } });
  expect(jobs.map(({ user, cores, submitSeconds }) => [user, cores, submitSeconds])).toEqual([
    ["user01", 1, 0],
    ["user02", 4, 2],
    ["user01", 4, 4],
  ]);
  expect(tasks).toMatchObject([
    { kind: "hpl", p: 1, q: 1, nb: 64, threshold: 16 },
    { kind: "hpl", p: 2, q: 2 },
    { kind: "hpl", p: 2, q: 2 },
  ]);
  expect(trace).toBeNull();
  for (const { runSeconds, limitSeconds } of jobs) {
    expect(limitSeconds).toBeGreaterThanOrEqual(Math.max(60, runSeconds * 4));
  }
  expect((await plan({ kind: "hpl", jobs: 1 })).jobs[0]?.cores).toBe(4);
  expect((await plan({ kind: "hpl", baseline: false })).jobs.map(({ cores }) => cores)).toEqual([
    4, 4, 4,
  ]);
  await expect(plan({ kind: "hpl", cores: 5 })).rejects.toThrow(/wants 5 cores, there are 4/);
});

test("only benchmarks need MPI, also within a mixture", async () => {
  const spin = await plan({ kind: "poisson", jobs: 2 });
  expect(nodeNeeds(spin.tasks)).toEqual({ mpi: false, programs: [] });
  const linpack = await plan({ kind: "hpl", jobs: 1 });
  expect(nodeNeeds(linpack.tasks)).toEqual({ mpi: true, programs: [] });
  const mixed = await plan({ kind: "mixed", jobs: 20, components });
  expect(nodeNeeds(mixed.tasks).mpi).toBe(true);
});

test("HPCG may be a program of the image, which the packages then have to bring", async () => {
  const program = { installed: "/usr/bin/xhpcg" };
  const { tasks } = await plan({ kind: "hpcg", jobs: 2, program });
  expect(nodeNeeds(tasks)).toEqual({ mpi: true, programs: ["/usr/bin/xhpcg"] });
  expect(programHash(tasks)).toBeNull();
  await expect(
    plan({ kind: "hpcg", program: { ...program, directory: "/nowhere" } }),
  ).rejects.toThrow("the workload hpcg has program.directory and program.installed");
  expect(() => parseSpec({ workload: { kind: "hpcg", program: { installed: "xhpcg" } } })).toThrow(
    /an absolute path in the image/,
  );
});

test("HPCG without a program is refused, alone and in a mixture", async () => {
  const message = "the workload hpcg needs HPCG, and program.directory is not set";
  await expect(plan({ kind: "hpcg" })).rejects.toThrow(message);
  const components = { a: { kind: "trace", share: 0.5 }, b: { kind: "hpcg", share: 0.5 } };
  await expect(plan({ kind: "mixed", components })).rejects.toThrow(message);
});

const components = {
  linpack: { kind: "hpl", share: 0.2, gap: 3 },
  day: { kind: "poisson", share: 0.5, body: "spin" },
  night: { kind: "trace", share: 0.3 },
};

test("a mixture has its components' jobs by share, in order of submission, with their tasks", async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 5, max: 200 }), fc.nat(2 ** 31 - 1), async (jobs, seed) => {
      const mixed = await plan({ kind: "mixed", jobs, seed, components });
      expect(mixed.jobs.map(({ id }) => id)).toEqual(mixed.jobs.map((_, index) => index + 1));
      expect(mixed.tasks).toHaveLength(jobs);
      for (const [index, { submitSeconds }] of mixed.jobs.entries()) {
        expect(submitSeconds).toBeGreaterThanOrEqual(mixed.jobs[index - 1]?.submitSeconds ?? 0);
      }
      for (const [kind, share] of [
        ["hpl", 0.2],
        ["spin", 0.5],
        ["sleep", 0.3],
      ] as const) {
        const own = mixed.tasks.filter((task) => task.kind === kind).length;
        expect(Math.abs(own - share * jobs)).toBeLessThan(1);
      }
      // Trace jobs know their number in the trace; nothing else does.
      const traced = mixed.jobs.filter(
        (job, index) => (job.traceJob !== null) !== (mixed.tasks[index]?.kind !== "hpl"),
      );
      expect(traced).toEqual([]);
    }),
    { numRuns: 30 },
  );
});

test("a mixture depends on its seed, not on the order in which components were written", async () => {
  const first = await plan({ kind: "mixed", components });
  const reversed = Object.fromEntries(Object.entries(components).reverse());
  expect(await plan({ kind: "mixed", components: reversed })).toEqual(first);
  expect((await plan({ kind: "mixed", components, seed: 2 })).jobs).not.toEqual(first.jobs);
  expect(first.trace?.name).toBe("poisson-seed1.swf + bundled-seed3.swf");
});

test("two components that are alike draw apart", async () => {
  const alike = { kind: "poisson", share: 0.5 };
  const { jobs } = await plan({ kind: "mixed", jobs: 20, components: { a: alike, b: alike } });
  expect(new Set(jobs.map(({ submitSeconds }) => submitSeconds)).size).toBeGreaterThan(11);
});
