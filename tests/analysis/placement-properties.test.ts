import fc from "fast-check";
import { expect, test } from "vitest";
import type { EventRecord } from "../../store/record";
import { propertyRuns } from "../property-runs";
import { jobRecord, nodeRecord, startedAt } from "../store/run-fixture";
import { asking, figuresOf, loaded } from "./placement-fixture";
import { memoryOf, type PlacedJob, referencePlacement } from "./reference-placement";

const names = [
  "mean_gpu_fragmentation",
  "gpu_fragmentation_rate",
  "gpu_task_fragmentation_rate",
  "mean_largest_fit_cores",
  "mean_largest_fit_gpus",
  "mean_largest_node_fit_cores",
  "mean_largest_node_fit_gpus",
] as const;

/** Jobs that are packed at random into three nodes, at whole seconds; some on two nodes. */
const sizes = [
  { cores: 4, memory: 900, gpus: 2 },
  { cores: 8, memory: 1000, gpus: 4 },
  { cores: 2, memory: 500, gpus: 0 },
];
const asked = fc.array(
  fc.record({
    start: fc.nat(20),
    run: fc.integer({ min: 1, max: 12 }),
    on: fc.constantFrom([0], [1], [2], [0, 1], [1, 2]),
    cores: fc.integer({ min: 1, max: 4 }),
    // Some take all of a node's.
    memory: fc.oneof(fc.nat(400), fc.constantFrom(437, 787, 875)),
    gpus: fc.nat(2),
    says: fc.boolean(),
  }),
  { minLength: 1, maxLength: 14 },
);

test("the views agree with plain TypeScript, whatever fits on the nodes", async () => {
  await fc.assert(
    fc.asyncProperty(asked, async (list) => {
      const jobs: PlacedJob[] = [];
      for (const { start, run, on, says, ...job } of list) {
        const apart = says ? on.length : 0;
        const placed: PlacedJob = {
          ...job,
          start,
          end: start + run,
          cores: job.cores * on.length,
          apart,
          gpus: on.length === 1 ? job.gpus : job.gpus * apart,
          on: new Map(on.map((node) => [node, job.cores])),
        };
        if (fits([...jobs, placed])) jobs.push(placed);
      }
      if (jobs.length === 0) return;
      const nodeName = (number: number) => `node0${number + 1}`;
      const records = jobs.map(({ start, end, cores, memory, gpus, on, apart }, index) =>
        asking(jobRecord(index + 1, "user01", cores, [0, start, end]), {
          gpus,
          ...(memory === 0 ? {} : { memoryMiB: memory }),
          ...(apart === 0 ? {} : { apart }),
          nodes: [...on.keys()].map(nodeName),
        }),
      );
      const events = jobs.map(
        ({ start, on }, index): EventRecord => ({
          ...{ job: index + 1, event: "start", at: startedAt + start * 1000, source: "wrapper" },
          ...{ resolutionMs: 1, nodes: [...on.keys()].map(nodeName), nodeCores: [...on.values()] },
        }),
      );
      const nodes = sizes.map(({ cores, memory, gpus }, number) =>
        nodeRecord(nodeName(number), "compute", cores, { memoryMiB: memory, gpus }),
      );
      const of = await figuresOf(await loaded(nodes, records, events));
      const last = Math.max(...jobs.map(({ end }) => end));
      const expected = referencePlacement(sizes, jobs, 0, last);
      for (const name of names) {
        const figure = of.get(name);
        if (expected[name] === null) expect(figure?.value, name).toBeNull();
        else expect(figure?.value, name).toBeCloseTo(expected[name], 6);
        expect(figure?.value === null, name).toBe(figure?.reason !== null);
      }
    }),
    { numRuns: propertyRuns(6) },
  );
}, 120_000);

/** Whether no node ever lacks cores, memory or GPUs. */
function fits(jobs: readonly PlacedJob[]): boolean {
  return sizes.every((size, number) =>
    jobs.every(({ start }) => {
      const there = jobs.filter(
        (job) => job.on.has(number) && job.start <= start && start < job.end,
      );
      const sum = (of: (job: PlacedJob) => number) => there.reduce((all, job) => all + of(job), 0);
      return (
        sum((job) => job.on.get(number) ?? 0) <= size.cores &&
        sum((job) => (memoryOf(job, sizes) * (job.on.get(number) ?? 0)) / job.cores) <=
          Math.floor((size.memory * 7) / 8) &&
        sum(({ gpus, on }) => gpus / on.size) <= size.gpus
      );
    }),
  );
}
