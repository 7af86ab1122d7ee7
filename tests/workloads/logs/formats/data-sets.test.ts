import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { logFile } from "../../swf-fixture";
import {
  miniature,
  parquetOf,
  readLog,
  testFuzzed,
  testFuzzedParquet,
  testVariants,
} from "./fixture";

describe("PM100", () => {
  const times = ["submit_time", "eligible_time", "start_time", "end_time"];
  const replace = `REPLACE (${times.map((name) => `${name}::TIMESTAMPTZ AS ${name}`).join(", ")})`;
  const chip = { gpuType: "v100" };

  test("has limits in minutes, memory in gigabytes and moments with a zone", async () => {
    const { jobs, oddities, start, why } = await readLog(
      await parquetOf(miniature("pm100.csv"), replace),
    );
    expect(start).toBe(Date.parse("2020-06-01T08:00:00Z") / 1000);
    expect(why).toMatch(/^pm100 \(/);
    expect(oddities).toEqual({});
    expect(jobs.length).toBe(10);
    expect(jobs.slice(0, 4)).toEqual([
      {
        ...{ submit: 0, eligible: 0, wait: 10, run: 3600, status: 1, estimate: 7200 },
        ...{ requested: 128, allocated: 128, nodes: 1, coresPerNode: 128, memoryMiB: 237 * 1024 },
        ...{ gpus: 4, ...chip, user: "11", group: "25200", partition: "1", qos: "1" },
        priority: 1000,
      },
      {
        ...{ submit: 300, eligible: 360, wait: 6900, run: 600, status: 0, estimate: 86_400 },
        ...{ requested: 512, allocated: 512, nodes: 4, coresPerNode: 128, memoryMiB: 948 * 1024 },
        ...{ gpus: 16, ...chip, user: "12", group: "25200", partition: "1", qos: "1" },
        priority: 1001,
      },
      {
        ...{ submit: 3600, eligible: 3600, wait: 1, run: 1800, status: 0, estimate: 1800 },
        ...{ requested: 32, allocated: 32, nodes: 1, coresPerNode: 32, memoryMiB: 60 * 1024 },
        ...{ gpus: 0, user: "12", group: "25200", partition: "2", qos: "3", priority: 900 },
      },
      // Without a limit; cancelled while it ran.
      {
        ...{ submit: 4200, eligible: 4200, wait: 120, run: 60, status: 5 },
        ...{ requested: 4, allocated: 4, nodes: 1, coresPerNode: 4, memoryMiB: 8 * 1024 },
        ...{ gpus: 1, ...chip, user: "13", group: "25201", partition: "2", qos: "3" },
        priority: 900,
      },
    ]);
    expect(jobs.map(({ status }) => status)).toEqual([1, 0, 0, 5, 0, 0, 1, 1, 1, 1]);
    // What was asked for is not what was given: whole cores have four threads.
    expect(jobs[8]).toMatchObject({ requested: 1, allocated: 4, estimate: 300, memoryMiB: 2048 });
    expect(jobs[9]).toMatchObject({ submit: 61_800, eligible: 65_400, wait: 3600 });
  });

  test("is read where its moments have no zone, and refuses texts in their place", async () => {
    const plain = await readLog(await parquetOf(miniature("pm100.csv"), replace));
    const without = replace.replaceAll("::TIMESTAMPTZ", " AT TIME ZONE 'UTC'");
    const local = await parquetOf(miniature("pm100.csv"), without);
    expect(await readLog(local)).toEqual(plain);
    expect((await readLog(local, { zone: "Europe/Rome" })).start).toBe(plain.start - 7200);
    const instants = await parquetOf(miniature("pm100.csv"), replace);
    expect(await readLog(instants, { zone: "Europe/Rome" })).toEqual(plain);
    const text = await parquetOf(miniature("pm100.csv"), "REPLACE ('soon' AS submit_time)");
    await expect(readLog(text)).rejects.toThrow(/row 1, column submit_time: "soon"/);
  });

  testFuzzedParquet("pm100.csv");
});

describe("F-DATA", () => {
  test("has times of Japan, limits in seconds, memory of each node and no list of nodes", async () => {
    const { jobs, oddities, start, why } = await readLog(await parquetOf(miniature("f-data.csv")));
    expect(start).toBe(Date.parse("2023-04-01T00:00:00Z") / 1000);
    expect(why).toMatch(/^f-data \(/);
    expect(oddities).toEqual({});
    expect(jobs.length).toBe(10);
    expect(jobs.slice(0, 3)).toEqual([
      {
        ...{ submit: 0, wait: 600, run: 1800, status: 1, estimate: 3600, requested: 96 },
        ...{ allocated: 96, nodes: 2, coresPerNode: 48, memoryMiB: 2 * 28_672 },
        ...{ user: "u01", name: "n01", priority: 1 },
      },
      // 2^64 bytes: no limit.
      {
        ...{ submit: 60, wait: 60, run: 60, status: 0, estimate: 600, requested: 48 },
        ...{ allocated: 48, nodes: 1, coresPerNode: 48, user: "u01", name: "n02", priority: 1 },
      },
      {
        ...{ submit: 120, wait: 3480, run: 43_200, status: 1, estimate: 86_400 },
        ...{ requested: 18_432, allocated: 18_432, nodes: 384, coresPerNode: 48 },
        ...{ memoryMiB: 384 * 28_672, user: "u02", name: "n03", priority: 127 },
      },
    ]);
    // 10 nodes were asked for and 12 given; the other job has no number of those that were given.
    expect(jobs[5]).toMatchObject({ nodes: 10, requested: 480, memoryMiB: 10 * 14_336 });
    expect(jobs[7]).toMatchObject({ nodes: 2, requested: 96 });
    // An hour and a quarter of a day across midnight.
    expect(jobs[5]).toMatchObject({ submit: 53_999, wait: 31, run: 3600 });
  });

  test("has the same moments where they are local times of Japan without a zone", async () => {
    const instants = await readLog(await parquetOf(miniature("f-data.csv")));
    const local = (type: string) =>
      `REPLACE (${["adt", "sdt", "edt"].map((name) => `(${name} AT TIME ZONE 'Asia/Tokyo')::${type} AS ${name}`).join(", ")})`;
    for (const type of ["TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS"]) {
      expect(await readLog(await parquetOf(miniature("f-data.csv"), local(type)))).toEqual(
        instants,
      );
    }
    const days = await readLog(await parquetOf(miniature("f-data.csv"), local("DATE")), {
      mode: "tolerant",
    });
    expect(days.start).toBe(Date.parse("2023-03-31T15:00:00Z") / 1000);
  });

  testFuzzedParquet("f-data.csv");
});

describe("Philly", () => {
  test("has attempts as lists, local times and GPUs but no cores", async () => {
    const { jobs, oddities, why } = await readLog(miniature("philly.json"));
    expect(why).toMatch(/^philly \(/);
    // 01:30 on 5 November 2017, when the clocks went back.
    expect(oddities).toEqual({ "row with a local time that the zone had twice": 1 });
    expect(jobs).toEqual([
      ...[
        {
          submit: 0,
          wait: 10,
          run: 3600,
          status: 1,
          gpus: 3,
          nodes: 2,
          user: "u1",
          partition: "v1",
        },
      ],
      // From the submission to the last attempt.
      ...[
        {
          submit: 240,
          wait: 390,
          run: 1800,
          status: 0,
          gpus: 1,
          nodes: 1,
          user: "u2",
          partition: "v1",
        },
      ],
      ...[{ submit: 360, status: 5, user: "u2", partition: "v2" }],
      ...[{ submit: 3600, wait: 3600, gpus: 4, nodes: 1, user: "u3", partition: "v2" }],
      ...[{ submit: 10_800, status: 1, user: "u1", partition: "v2" }],
      // Over the change of the clocks: from 00:40 to 03:10 are three and a half hours.
      {
        submit: 2_305_800,
        wait: 600,
        run: 12_600,
        status: 1,
        gpus: 1,
        nodes: 1,
        user: "u1",
        partition: "v3",
      },
      { submit: 2_313_000, wait: 5400, run: 600, status: 1, gpus: 1, nodes: 1, partition: "v3" },
      { submit: 4_597_199, wait: 1, run: 1800, status: 1, gpus: 8, nodes: 1, user: "u4" },
      {
        submit: 4_600_740,
        wait: 60,
        run: 0,
        status: 0,
        gpus: 1,
        nodes: 1,
        user: "u4",
        partition: "v3",
      },
      {
        submit: 4_687_140,
        wait: 60,
        run: 3600,
        status: 1,
        gpus: 1,
        nodes: 1,
        user: "u4",
        partition: "v3",
      },
    ]);
  });

  testVariants("philly.json", "philly");
  testFuzzed("philly.json", "");
});

describe("Helios", () => {
  test("has cores, GPUs and virtual clusters", async () => {
    const { jobs, oddities, why } = await readLog(miniature("helios.csv"));
    expect(why).toMatch(/^helios \(/);
    expect(oddities).toEqual({});
    expect(jobs.slice(0, 3)).toEqual([
      {
        ...{ submit: 0, wait: 10, run: 3600, status: 1, requested: 32, allocated: 32, nodes: 1 },
        ...{ coresPerNode: 32, gpus: 8, user: "uAaaa", partition: "vcOne" },
      },
      {
        ...{ submit: 300, wait: 0, run: 30, status: 0, requested: 4, allocated: 4, nodes: 1 },
        ...{ coresPerNode: 4, gpus: 0, user: "uBbbb", partition: "vcOne" },
      },
      {
        ...{ submit: 360, wait: 240, run: 600, status: 5, requested: 64, allocated: 64, nodes: 2 },
        ...{ coresPerNode: 32, gpus: 16, user: "uBbbb", partition: "vcTwo" },
      },
    ]);
    expect(jobs.map(({ status }) => status)).toEqual([1, 0, 5, 0, 0, 5, 1, 1, 1, 1]);
    // Cancelled before it started.
    expect(jobs[5]).not.toHaveProperty("wait");
    expect(jobs[5]).not.toHaveProperty("allocated");
    // A comma within quotation marks.
    expect(jobs[7]).toMatchObject({ user: "uD,dd", wait: 5, run: 60 });
  });

  test("a row that a full disk cut off is told with its line", async () => {
    const text = readFileSync(miniature("helios.csv"), "utf8").trimEnd();
    const file = logFile(text.slice(0, text.lastIndexOf(",3600")), "log");
    await expect(readLog(file)).rejects.toThrow(/line 11: "9010,.*expected 12 values/);
    const { jobs, oddities } = await readLog(file, { mode: "tolerant" });
    expect(jobs.length).toBe(9);
    expect(Object.values(oddities)).toEqual([1]);
  });

  testVariants("helios.csv", "helios");
  testFuzzed("helios.csv");
});
