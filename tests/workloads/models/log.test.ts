import { expect, test } from "vitest";
import { modelLog } from "../../../workloads/models/log";
import { lublinJobs } from "../../../workloads/models/lublin";
import { maxProcs } from "../../../workloads/swf/header";
import { readSwf } from "../../../workloads/swf/read";
import { swfLines } from "../../../workloads/swf/write";

const workload = lublinJobs({ type: "interactive", jobs: 50, procs: 16, seed: 9, users: 4 });

test("the strict reader accepts the log and finds the jobs again", async () => {
  const { header, records } = modelLog(workload, 16);
  const text = `${[...swfLines(header, records)].join("\n")}\n`;
  const { reading, records: read } = await readSwf(Buffer.from(text), "strict");
  expect(maxProcs(reading.header)).toBe(16);
  expect(Object.fromEntries(reading.oddities)).toEqual({ "unknown wait time": 50 });
  const jobs = read.map(({ submit, allocated, run, estimate, user }) => ({
    submit,
    size: allocated,
    run,
    estimate,
    user,
    type: "interactive",
  }));
  expect(jobs).toEqual(workload.jobs);
  expect(read.map(({ job }) => job)).toEqual(jobs.map((_, index) => index + 1));
});

test("the header names the version, the model and the seed; interactive jobs have queue 0", () => {
  const { header, records } = modelLog(workload, 16);
  expect(header.get("Version")).toEqual(["2.2"]);
  expect(header.get("Queue")).toEqual(["0 interactive"]);
  expect(header.get("Note")?.join("\n")).toMatch(/Lublin-Feitelson 2003, interactive[\s\S]*seed 9/);
  expect([...records].every(({ queue }) => queue === 0)).toBe(true);
});
