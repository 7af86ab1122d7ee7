import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { JobRequest } from "../../../../experiments/schedulers/adapter";
import { renderJobspec, slotsOf } from "../../../../experiments/schedulers/flux/jobspec";
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
