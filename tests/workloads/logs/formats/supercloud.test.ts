import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { logFile } from "../../swf-fixture";
import { miniature, readLog, testFuzzed, testVariants } from "./fixture";

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
