import path from "node:path";
import { expect, test, vi } from "vitest";
import { type AnswerOptions, whatIfAnswer } from "../../../analysis/whatif/answer";
import { answerSentences } from "../../../analysis/whatif/words";
import { storeAllFigures } from "../../../store/figures";
import { loadRun } from "../../../store/load";
import { insertRun } from "../../../store/load-records";
import { writeStore } from "../../../store/open";
import { RunReading } from "../../../store/run-directory";
import { temporaryDirectory, writeRun } from "../../store/run-fixture";
import { copyOfStore, emptyStore } from "../../store/store-copies";
import { type Planted, plantedNodes, plantedRun } from "./planted-runs";

vi.setConfig({ testTimeout: 120_000 });

const draws = [1, 2, 3, 4, 5];

/** Runs of both sides on the first draws. */
async function storeOf(bigWaits: number, lists = draws.length, repeats = 1): Promise<string> {
  const directory = temporaryDirectory();
  const store = path.join(directory, "whatif.duckdb");
  const planned = draws.slice(0, lists).flatMap((draw) =>
    Array.from({ length: repeats }, (_, index) =>
      (["now", "changed"] as const).map((side): Planted => {
        return { side, tupleHash: `${side}-${draw}`, draw, repeat: index + 1, bigWaits };
      }),
    ).flat(),
  );
  await copyOfStore(store, JSON.stringify(["planted", planned]), async (file) => {
    await emptyStore(file);
    // The figures of all runs in one pass: they take most of the time of a load.
    await writeStore(file, async (connection) => {
      for (const one of planned) {
        const reading = await RunReading.open(written(one, directory));
        await insertRun(connection, reading, "state", undefined);
      }
      await storeAllFigures(connection);
    });
  });
  return store;
}

/** The run's directory. */
function written(one: Planted, directory: string): string {
  return writeRun(directory, { ...plantedRun(one), nodes: plantedNodes, events: [], samples: [] });
}

const options: Omit<AnswerOptions, "store"> = {
  now: draws.map((draw) => `now-${draw}`),
  changed: draws.map((draw) => `changed-${draw}`),
  varied: "policy",
  metrics: ["mean_wait"],
  sizes: [32],
  by: null,
  usersRedrawn: "nobody",
  margin: 0.05,
  accepted: [],
  allowUnequal: false,
};

test("an effect on big jobs alone is found for them and for nobody else", async () => {
  const answer = await whatIfAnswer({ ...options, store: await storeOf(0.5), by: ["size"] });
  const said = new Map(
    answer.differences.map(({ name, otherJobs }) => [name ?? "all", otherJobs] as const),
  );
  expect([...said.keys()]).toEqual(["all", "jobs of up to 32 cores", "jobs of more than 32 cores"]);
  expect(said.get("jobs of more than 32 cores")).toMatchObject({ said: "changed", relative: true });
  expect(said.get("jobs of up to 32 cores")).toMatchObject({ said: "no difference" });
  const big = answer.differences.find(({ name }) => name === "jobs of more than 32 cores");
  expect(big?.comparison.relative).toBeCloseTo(-0.5, 1);
  expect(answer.runs.now).toHaveLength(5);
  expect(answer.outcome).toBe("no worse");
  const [first] = answerSentences(answer).map((line) => line.replaceAll("\u00a0", " "));
  expect(first).toMatch(
    /for other jobs of the same kind, the mean wait falls by .* and falls by \d+ % \(\d+ to \d+ %\) for jobs of more than 32 cores; the mean wait changes by at most [\d.]+ % for jobs of up to 32 cores\.$/,
  );
});

test("without an effect there is none for anybody, on either level", async () => {
  const answer = await whatIfAnswer({ ...options, store: await storeOf(1, 3, 3) });
  expect(answer.differences.map(({ scope, name }) => name ?? scope)).toEqual([
    ...["all", "jobs of up to 32 cores", "jobs of more than 32 cores"],
    ...["ben", "carla", "anna"].sort((a, b) => jobsOf(answer, b) - jobsOf(answer, a)),
  ]);
  for (const { otherJobs, theseJobs } of answer.differences) {
    expect(otherJobs).not.toMatchObject({ said: "changed" });
    expect(theseJobs).not.toMatchObject({ said: "changed" });
  }
  expect(answerSentences(answer)[0]).toMatch(
    /^With the change there is no difference that these runs can show, for other jobs/,
  );
  expect(answerSentences(answer)[1]).toMatch(/, for these jobs alone: /);
});

function jobsOf({ differences }: Awaited<ReturnType<typeof whatIfAnswer>>, user: string): number {
  return differences.find(({ name }) => name === user)?.jobs ?? 0;
}

test("jobs are told apart by the cores that they ask for, at any limits, the median by default", async () => {
  const store = await storeOf(0.5);
  const answer = await whatIfAnswer({ ...options, store, by: ["size"], sizes: [8, 9, 32] });
  expect(answer.differences.map(({ name }) => name)).toEqual([
    ...[null, "jobs of up to 8 cores", "jobs of 10 to 32 cores", "jobs of more than 32 cores"],
  ]);
  const waits = draws.map((draw) => {
    const { jobs } = plantedRun({ side: "now", tupleHash: "", draw, bigWaits: 1 });
    const own = jobs.filter(({ allocatedCores }) => (allocatedCores ?? 0) > 32);
    const sum = own.reduce(
      (total, { start, submitStartedAt }) => total + (start?.at ?? 0) - (submitStartedAt ?? 0),
      0,
    );
    return sum / own.length / 1000;
  });
  const mean = waits.reduce((sum, wait) => sum + wait, 0) / waits.length;
  expect(answer.differences.at(-1)?.comparison.first).toBeCloseTo(mean, 3);
  const halves = await whatIfAnswer({ ...options, store, by: ["size"], sizes: null });
  const jobs = halves.differences.slice(1).map((difference) => difference.jobs);
  expect(jobs).toHaveLength(2);
  expect(jobs[0]).toBeGreaterThanOrEqual(60);
});

test("a scope that the store has figures of is compared, whatever it is called", async () => {
  const store = await storeOf(0.5);
  await writeStore(store, (connection) =>
    connection.run(
      `INSERT INTO metrics SELECT run_id, name, 'account', account, value, unit, definition, reason
       FROM metrics, (VALUES ('physics'), ('chemistry')) AS accounts(account)
       WHERE scope = 'run' AND name IN ('mean_wait', 'n')`,
    ),
  );
  const answer = await whatIfAnswer({ ...options, store, by: ["account"] });
  expect(answer.differences.map(({ scope, name }) => name ?? scope).sort()).toEqual([
    ...["all", "chemistry", "physics"],
  ]);
});

test("runs that failed their audit, or were made under other conditions, are left out and named", async () => {
  const odd = { side: "now", tupleHash: "now-1", draw: 1, repeat: 9, bigWaits: 1 } as const;
  const { provenance } = plantedRun(odd).run;
  const store = await storeOf(0.5);
  const change = { provenance: { ...provenance, hostKernel: "5.0" } };
  await loadRun(written({ ...odd, change }, path.dirname(store)), store);
  const answer = await whatIfAnswer({ ...options, store });
  expect(answer.omissions.join("\n")).toMatch(
    /left out, made under other conditions: 20261121T233000Z-now019/,
  );
  expect(answer.runs.now).toHaveLength(5);
});

test("what cannot be answered is refused with what to do", async () => {
  const store = await storeOf(0.5);
  await expect(whatIfAnswer({ ...options, store, changed: ["other"] })).rejects.toThrow(
    "no run of the configuration with the change completed",
  );
  await expect(whatIfAnswer({ ...options, store, metrics: ["mean_wiat"] })).rejects.toMatchObject({
    remedy: expect.stringContaining("did you mean mean_wait?"),
  });
  await expect(whatIfAnswer({ ...options, store, metrics: ["n"] })).rejects.toThrow(
    "neither lower nor higher values of n are better",
  );
});
