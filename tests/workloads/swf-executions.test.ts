import fc from "fast-check";
import { expect, test } from "vitest";
import { Spans } from "../../workloads/swf/executions";
import { readFields } from "../../workloads/swf/fields";
import type { SwfMode } from "../../workloads/swf/parse";
import { readSwf, SwfReading } from "../../workloads/swf/read";
import { SwfError } from "../../workloads/swf/record";

interface Fields {
  readonly submit?: number;
  readonly wait?: number;
  readonly run?: number;
  readonly cores?: number;
  readonly status?: number;
}

function entry(job: number, fields: Fields = {}): string {
  const { submit = 0, wait = 0, run = 10, cores = 4, status = 1 } = fields;
  return `${job} ${submit} ${wait} ${run} ${cores} 5 -1 ${cores} 50 -1 ${status} 1 1 1 1 1 -1 -1`;
}

async function read(lines: readonly string[], mode: SwfMode = "strict") {
  const { reading, records } = await readSwf(Buffer.from(lines.join("\n")), mode);
  return { reading, records, oddities: Object.fromEntries(reading.oddities) };
}

async function rowsOf(lines: readonly string[], mode: SwfMode = "strict") {
  const rows: [string, number, number][] = [];
  for await (const batch of new SwfReading(Buffer.from(lines.join("\n")), mode).numbers()) {
    for (const { kind, record } of batch.all()) rows.push([kind, record.job, record.run]);
  }
  return rows;
}

const parts = [
  entry(1, { run: 6, status: 2 }),
  entry(1, { submit: -1, wait: 3, run: 4, status: 3 }),
];

test("a job that is summed up and told again by its executions counts once", async () => {
  const lines = ["; Preemption: Double", entry(1), ...parts, entry(2, { submit: 5 })];
  const { reading, records } = await read(lines);
  expect(records.map(({ job, run }) => [job, run])).toEqual([
    [1, 10],
    [2, 10],
  ]);
  expect([reading.records, reading.jobs]).toEqual([4, 2]);
  expect(await rowsOf(lines)).toEqual([
    ["job", 1, 10],
    ["part", 1, 6],
    ["part", 1, 4],
    ["job", 2, 10],
  ]);
});

test("a job of which only the executions are told is made of them", async () => {
  const lines = ["; Preemption: Yes", ...parts, entry(2, { submit: 5 })];
  const { reading, records } = await read(lines);
  expect(records[0]).toMatchObject({
    job: 1,
    submit: 0,
    wait: 0,
    run: 10,
    allocated: 4,
    cpu: 10,
    estimate: 50,
    status: 1,
  });
  expect(records).toHaveLength(2);
  expect([reading.records, reading.jobs]).toEqual([3, 2]);
  const failed = [entry(1, { status: 2 }), entry(1, { submit: -1, status: 4 })];
  expect((await read(failed)).records[0]).toMatchObject({ run: 20, status: 0 });
});

test("one execution that is the last one is a whole job", async () => {
  const { records } = await read([entry(1, { status: 3 }), entry(2, { submit: 1, status: 4 })]);
  expect(records.map(({ status, run }) => [status, run])).toEqual([
    [1, 10],
    [0, 10],
  ]);
});

test("the summing line may stand behind its executions, too", async () => {
  const lines = [...parts, entry(1), entry(2, { submit: 5 })];
  expect(await rowsOf(lines)).toEqual([
    ["job", 1, 10],
    ["part", 1, 6],
    ["part", 1, 4],
    ["job", 2, 10],
  ]);
});

test("executions with other jobs between them are one job, counted as odd", async () => {
  const other = entry(2, { submit: 5 });
  const apart = "execution apart from its job's other lines";
  for (const [lines, jobs] of [
    [[parts[0], other, parts[1]], 2],
    [[entry(1), other, ...parts], 2],
    [[entry(1), parts[0], other, parts[1]], 2],
    [[parts[0], other, parts[1], entry(3, { submit: 9 })], 3],
  ] as [string[], number][]) {
    const { records, oddities } = await read(lines, "tolerant");
    expect(records).toHaveLength(jobs);
    expect(records.filter(({ job }) => job === 1)).toMatchObject([{ run: 10 }]);
    expect(oddities[apart]).toBeGreaterThan(0);
    expect(oddities).not.toHaveProperty("duplicate job number");
    await expect(read(lines)).rejects.toThrow(SwfError);
  }
});

test.each([
  ["execution that Preemption excludes", ["; Preemption: No", ...parts]],
  ["execution that Preemption excludes", ["; Preemption: TS", ...parts]],
  ["job without its last execution", parts.slice(0, 1)],
  ["job whose executions do not add up to its run time", [entry(1, { run: 70 }), ...parts]],
  ["executions without a submit time", [entry(2), entry(1, { submit: -1, status: 3 })]],
  ["execution without a job number", [entry(2), entry(-1, { status: 3 })]],
])("%s is refused strictly and counted otherwise", async (name, lines) => {
  expect((await read(lines, "tolerant")).oddities).toHaveProperty([name]);
  await expect(read(lines)).rejects.toThrow(SwfError);
});

test("jobs that are continued keep their order of submission for the strict reader", async () => {
  const second = [
    entry(2, { submit: 5, status: 2 }),
    entry(2, { submit: -1, status: 3, wait: 100 }),
  ];
  const { records } = await read([...parts, ...second, entry(3, { submit: 5 })]);
  expect(records.map(({ submit }) => submit)).toEqual([0, 5, 5]);
  const late = [entry(1, { submit: 9 }), ...second];
  await expect(read(late)).rejects.toThrow("5 is before 9");
});

test("time slicing and preceding jobs are counted: no figure here can follow them", async () => {
  const follows = entry(2, { submit: 4 }).replace(/-1 -1$/, "1 30");
  const { oddities } = await read(["; Preemption: TS", entry(1), follows]);
  expect(oddities).toMatchObject({
    "time slicing (Preemption: TS): jobs shared processors": 1,
    "preceding job that is not waited for": 1,
  });
});

test("an execution waits from the end of the one before, the first from the job's submit time", () => {
  const spans = new Spans();
  const add = (text: string, submitted: number | null = null) =>
    spans.add(readFields(text.split(" ")).record, submitted);
  expect(add(entry(1, { submit: 10, wait: 1.1, run: 2.2, status: 2 }))).toEqual({
    start: 11.1,
    end: 13.3,
  });
  expect(add(entry(2, { submit: -1, wait: 5, run: 1, status: 2 }), 20)).toEqual({
    start: 25,
    end: 26,
  });
  expect(add(entry(1, { submit: -1, wait: 6.7, run: 1, status: 2 }))).toEqual({
    start: 20,
    end: 21,
  });
  expect(add(entry(1, { submit: 30, wait: 2, run: -1, status: 2 }))).toEqual({
    start: 32,
    end: null,
  });
  expect(add(entry(1, { submit: -1, wait: 2, run: 1, status: 3 }))).toEqual({
    start: null,
    end: null,
  });
});

interface Job {
  readonly runs: readonly number[];
  readonly summed: "before" | "behind" | "never";
}

const job: fc.Arbitrary<Job> = fc.record({
  runs: fc.array(fc.nat(50), { minLength: 1, maxLength: 4 }),
  summed: fc.constantFrom("before", "behind", "never"),
});

test("whatever the lines of the jobs, each job comes once with the sum of its run times", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(job, { minLength: 1, maxLength: 12 }), async (jobs) => {
      const lines = jobs.flatMap(({ runs, summed }, index) => {
        const total = runs.reduce((sum, run) => sum + run, 0);
        const whole = entry(index + 1, { submit: index, run: total });
        if (runs.length === 1) return [whole];
        const told = runs.map((run, place) =>
          entry(index + 1, {
            submit: place === 0 ? index : -1,
            run,
            status: place === runs.length - 1 ? 3 : 2,
          }),
        );
        if (summed === "never") return told;
        return summed === "before" ? [whole, ...told] : [...told, whole];
      });
      const { records, reading } = await read(lines);
      expect(records.map((record) => [record.job, record.run, record.submit])).toEqual(
        jobs.map(({ runs }, index) => [index + 1, runs.reduce((sum, run) => sum + run, 0), index]),
      );
      expect([reading.records, reading.jobs]).toEqual([lines.length, jobs.length]);
    }),
  );
});
