import { expect, test } from "vitest";
import { parseMatches } from "../../../benchmarks/queue-length/flux";

/** With the keys of Fluxion 0.54's resource module; seconds. */
const stats = (succeeded: number, failed: number) =>
  JSON.stringify({
    V: 177,
    E: 176,
    by_rank: { "[0-9]": 16 },
    "load-time": 0.02,
    match: {
      succeeded: {
        njobs: 500,
        "njobs-reset": succeeded,
        "max-match-jobid": 4711,
        "max-match-iters": 1,
        stats: { min: 0.001, max: 0.02, avg: succeeded > 1 ? 0.004 : 0, variance: 1e-7 },
      },
      failed: {
        njobs: 0,
        "njobs-reset": failed,
        "max-match-jobid": -1,
        "max-match-iters": -1,
        stats: { min: 0, max: 0, avg: 0, variance: 0 },
      },
    },
  });

test("matches since the reset are in milliseconds", () => {
  expect(parseMatches(stats(120, 0))).toEqual([
    { name: "match", count: 120, meanMs: 4, lastMs: null, maxMs: 20 },
    { name: "failed match", count: 0, meanMs: null, lastMs: null, maxMs: null },
  ]);
});

test("of a single match Fluxion tells the greatest time only", () => {
  expect(parseMatches(stats(1, 0))[0]).toMatchObject({ count: 1, meanMs: null, maxMs: 20 });
});

test("another text is refused", () => {
  expect(() => parseMatches("flux-module: stats-get: Function not implemented")).toThrow(
    /cannot be read/,
  );
  expect(() => parseMatches('{"match": {"njobs": 3}}')).toThrow(/cannot be read/);
});
