import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { startRunner } from "../../../campaigns/drive/runner";
import type { Handle } from "../../../infra/handle";
import { exampleHandle } from "../../infra/example-handle";
import { temporaryDirectory } from "../../store/run-fixture";

const never = new AbortController().signal;

test("a runner that cannot begin leaves no run, and says why without the access key", async () => {
  const log = path.join(temporaryDirectory(), "campaigns", "study.log");
  const cluster = { ...exampleHandle.cluster, privateKey: "very secret", nodes: [] };
  const handle: Handle = { ...exampleHandle, cluster };
  const { end, loaded } = await startRunner(handle, { log, stop: never });
  expect(loaded).toBe(false);
  expect(end).toEqual({
    kind: "unknown",
    reason: expect.stringMatching(
      /^the runner ended with exit code 1: .*the handle is not one of this version of schedlab/s,
    ),
  });
  expect(readFileSync(log, "utf8")).toContain("cluster.nodes");
  expect(JSON.stringify(end) + readFileSync(log, "utf8")).not.toContain("very secret");
});

test("a runner is interrupted when its driver is told to stop", async () => {
  const log = path.join(temporaryDirectory(), "study.log");
  const { end } = await startRunner(exampleHandle, { log, stop: AbortSignal.abort() });
  expect(end).toMatchObject({ kind: "unknown", reason: expect.stringContaining("SIGINT") });
});
