import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { registerPareto } from "../../cli/pareto";
import { sixRuns, type Toy, toyRun, toyStore } from "../analysis/report/toy-runs";
import { runCommand } from "./command";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "schedlab-pareto-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function pareto(problem: object, ...args: string[]) {
  const file = path.join(folder, "problem.json");
  await writeFile(file, JSON.stringify(problem));
  return runCommand(registerPareto, "pareto", file, ...args);
}

test("the front and the hypervolume as one JSON object", async () => {
  const points = [
    [5, 5],
    [4, 6],
    [2, 7],
    [7, 4],
    [5, 6],
    [5, 5],
    [1, 11],
  ];
  const { output } = await pareto({ points, reference: [10, 10] }, "--json");
  expect(JSON.parse(output)).toEqual({ front: [0, 1, 2, 3, 5, 6], hypervolume: 38 });
});

test("objectives to maximise count the other way", async () => {
  const points = [
    [5, -5],
    [6, -6],
  ];
  const { output } = await pareto({ points, reference: [10, -10], maximise: [1] }, "--json");
  expect(JSON.parse(output)).toEqual({ front: [0], hypervolume: 25 });
});

test("the table gives each point's front and whether it is inside the reference", async () => {
  const points = [
    [1, 1],
    [2, 2],
    [11, 0],
  ];
  const { output } = await pareto({ points, reference: [10, 10] });
  expect(output).toMatch(/1 +│ 2 +│ yes/);
  expect(output).toMatch(/2 +│ 1 +│ no/);
  expect(output).toContain("hypervolume 81");
});

test("a hypervolume beyond a double is null with a reason beside the front", async () => {
  const points = [
    [-1e300, 1],
    [1, -1e300],
  ];
  const problem = { points, reference: [1e300, 1e300] };
  const reason = "it is beyond the range of a double: normalise the objectives first";
  expect(JSON.parse((await pareto(problem, "--json")).output)).toEqual({
    front: [0, 1],
    hypervolume: null,
    reasons: { hypervolume: reason },
  });
  expect((await pareto(problem)).output).toContain(`hypervolume unknown: ${reason}`);
});

test("many points are printed as plain lines, in about a second for 100,000", async () => {
  const count = 100_000;
  const points = Array.from({ length: count }, (_, index) => [index, count - index]);
  const { output } = await pareto({ points, reference: [count + 1, count + 1] });
  const lines = output.split("\n");
  expect(lines).toHaveLength(count + 2);
  expect(lines[count]).toBe(`${count - 1}\t1\tyes`);
  expect(lines[count + 1]).toBe("hypervolume 5000150000");
  // Comparing all pairs takes minutes; the limit leaves room for a busy machine.
}, 20_000);

test("a file that is not there is an error, a missing argument is wrong use", async () => {
  await expect(runCommand(registerPareto, "pareto", "/nowhere.json")).rejects.toThrow(
    "/nowhere.json cannot be read",
  );
  expect((await runCommand(registerPareto, "pareto")).wrongUse).toContain("missing required");
});

/** Loading six runs takes seconds on a busy machine. */
const patience = { timeout: 60_000 };

test("tuples of a store are compared over their repeats", patience, async () => {
  const store = await toyStore(path.join(folder, "six"), sixRuns);
  const { output } = await runCommand(registerPareto, "pareto", "--store", store, "--json");
  const result = JSON.parse(output);
  expect(result.objectives).toEqual(["idle", "unfairness", "completion"]);
  expect(result.reference).toEqual([1, 1, 1]);
  expect(result.omissions).toEqual([
    expect.stringContaining("elasticity is left out: supply cannot change on a fixed cluster"),
  ]);
  expect(result.tuples.map((tuple: { runs: string[] }) => tuple.runs.length)).toEqual([3, 3]);
  expect(result.covers).toEqual(["repeats"]);
  expect(result.coverage).toContain("nothing of another day's jobs");
  const percents = result.dominance.map((pair: { percent: number }) => pair.percent);
  expect(percents).toHaveLength(2);
  for (const percent of percents) expect(percent).toBeGreaterThanOrEqual(0);
  const [volume, { low, high }] = [result.hypervolume, result.hypervolume_interval];
  expect(low).toBeLessThanOrEqual(volume);
  expect(high).toBeGreaterThanOrEqual(volume);

  const again = await runCommand(registerPareto, "pareto", "--store", store, "--json");
  expect(again.output).toBe(output);
  const table = await runCommand(registerPareto, "pareto", "--store", store);
  expect(table.output).toMatch(/dominates .* in \d+\.\d % of resamples/);
});

test(
  "the newest comparable tuples are compared, all of them only if the user says so",
  patience,
  async () => {
    const toys: Toy[] = [
      { policy: "fcfs", repeat: 1 },
      { policy: "easy", repeat: 2, provenance: { seed: 2 } },
    ];
    const store = await toyStore(path.join(folder, "unequal"), toys);
    const argv = ["pareto", "--store", store, "--json"];
    const chosen = JSON.parse((await runCommand(registerPareto, ...argv)).output);
    const ids = toys.map((toy) => toyRun(toy).run.id);
    expect(chosen.tuples.map(({ runs }: { runs: string[] }) => runs)).toEqual([[ids[1]]]);
    expect(chosen.omissions[0]).toContain(`newest run (seed): ${ids[0]}`);
    expect(chosen.omissions[1]).toContain("--runs");
    await expect(runCommand(registerPareto, ...argv, "--runs", ...ids)).rejects.toThrow(
      "unequal conditions: they differ in seed",
    );
    const { output } = await runCommand(registerPareto, ...argv, "--allow-unequal");
    expect(JSON.parse(output).unequal).toEqual(["seed"]);
  },
);

test(
  "job lists that all tuples have are compared together, and the intervals say what they cover",
  patience,
  async () => {
    const drawn = (policy: "fcfs" | "easy", seed: number, repeat: number): Toy => ({
      policy,
      repeat,
      jobs: 20 + 5 * seed,
      provenance: { seed },
    });
    const toys = [
      drawn("fcfs", 3, 3),
      ...(["fcfs", "easy"] as const).flatMap((policy) => [
        drawn(policy, 1, 1),
        drawn(policy, 2, 2),
      ]),
    ];
    const store = await toyStore(path.join(folder, "lists"), toys);
    const argv = ["pareto", "--store", store, "--experiment", "toy"];
    const result = JSON.parse((await runCommand(registerPareto, ...argv, "--json")).output);
    expect(result.job_lists).toBe(2);
    expect(result.covers).toEqual(["repeats", "job lists"]);
    expect(result.tuples.map(({ runs }: { runs: string[] }) => runs.length)).toEqual([2, 2]);
    expect(result.tuples[0].variance[0]).toMatchObject({
      between_repeats: null,
      reasons: [expect.stringContaining("cannot be told apart")],
    });
    expect(result.omissions[0]).toContain("1 job list that some configuration lacks");
    const table = (await runCommand(registerPareto, ...argv)).output;
    expect(table).toContain("2 job lists. The intervals cover the noise between repeats and");
  },
);

test("a file and a store at once are wrong use", async () => {
  const { wrongUse } = await runCommand(registerPareto, "pareto", "a.json", "--store", "b");
  expect(wrongUse).toContain("not both");
});
