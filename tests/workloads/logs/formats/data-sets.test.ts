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
    // 12 nodes where 10 were asked for; no nodes given where none are told.
    expect(jobs[5]).toMatchObject({ nodes: 12, requested: 480 });
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

describe("MIT Supercloud", () => {
  test("has a table of Slurm's database, with numbers for states and resources", async () => {
    const { jobs, oddities, why } = await readLog(miniature("supercloud.csv"));
    expect(why).toMatch(/^supercloud \(/);
    expect(oddities).toEqual({});
    const one = { nodes: 1, gpus: 0, partition: "normal" };
    expect(jobs).toEqual([
      {
        ...{ submit: 0, eligible: 0, wait: 10, run: 3600, status: 1, estimate: 86_400 },
        ...{ requested: 40, allocated: 40, coresPerNode: 40, memoryMiB: 170_000, ...one },
        ...{ gpus: 2, gpuType: "volta", user: "111", priority: 1000, constraint: "xeon-g6" },
      },
      {
        ...{ submit: 100, eligible: 160, wait: 100, run: 600, status: 0, requested: 80 },
        ...{ allocated: 80, coresPerNode: 40, memoryMiB: 340_000, ...one, nodes: 2 },
        ...{ user: "112", priority: 1001 },
      },
      {
        ...{ submit: 1000, eligible: 1000, wait: 5, run: 60, status: 1, estimate: 1800 },
        ...{ requested: 1, allocated: 1, coresPerNode: 1, memoryMiB: 4250, ...one, user: "111" },
        ...{ priority: 900, array: { array: 1, task: 1 } },
      },
      {
        ...{ submit: 1000, eligible: 1000, wait: 70, run: 1800, status: 0, estimate: 1800 },
        ...{ requested: 1, allocated: 1, coresPerNode: 1, memoryMiB: 4250, ...one, user: "111" },
        ...{ priority: 900, array: { array: 1, task: 2 } },
      },
      // Cancelled before it started.
      {
        ...{ submit: 2000, eligible: 2000, status: 5, estimate: 3600, requested: 8 },
        ...{ coresPerNode: 8, memoryMiB: 34_000, ...one, partition: "debug", user: "113" },
        priority: 800,
      },
      {
        ...{ submit: 3000, eligible: 3000, wait: 1, run: 99, status: 0, estimate: 3600 },
        ...{ requested: 20, allocated: 20, coresPerNode: 20, memoryMiB: 85_000, ...one },
        ...{ partition: "debug", gpus: 1, gpuType: "tesla", user: "113", priority: 800 },
      },
      {
        ...{ submit: 4000, eligible: 4000, wait: 0, run: 600, status: 0, estimate: 3600 },
        ...{ requested: 4, allocated: 4, coresPerNode: 4, memoryMiB: 17_000, ...one },
        ...{ user: "114", priority: 800 },
      },
      // Still running, and still waiting.
      {
        ...{ submit: 5000, eligible: 5000, wait: 0, estimate: 3600, requested: 4, allocated: 4 },
        ...{ coresPerNode: 4, memoryMiB: 17_000, ...one, user: "114", priority: 800 },
      },
      {
        ...{ submit: 6000, estimate: 3600, requested: 4, coresPerNode: 4, memoryMiB: 17_000 },
        ...{ ...one, user: "115", priority: 0 },
      },
      {
        ...{ submit: 6100, eligible: 6100, wait: 100, run: 0, status: 0, estimate: 3600 },
        ...{ requested: 4, allocated: 4, coresPerNode: 4, memoryMiB: 17_000, ...one },
        ...{ user: "115", priority: 1 },
      },
    ]);
  });

  test("flags of a state tell that the job went back to the queue, or was resized", async () => {
    const [header = "", first = ""] = readFileSync(miniature("supercloud.csv"), "utf8").split("\n");
    const row = (state: number, start: number, submit = 1_620_000_000) =>
      first
        .replace("1620000000,1620000000", `${submit},${submit}`)
        .replace("1620000010,1620003610", `${start},${start + 50}`)
        .replace(",normal,3,", `,normal,${state},`);
    const job = async (...rows: string[]) =>
      (await readLog(logFile(`${[header, ...rows].join("\n")}\n`, "log"))).jobs;
    for (const flags of [1024, 1024 + 4, 2048 + 5, 4096]) {
      const again = await job(row(flags, 1_620_000_010), row(3, 1_620_000_100, 1_620_000_060));
      expect(again).toMatchObject([{ submit: 0, wait: 100, run: 50, status: 1 }]);
    }
    const [resized] = await job(row(8192, 1_620_000_010));
    const [running] = await job(row(1, 1_620_000_010));
    expect(resized).toEqual(running);
    expect(await job(row(32_768 + 3, 1_620_000_010))).toMatchObject([{ status: 1 }]);
  });

  testVariants("supercloud.csv", "supercloud");
  testFuzzed("supercloud.csv");
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
