import path from "node:path";
import { expect, test } from "vitest";
import { writeAnonymous } from "../../../workloads/logs/anonymous-log";
import { openLog } from "../../../workloads/logs/open";
import { logFile } from "../swf-fixture";
import { readPath, sacct } from "./read-log";

const header = [
  ...["JobID", "JobIDRaw", "User", "Partition", "Constraints", "Submit", "Start", "End"],
  ...["State", "NCPUS", "ReqTRES", "JobName"],
];

/** The path of the log without its names. */
async function anonymised(
  row: Readonly<Record<string, string>>,
  format: "csv" | "parquet",
  queues: boolean,
): Promise<string> {
  const log = logFile(sacct([row, { JobID: "2", JobIDRaw: "2" }], { header }), "log.txt");
  const draft = logFile("", "draft");
  const options = { key: new Uint8Array(32).fill(7), weeks: 0, scratch: path.dirname(draft) };
  await openLog(log, { mode: "strict" }, (opened) =>
    writeAnonymous(opened, draft, { ...options, format, queues, toSwf: () => Promise.reject() }),
  );
  return draft;
}

const gpus = (type: string) => ({ ReqTRES: `cpu=4,gres/gpu:${type}=1,gres/gpu=1,node=1` });

test.each([
  ["a partition", { Partition: "a40", ...gpus("a40") }, true],
  [
    "a partition and a constraint",
    { Partition: "x", Constraints: "mi300", ...gpus("mi300") },
    true,
  ],
  ["a partition with a long name", { Partition: "nvidia_rtx", ...gpus("nvidia_rtx") }, true],
  ["a job", { JobName: "rtx6000", ...gpus("rtx6000") }, false],
  ["a job, while queues are replaced", { JobName: "rtx6000", ...gpus("rtx6000") }, true],
  ["a user, with a part of it", { User: "tesla", ...gpus("tesla_v100_sxm2") }, false],
])("a type of GPU is kept where its name is that of %s", async (_, row, queues) => {
  for (const format of ["csv", "parquet"] as const) {
    const file = await anonymised(row, format, queues);
    const { jobs } = await readPath(file, { mode: "strict" });
    const type = /gpu:([^=]+)/.exec(row.ReqTRES)?.[1];
    expect(jobs.map(({ asks }) => asks?.gpuType)).toEqual([type, undefined]);
    expect(jobs[0]?.asks?.user).toMatch(/^user-/);
    expect(jobs[0]?.asks?.name).toMatch(/^job-/);
    if (queues && "Partition" in row) expect(jobs[0]?.asks?.partition).toMatch(/^partition-/);
  }
});

test.each([
  ["a partition that is kept", { User: "rtx6000", Partition: "rtx6000" }],
  ["a part of one", { User: "rtx6000", Partition: "old-rtx6000" }],
  ["a constraint", { JobName: "rtx6000", Constraints: "rtx6000&ib" }],
])("the name of somebody, though a type of GPU has it too, is found in %s", async (_, row) => {
  for (const format of ["csv", "parquet"] as const) {
    await expect(anonymised({ ...row, ...gpus("rtx6000") }, format, false)).rejects.toThrow(
      /still in what was written.*"rtx6000"/,
    );
  }
});
