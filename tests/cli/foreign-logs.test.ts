import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { registerMetrics } from "../../cli/metrics";
import { registerSimulate } from "../../cli/simulate";
import { registerTrace } from "../../cli/trace";
import { workloadSchema } from "../../spec/workload";
import { workloadJobs } from "../../workloads/workload";
import { sacct } from "../workloads/logs/read-log";
import { logFile } from "../workloads/swf-fixture";
import { runCommand } from "./command";

const dump = path.join(__dirname, "..", "workloads", "logs", "fixtures", "sacct-parsable2.txt");

test("trace says which format it took and why, and what SWF cannot hold", async () => {
  const out = logFile("", "out.swf");
  const { output } = await runCommand(registerTrace, "trace", dump, "--json", "--out", out);
  const said = JSON.parse(output);
  expect(said).toMatchObject({ records: 9, jobs: 12, written: 12 });
  expect(said.format).toMatch(/^sacct \(.*\): it has JobID, State$/);
  expect(said.lost).toContain("6 jobs: GPUs");
  const text = readFileSync(out, "utf8");
  expect(text).toContain("; Note: lost in the conversion, 6 jobs: GPUs\n");
  expect(text).toContain("\n1 0 10 3600 8 -1 -1 8 93784 1048576 1 1 1 1 1 1 -1 -1\n");
  const again = await runCommand(registerTrace, "trace", out, "--json", "--strict");
  expect(JSON.parse(again.output)).toMatchObject({ jobs: 12, oddities: {} });
});

test("an error of a strict command says how its bad rows can be left out", async () => {
  const bad = logFile(sacct([{}, { JobID: "2", ReqMem: "lots" }]), "bad.txt");
  const swf = logFile("1 0 -1 10\n", "log.swf");
  const without = "read it without --strict, which leaves bad rows out";
  for (const [register, command] of [
    [registerTrace, "trace"],
    [registerMetrics, "metrics"],
  ] as const) {
    await expect(runCommand(register, command, bad, "--strict")).rejects.toMatchObject({
      remedy: `mend these rows, or ${without}`,
    });
    await expect(runCommand(register, command, swf, "--strict")).rejects.toMatchObject({
      remedy: `mend this line, or ${without}`,
    });
  }
});

test.each([[["--resample", "1"]], [["--resample", "1", "--resample-method", "shake"]]])(
  "trace says what SWF cannot hold of a resampled log too: %j",
  async (options) => {
    const out = logFile("", "out.swf");
    const command = ["trace", dump, "--json", "--out", out, ...options];
    const { output } = await runCommand(registerTrace, ...command);
    expect(JSON.parse(output).lost).toContain("6 jobs: GPUs");
    const text = readFileSync(out, "utf8");
    expect(text).toContain("lost in the conversion, 6 jobs: GPUs\n");
    expect(text.split("\n").filter((line) => /^\d/.test(line))).toHaveLength(
      JSON.parse(output).written,
    );
  },
);

test("trace writes Parquet as it is, and cuts only SWF", async () => {
  const out = logFile("", "out.parquet");
  await runCommand(registerTrace, "trace", dump, "--out", out, "--to", "parquet");
  const { output } = await runCommand(registerTrace, "trace", out, "--json");
  expect(JSON.parse(output)).toMatchObject({ records: 9, jobs: 12 });
  const cut = ["trace", dump, "--out", out, "--to", "parquet", "--first", "3"];
  expect((await runCommand(registerTrace, ...cut)).wrongUse).toContain("the whole log as it is");
});

test("metrics and simulate take the same logs, and the zone of their times", async () => {
  const metrics = await runCommand(registerMetrics, "metrics", dump, "--procs", "64", "--json");
  expect(JSON.parse(metrics.output)).toMatchObject({ n: 6, jobs: 12, records: 9 });
  const simulated = ["simulate", dump, "--policy", "easy", "--procs", "64", "--json"];
  const { output } = await runCommand(registerSimulate, ...simulated, "--timezone", "Asia/Tokyo");
  expect(JSON.parse(output)).toMatchObject({ jobs: 6, procs: 64 });
  await expect(runCommand(registerTrace, "trace", dump, "--timezone", "Mars/Base")).rejects.toThrow(
    'no time zone "Mars/Base"',
  );
});

test("a workload replays a dump, recognised or by the mapping that it names", async () => {
  const rows = [1, 2].map((id) => ({ JobID: `${id}`, JobIDRaw: `${id}` }));
  const file = logFile(sacct(rows), "site.txt");
  const cluster = { capacityCores: 4, largestNodeCores: 4, memoryPerCoreMiB: 2048, gpus: 0 };
  const plan = (format?: string) =>
    workloadJobs(
      workloadSchema.parse({
        ...{ kind: "trace", file, jobs: "all", sizes: { mode: "clip" }, memory: "keep" },
        ...(format === undefined ? {} : { format }),
      }),
      cluster,
    );
  const { jobs } = await plan();
  expect(jobs.map(({ cores, runSeconds, memoryMiB }) => [cores, runSeconds, memoryMiB])).toEqual([
    [4, 600, 4096],
    [4, 600, 4096],
  ]);
  const mapping = logFile("extends: sacct\nname: ours\nwhere: \"id = '2'\"\n", "ours.yaml");
  expect((await plan(mapping)).jobs).toHaveLength(1);
  await expect(plan("swf")).rejects.toThrow("line 1");
});
