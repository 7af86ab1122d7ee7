import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { JobRequest } from "../../../../experiments/schedulers/adapter";
import { slotsOf } from "../../../../experiments/schedulers/flux/asks";
import { renderJobspec } from "../../../../experiments/schedulers/flux/jobspec";
import type { JobBody } from "../../../../experiments/schedulers/wrapper";
import { oneCoreJob } from "../../one-core-job";

const context = {
  runId: "20261121T233000Z-k3f9qa",
  directory: "/var/spool/schedlab/20261121T233000Z-k3f9qa",
  queues: false,
  emulated: false,
};

function request(change: object = {}, body: JobBody = { kind: "sleep", seconds: 2 }): JobRequest {
  return {
    job: oneCoreJob({ id: 7, cores: 4, runSeconds: 2, limitSeconds: 61, ...change }),
    body,
  };
}

const pretty = (text: string) => `${JSON.stringify(JSON.parse(text), null, 2)}\n`;

describe("a jobspec", () => {
  test.each<[string, object, JobBody]>([
    ["sleep", {}, { kind: "sleep", seconds: 2 }],
    ["gpus", { gpus: 2, cores: 4 }, { kind: "spin", seconds: 1.5 }],
    [
      "asks",
      {
        ...{ cores: 8, nodes: 2, gpus: 4, gpuType: "a100", constraint: "fast&ib" },
        ...{ priority: 14, eligibleAfterSeconds: 90.5, memoryMiB: 100, qos: "x", account: "y" },
      },
      { kind: "sleep", seconds: 2 },
    ],
    [
      "mpi",
      {},
      { kind: "mpi", program: "/usr/bin/hpcc", files: { "hpccinf.txt": "x\n" }, result: "out.txt" },
    ],
  ])("of %s is the one that was reviewed", async (name, change, body) => {
    const text = renderJobspec(request(change, body), 1, context);
    await expect(pretty(text)).toMatchFileSnapshot(`golden/${name}.json`);
  });

  test("of a job on emulated nodes is the one that was reviewed: a timer, and nothing to run", async () => {
    const text = renderJobspec(
      request({ cores: 64, gpus: 4 }, { kind: "sleep", seconds: 0.25 }),
      1,
      {
        ...context,
        emulated: true,
      },
    );
    await expect(pretty(text)).toMatchFileSnapshot("golden/emulated.txt");
  });

  test("on emulated nodes is the same for sleep as for hold", () => {
    const [sleep, hold] = (["sleep", "hold"] as const).map((kind) =>
      renderJobspec(request({}, { kind, seconds: 2.5 }), 1, { ...context, emulated: true }),
    );
    expect(hold).toBe(sleep);
  });

  test("on emulated nodes ends by a timer even if it takes no time at all", () => {
    const job = request({}, { kind: "sleep", seconds: 0 });
    const { system } = JSON.parse(renderJobspec(job, 1, { ...context, emulated: true })).attributes;
    expect(Number.parseFloat(system.exec.test.run_duration)).toBeGreaterThan(0);
  });

  test("is refused where it would compute on emulated nodes", () => {
    const job = request({}, { kind: "spin", seconds: 1 });
    expect(() => renderJobspec(job, 1, { ...context, emulated: true })).toThrow(/emulated/);
  });

  test("is one line, whatever the body holds", () => {
    const body: JobBody = { kind: "command", command: "echo 'a\nb' \"$HOME\" \\n" };
    expect(renderJobspec(request({}, body), 1, context)).not.toContain("\n");
  });

  test("names the jobs that Flux is to wait for, and says nothing where there are none", () => {
    const after = [
      { type: "afterok", schedulerJob: "fAB" },
      { type: "afterany", schedulerJob: "fCD" },
    ] as const;
    const of = (job: JobRequest) =>
      JSON.parse(renderJobspec(job, 1, context)).attributes.system.dependencies;
    expect(of({ ...request(), after })).toEqual([
      { scheme: "afterok", value: "fAB" },
      { scheme: "afterany", value: "fCD" },
    ]);
    expect(of(request())).toBeUndefined();
  });

  test("names the queue only where partitions have queues", () => {
    const job = request({ partition: "gpu" });
    const queueOf = (queues: boolean) =>
      JSON.parse(renderJobspec(job, 1, { ...context, queues })).attributes.system.queue;
    expect(queueOf(true)).toBe("gpu");
    expect(queueOf(false)).toBeUndefined();
  });

  test.each([
    [1, 60],
    [60, 60],
    [61, 120],
  ])("has for a limit of %d s one of whole minutes, %d s", (limitSeconds, expected) => {
    const spec = JSON.parse(renderJobspec(request({ limitSeconds }), 1, context));
    expect(spec.attributes.system.duration).toBe(expected);
  });
});

test("nodes of a job have together what it asks for, each as much", () => {
  const each = fc.record({
    nodes: fc.integer({ min: 1, max: 64 }),
    cores: fc.integer({ min: 1, max: 64 }),
    gpus: fc.nat(8),
  });
  fc.assert(
    fc.property(each, ({ nodes, cores, gpus }) => {
      const job = request({ nodes, cores: cores * nodes, gpus: gpus * nodes });
      const spec = JSON.parse(renderJobspec(job, 1, context));
      const [{ type, count, with: slots }] = spec.resources;
      expect([type, count, slots.length]).toEqual(["node", nodes, 1]);
      const amounts = new Map<string, number>(
        slots[0].with.map((one: { type: string; count: number }) => [one.type, one.count]),
      );
      expect(slots[0].count * (amounts.get("core") ?? 0)).toBe(cores);
      expect(slots[0].count * (amounts.get("gpu") ?? 0)).toBe(gpus);
      expect(spec.tasks[0].count).toEqual({ total: cores * nodes });
    }),
  );
});

test("the slots of a job have all of its cores and GPUs, and are as many as can be", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 64 }), fc.nat(16), (cores, gpus) => {
      const slots = slotsOf(cores, gpus);
      expect(slots.count * slots.cores).toBe(cores);
      expect(slots.count * slots.gpus).toBe(gpus);
      for (let more = slots.count + 1; more <= cores; more++) {
        expect(cores % more === 0 && gpus % more === 0).toBe(false);
      }
    }),
  );
});
