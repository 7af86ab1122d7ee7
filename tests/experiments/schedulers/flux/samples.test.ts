import { expect, test } from "vitest";
import { parseEstimates } from "../../../../experiments/schedulers/flux/estimates";
import { parseInternals } from "../../../../experiments/schedulers/flux/internals";

const run = "20261126T140000Z-abc123";

test("an annotation with an expected start is of a job of this run; an empty one is none", () => {
  const output = [
    `1795701900.0|schedlab-${run}-3`,
    `1795701960|schedlab-${run}-4`,
    `|schedlab-${run}-5`,
    `0.0|schedlab-${run}-6`,
    `1795701900.0|schedlab-20261126T130000Z-abc123-3`,
    "1795701900.0|hostname",
    "",
  ].join("\n");
  expect(parseEstimates(output, run)).toEqual([
    { job: 3, startAt: 1_795_701_900_000, resolutionMs: 1000 },
    { job: 4, startAt: 1_795_701_960_000, resolutionMs: 1000 },
  ]);
});

/** With the keys of flux-core 0.88's job-list module. */
const states =
  '{"job_states":{"depend":0,"priority":0,"sched":12,"run":4,"cleanup":1,"inactive":30,"total":47},' +
  '"successful":29,"failed":1,"canceled":0,"timeout":0,"inactive_purged":0,"queues":[]}';

/** With the keys of Fluxion 0.54's resource module. */
const matches = JSON.stringify(
  {
    V: 177,
    match: {
      succeeded: {
        njobs: 500,
        "njobs-reset": 120,
        "max-match-jobid": 4711,
        stats: { min: 0.001, max: 0.02, avg: 0.004, variance: 1e-7 },
      },
      failed: { njobs: 7, "njobs-reset": 1, stats: { min: 0, max: 0.1, avg: 0, variance: 0 } },
    },
  },
  null,
  1,
);

test("jobs by state and Fluxion's matches become series with their unit in the name", () => {
  expect(parseInternals(`${states}\n--\n${matches}\n`)).toEqual({
    state_depend_jobs: 0,
    state_priority_jobs: 0,
    state_sched_jobs: 12,
    state_run_jobs: 4,
    state_cleanup_jobs: 1,
    state_inactive_jobs: 30,
    state_total_jobs: 47,
    match_succeeded_jobs: 500,
    match_succeeded_mean_s: 0.004,
    match_succeeded_max_s: 0.02,
    match_failed_jobs: 7,
    match_failed_max_s: 0.1,
  });
});

test("an instance with another scheduler has its jobs only, and other text has nothing", () => {
  expect(parseInternals(`${states}\n--\n`)).toMatchObject({ state_sched_jobs: 12 });
  expect(Object.keys(parseInternals(`${states}\n--\n`))).toHaveLength(7);
  expect(parseInternals("flux-job: Function not implemented")).toEqual({});
  expect(parseInternals("")).toEqual({});
});
