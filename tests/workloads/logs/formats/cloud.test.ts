import { describe, expect, test } from "vitest";
import { logFile } from "../../swf-fixture";
import { miniature, parquetOf, readLog, testFuzzed, testVariants } from "./fixture";

describe("Alibaba's trace of 2023", () => {
  test("has thousandths of cores, shares of GPUs and the phase at the deletion", async () => {
    const { jobs, oddities, why } = await readLog(miniature("openb.csv"));
    expect(why).toMatch(/^openb \(/);
    expect(oddities).toEqual({});
    const pod = (name: string, qos: string, cores: number) => ({
      ...{ name: `pod-${name}`, qos, requested: cores, coresPerNode: cores, nodes: 1 },
    });
    expect(jobs).toEqual([
      // Ran when it was deleted: it was stopped.
      {
        ...{ ...pod("a", "LS", 12), submit: 0, wait: 0, run: 12_500, status: 5, allocated: 12 },
        ...{ memoryMiB: 16_384, gpus: 1 },
      },
      {
        ...{ ...pod("b", "LS", 6), submit: 427, wait: 3, run: 12_470, status: 5, allocated: 6 },
        ...{ memoryMiB: 12_288, gpus: 1 },
      },
      {
        ...{ ...pod("c", "LS", 96), submit: 900, wait: 10, run: 4090, status: 1, allocated: 96 },
        ...{ memoryMiB: 262_144, gpus: 8, gpuType: "V100M16|V100M32" },
      },
      {
        ...{ ...pod("d", "BE", 4), submit: 1000, wait: 1, run: 199, status: 0, allocated: 4 },
        ...{ memoryMiB: 8192, gpus: 0 },
      },
      // Deleted while it waited.
      { ...pod("e", "BE", 12), submit: 1100, status: 5, memoryMiB: 47_104, gpus: 1 },
      // Half a core.
      {
        ...{ ...pod("f", "Burstable", 1), submit: 1300, wait: 0, run: 100, status: 1 },
        ...{ allocated: 1, memoryMiB: 1024, gpus: 0 },
      },
      {
        ...{ ...pod("g", "Guaranteed", 88), submit: 1400, wait: 100, run: 7500, status: 5 },
        ...{ allocated: 88, memoryMiB: 327_680, gpus: 2, gpuType: "G2" },
      },
      {
        ...{ ...pod("h", "BE", 2), submit: 1500, wait: 0, run: 0, status: 0, allocated: 2 },
        ...{ memoryMiB: 4096, gpus: 1, gpuType: "T4" },
      },
      // Still waiting.
      { ...pod("i", "LS", 8), submit: 1600, memoryMiB: 30_517, gpus: 1 },
      {
        ...{ ...pod("j", "LS", 1), submit: 1700, wait: 50, run: 950, status: 5, allocated: 1 },
        ...{ memoryMiB: 2048, gpus: 0 },
      },
    ]);
  });

  testVariants("openb.csv", "openb");
  testFuzzed("openb.csv");
});

describe("Alibaba's trace of 2020", () => {
  test("has submissions and users, but neither starts nor sizes", async () => {
    const file = miniature("pai_job_table.csv");
    await expect(readLog(file)).rejects.toThrow(/line 6: .*expected a time of submission/);
    const { jobs, oddities, why } = await readLog(file, { mode: "tolerant" });
    expect(why).toMatch(/^pai \(.*no header, and 6 values a line/);
    expect(oddities).toEqual({ "row left out: expected a time of submission": 1 });
    expect(jobs).toEqual([
      { submit: 0, status: 1, user: "ua" },
      { submit: 100, status: 0, user: "ub" },
      { submit: 200, user: "ub" },
      { submit: 300, user: "uc" },
      { submit: 400, status: 1, user: "ua" },
      { submit: 500, status: 1, user: "ud" },
      { submit: 600, status: 1, user: "ua" },
      { submit: 700, status: 0, user: "ue" },
      { submit: 800, status: 1, user: "ue" },
    ]);
  });

  test("is refused where only the tasks are given, which have no submissions", async () => {
    const row = `${"0a".repeat(12)},worker,2.0,Terminated,100.0,200.0,600.0,29.3,50.0,T4`;
    const refused = readLog(logFile(`${row}\n`, "log"));
    await expect(refused).rejects.toThrow(/is of the format pai-task.*cannot be used/);
    await expect(refused).rejects.toMatchObject({ remedy: /no times of submission/ });
  });

  testVariants("pai_job_table.csv", "pai");
  testFuzzed("pai_job_table.csv");
});

describe("Alibaba's traces of 2026", () => {
  test("the one of spot instances has submissions and run times, but no starts", async () => {
    const { jobs, oddities, why } = await readLog(miniature("spot.csv"));
    expect(why).toMatch(/^spot-gpu \(/);
    expect(oddities).toEqual({});
    expect(jobs.length).toBe(10);
    expect(jobs.slice(0, 5)).toEqual([
      { submit: 0, run: 3600, requested: 20, gpus: 1, gpuType: "A10", account: "13", qos: "HP" },
      // Four workers, each of which asks for as much.
      { submit: 60, run: 7200, requested: 32, gpus: 4, gpuType: "A10", account: "13", qos: "HP" },
      {
        ...{ submit: 120, run: 41_060, requested: 240, gpus: 16, gpuType: "A100-SXM4-80GB" },
        ...{ account: "57", qos: "Spot" },
      },
      {
        ...{ submit: 180, run: 60, requested: 176, gpus: 16, gpuType: "A100-SXM4-80GB" },
        ...{ account: "57", qos: "Spot" },
      },
      // Half a GPU counts as one.
      { submit: 240, run: 0, requested: 10, gpus: 1, gpuType: "H800", account: "9", qos: "HP" },
    ]);
    expect(jobs[9]).toEqual({
      ...{ submit: 600, run: 30, requested: 16, gpus: 1, account: "2", qos: "HP" },
    });
  });

  test("the one of pods by the hour is refused, because it has no times of submission", async () => {
    const hours = "'a1' AS pod_id, 'A10' AS gpu_spec_public, 'dev' AS job_type_public";
    const refused = readLog(await parquetOf(miniature("spot.csv"), `EXCLUDE (job_name), ${hours}`));
    await expect(refused).rejects.toThrow(/is of the format asi-gpu.*cannot be used/);
    await expect(refused).rejects.toMatchObject({ remedy: /no times of submission/ });
  });

  testVariants("spot.csv", "spot-gpu");
  testFuzzed("spot.csv");
});
