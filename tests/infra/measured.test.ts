import { expect, test } from "vitest";
import { measuredRuns } from "../../infra/measured";

const secret = "-----BEGIN OPENSSH PRIVATE KEY-----";
const run = {
  runId: "20261122T003643Z-i0a6ob",
  directory: "/results/runs/20261122T003643Z-i0a6ob",
  status: "completed",
  jobs: 45,
  failedJobs: 0,
};

test("the store and the runs are shown, whatever else was printed of them is not", () => {
  const printed = {
    store: "/results/schedlab.duckdb",
    runs: [{ ...run, reason: secret, harnessExplanation: secret }],
    handle: { cluster: { privateKey: secret } },
  };
  expect(measuredRuns(`${JSON.stringify(printed)}\n`)).toEqual({
    store: "/results/schedlab.duckdb",
    runs: [run],
  });
});

test.each([
  "",
  secret,
  JSON.stringify({ cluster: { privateKey: secret } }),
  JSON.stringify({ store: "/x", runs: [{ ...run, runId: secret }] }),
  JSON.stringify({ store: "/x", runs: [{ ...run, status: secret }] }),
])("nothing is shown of %j", (printed) => {
  expect(measuredRuns(printed)).toBeNull();
});
