import { expect, test } from "vitest";
import { type CheckOptions, checkRegression } from "../../../analysis/check/check";
import { Failure } from "../../../base/failure";
import { writeStore } from "../../../store/open";
import { temporaryDirectory } from "../../store/run-fixture";
import { type CheckRun, checkStore, type Side, sideRuns } from "./check-store";

const side = (
  experiment: string,
  change: Partial<Side> = {},
  seed = experiment.length,
): CheckRun[] =>
  sideRuns({ experiment, lists: 1, repeats: 8, factor: 1, noise: 0.01, ...change }, seed);

const options = (store: string, change: Partial<CheckOptions> = {}): CheckOptions => ({
  store,
  baseline: ["old"],
  candidate: ["newer"],
  metrics: ["makespan"],
  varied: "scheduler",
  allowUnequal: false,
  accepted: [],
  maxRegression: 0.05,
  theseJobs: false,
  ...change,
});

async function checked(runs: readonly CheckRun[], change: Partial<CheckOptions> = {}) {
  return checkRegression(options(await checkStore(temporaryDirectory(), runs), change));
}

async function refusal(runs: readonly CheckRun[], change: Partial<CheckOptions> = {}) {
  const error = await checked(runs, change).catch((thrown: unknown) => thrown);
  if (!(error instanceof Failure)) throw new Error("expected a Failure");
  return error;
}

test("a planted regression of 10 % among noise is found, noise alone passes with a small interval", async () => {
  const store = await checkStore(temporaryDirectory(), [
    ...side("old"),
    ...side("newer", { factor: 1.1, version: "2.0" }),
    ...side("same", { version: "2.0" }),
  ]);
  const worse = await checkRegression(options(store));
  expect(worse.outcome).toBe("worse");
  expect(worse.pairs[0]?.metrics[0]?.verdict.regression).toBeCloseTo(0.1, 1);
  const same = await checkRegression(options(store, { candidate: ["same"] }));
  expect(same.outcome).toBe("no worse");
  const { low = -1, high = 1 } = same.pairs[0]?.metrics[0]?.verdict.interval ?? {};
  expect(high - low).toBeLessThan(0.04);
  const back = await checkRegression(options(store, { baseline: ["newer"], candidate: ["old"] }));
  expect(back.pairs[0]?.metrics[0]?.verdict.regression).toBeCloseTo(-0.09, 1);
  expect(back.outcome).toBe("no worse");
});

test("few noisy repeats cannot tell, and say how many would do", async () => {
  const noisy = { repeats: 2, noise: 0.1 };
  const { outcome, pairs } = await checked([...side("old", noisy), ...side("newer", noisy)]);
  expect(outcome).toBe("cannot tell");
  expect(Number(pairs[0]?.metrics[0]?.verdict.needed?.repeats)).toBeGreaterThan(2);
});

test("sides are paired on their common job lists, and the others are counted", async () => {
  const { outcome, pairs } = await checked([
    ...side("old", { lists: 5, repeats: 2 }),
    ...side("newer", { lists: 4, repeats: 2, factor: 1.2 }),
  ]);
  expect(outcome).toBe("worse");
  expect(pairs[0]?.metrics[0]?.comparison).toMatchObject({ jobLists: 4, leftOut: 1 });
  expect(pairs[0]?.metrics[0]?.verdict.claim).toBe("other jobs of the same kind");
});

test("without a candidate, it is the newest experiment that is not of the baseline", async () => {
  const runs = [...side("older"), ...side("old"), ...side("newer")];
  const { candidateNames, pairs } = await checked(runs, { candidate: undefined });
  expect(candidateNames).toEqual(["newer"]);
  expect([...(pairs[0]?.candidate.runs.values() ?? [])].flat()).toHaveLength(8);
});

test("runs that did not complete or failed their audit are left out, and said", async () => {
  const runs = [...side("old"), ...side("newer")];
  const spoilt = runs.map((run, index) =>
    index === 0
      ? { ...run, status: "failed" }
      : index === 9
        ? { ...run, failedCheck: "one-scheduler-job" }
        : run,
  );
  const { omissions, pairs } = await checked(spoilt);
  expect(omissions).toEqual([
    "left out, did not complete: old-1-1",
    "left out, failed their audit: newer-1-2",
  ]);
  expect(pairs[0]?.metrics[0]?.comparison?.repeats).toBe(7);
  const accepted = await checked(spoilt, { accepted: ["one-scheduler-job"] });
  expect(accepted.omissions).toHaveLength(1);
});

test("unequal conditions are refused with what differs, and compared only when that is asked for", async () => {
  const runs = [...side("old"), ...side("newer").map((run) => ({ ...run, kernel: "6.13" }))];
  const refused = await refusal(runs);
  expect(refused.message).toContain("unequal conditions: they differ in node_kernel");
  expect(refused.detail).toContain("6.13");
  const allowed = await checked(runs, { allowUnequal: true });
  expect(allowed.pairs[0]?.unequal.map(({ field }) => field)).toEqual(["node_kernel"]);
});

test("clocks of different factors are not compared, whatever is allowed, and a label has the factor", async () => {
  const fast = (experiment: string) => side(experiment).map((run) => ({ ...run, clock: 60 }));
  const refused = await refusal([...side("old"), ...fast("newer")], { allowUnequal: true });
  expect(refused.message).toBe("runs with clocks of different factors cannot be compared");
  expect(refused.detail).toMatch(/clock: real .*, \{"accelerated":60\}/);
  const { pairs } = await checked([...fast("old"), ...fast("newer")]);
  expect(pairs[0]?.candidate.label).toBe("slurm 1.0: backfill (clock ×60)");
});

test("of several tuples each is held against the one of its policy; what has none is left out", async () => {
  const of = (experiment: string, policy: string, version: string): CheckRun[] =>
    side(experiment, { repeats: 3, version }).map((run) => ({
      ...run,
      id: `${run.id}-${policy}`,
      policy,
    }));
  const runs = [...of("old", "builtin", "1.0"), ...of("old", "backfill", "1.0")];
  const two = await checked([
    ...runs,
    ...of("newer", "backfill", "2.0"),
    ...of("newer", "builtin", "2.0"),
  ]);
  expect(two.pairs.map(({ baseline, candidate }) => [baseline.label, candidate.label])).toEqual(
    expect.arrayContaining([
      ["slurm 1.0: builtin", "slurm 2.0: builtin"],
      ["slurm 1.0: backfill", "slurm 2.0: backfill"],
    ]),
  );
  expect(two.eachConfidence).toBeCloseTo(1 - 0.05 / 2, 9);
  const ambiguous = await refusal([
    ...of("old", "backfill", "1.0"),
    ...of("old", "backfill", "1.1").map((run) => ({ ...run, id: `${run.id}-b` })),
    ...of("newer", "backfill", "2.0"),
  ]);
  expect(ambiguous.message).toContain("several tuples of the baseline");
  const other = of("newer", "backfill", "2.0").map((run, index) =>
    index === 0 ? { ...run, kernel: "6.13" } : run,
  );
  const { omissions } = await checked([...runs, ...other]);
  expect(omissions).toContain(
    "slurm 2.0: backfill is left out: the baseline has no comparable tuple",
  );
  expect(omissions).toContainEqual(
    expect.stringMatching(
      /^slurm 1.0: builtin of the baseline \(\d+ runs\) is left out: the candidate is held against another/,
    ),
  );
});

test("a run of the baseline that was made under other conditions than the rest is left out, and said", async () => {
  const [first, ...others] = side("old");
  const { omissions, pairs } = await checked([
    ...(first === undefined ? [] : [{ ...first, kernel: "6.13" }]),
    ...others,
    ...side("newer"),
  ]);
  expect([...(pairs[0]?.baseline.runs.values() ?? [])].flat()).not.toContain(first?.id);
  expect(omissions).toEqual([
    `${pairs[0]?.baseline.label} of the baseline (run ${first?.id}) is left out: ` +
      "the nearest candidate differs in node_kernel",
  ]);
});

test("an unknown figure is no 0: it is left out with its reason", async () => {
  const runs = [...side("old"), ...side("newer")];
  const some = runs.map((run, index) =>
    index === 0 ? { ...run, metrics: { makespan: null } } : run,
  );
  const { pairs } = await checked(some);
  expect(pairs[0]?.metrics[0]).toMatchObject({ unknownRuns: 1, comparison: { repeats: 7 } });
  const none = runs.map((run) => ({ ...run, metrics: { makespan: null } }));
  const blind = await checked(none);
  expect(blind.outcome).toBe("cannot tell");
  expect(blind.pairs[0]?.metrics[0]?.verdict.reason).toBe("unknown for a test");
});

test("of the metrics that nobody named, those that are unknown are not judged", async () => {
  const { outcome, pairs, omissions } = await checked([...side("old"), ...side("newer")], {
    metrics: undefined,
  });
  expect(outcome).toBe("no worse");
  expect(pairs[0]?.metrics.map(({ name }) => name)).toEqual(["makespan"]);
  expect(omissions).toHaveLength(3);
  expect(omissions[0]).toContain("utilisation of slurm 1.0: backfill is not judged");
});

test("an elastic run elsewhere in the store is no reason to speak of elasticity", async () => {
  const elastic = side("elastic").map((run) => ({
    ...run,
    metrics: { provisioning_deviation: 1 },
  }));
  const fixed = [...side("old"), ...side("newer")].map((run) => ({
    ...run,
    metrics: { ...run.metrics, provisioning_deviation: null },
  }));
  const { omissions } = await checked([...elastic, ...fixed], { metrics: undefined });
  expect(omissions.join()).not.toContain("provisioning_deviation");
  const half = fixed.map((run) =>
    run.experiment === "old"
      ? { ...run, metrics: { ...run.metrics, provisioning_deviation: 1 } }
      : run,
  );
  const { omissions: told } = await checked(half, { metrics: undefined });
  expect(told.join()).toContain("provisioning_deviation of slurm 1.0: backfill is not judged");
});

test("misspelt names and metrics get the nearest, those without a better direction are refused", async () => {
  const runs = [...side("old"), ...side("newer")].map((run) => ({
    ...run,
    metrics: { ...run.metrics, n: 4 },
  }));
  expect((await refusal(runs, { baseline: ["ould"] })).remedy).toContain("did you mean old?");
  expect((await refusal(runs, { metrics: ["makespam"] })).remedy).toContain(
    "did you mean makespan?",
  );
  expect((await refusal(runs, { metrics: ["n"] })).message).toContain("neither lower nor higher");
  expect((await refusal(runs, { candidate: ["newer", "old-1-1"] })).message).toContain("as well");
});

test("a campaign is named like an experiment, once the store knows of campaigns", async () => {
  const store = await checkStore(temporaryDirectory(), [...side("old"), ...side("newer")]);
  await writeStore(store, async (connection) => {
    await connection.run("ALTER TABLE runs ADD COLUMN IF NOT EXISTS campaign VARCHAR");
    await connection.run("UPDATE runs SET campaign = 'study' WHERE experiment = 'old'");
  });
  const { outcome } = await checkRegression(options(store, { baseline: ["study"] }));
  expect(outcome).toBe("no worse");
});
