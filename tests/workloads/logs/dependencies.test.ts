import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { writeAnonymous } from "../../../workloads/logs/anonymous-log";
import { keptDependencies } from "../../../workloads/logs/dependencies";
import { openLog } from "../../../workloads/logs/open";
import { logFile } from "../swf-fixture";
import { readPath, readText } from "./read-log";

const columns = [
  ...["job", "label", "array", "array_task", "array_limit", "array_tasks", "het", "submit"],
  ...["eligible", "start", "end", "run_s", "state", "user", "group", "account", "partition", "qos"],
  ...["name", "requested_cores", "allocated_cores", "nodes", "memory_mib", "gpus", "gpu_type"],
  ...["limit_s", "constraint", "dependency", "priority", "node_list"],
];

/** A log of ours: jobs 1 and 2 are the array 50, and those from 3 on have these dependencies. */
function logWith(...dependencies: string[]): string {
  const tasks = [1, 2].map((task) => ({ array: "50", array_task: `${task}`, label: `50_${task}` }));
  const jobs = [...tasks, ...dependencies.map((dependency) => ({ dependency }))];
  const lines = jobs.map((job, index) => {
    const row = { job: `${index + 1}`, submit: `${1e9 + index}`, ...job };
    return columns
      .map((column) => `"${Object.entries(row).find(([key]) => key === column)?.[1] ?? ""}"`)
      .join(",");
  });
  return [columns.join(","), ...lines, ""].join("\n");
}

const read = (...dependencies: string[]) => readText(logWith(...dependencies), { mode: "strict" });

const kinds = "job with a dependency that is neither afterok nor afterany, which is left out";
const arrays = "job with a dependency on a whole array, which is left out";

test("dependencies that a replay has are not odd, nor those on jobs that the log does not have", async () => {
  const { jobs, oddities } = await read("afterok:1", "afterany:50_2:3,afterok:999", "afterok:1+5");
  expect(oddities).toEqual({});
  expect(jobs[3]?.asks?.dependencies).toEqual([{ type: "afterany", jobs: [2, 3] }]);
});

test.each([
  ["afterok:12:13,afterany:14+5", ["afterok:12:13", "afterany:14"]],
  ["afterok:12?afterok:13", []],
  ["afterok:12?afterok:13,afterany:50_2", ["afterany:50_2"]],
  ["afternotok:12,afterok:13(unfulfilled)", ["afterok:13"]],
  ["singleton", []],
])("of %s a replay has %s", (text, kept) => {
  const said = keptDependencies(text).map(({ type, ids }) => [type, ...ids].join(":"));
  expect(said).toEqual(kept);
});

test.each([
  ["singleton", kinds],
  ["afternotok:1", kinds],
  ["afterok:1,aftercorr:2", kinds],
  ["afterok:1?afterok:2", kinds],
  ["afterok:50", arrays],
  ["afterok:50_*", arrays],
  ["afterany:1:50[]", arrays],
])("the dependency %s is counted: %s", async (dependency, what) => {
  expect((await read(dependency, "afterok:1", dependency)).oddities).toEqual({ [what]: 2 });
});

test("a dependency with a choice is left out as a whole, with the names of the log and without them", async () => {
  const choice = "afterok:1?afterok:2";
  const log = logFile(logWith(`${choice},afterany:1`, choice), "log.csv");
  const { jobs } = await readPath(log, { mode: "strict" });
  expect(jobs.map(({ asks }) => asks?.dependencies)).toEqual([
    undefined,
    undefined,
    [{ type: "afterany", jobs: [1] }],
    undefined,
  ]);
  const out = logFile("", "out.csv");
  const options = { key: new Uint8Array(32), weeks: 0, scratch: path.dirname(out) };
  await openLog(log, { mode: "strict" }, (opened) =>
    writeAnonymous(opened, out, {
      ...{ ...options, format: "csv", queues: false, toSwf: () => Promise.reject() },
    }),
  );
  expect(readFileSync(out, "utf8").match(/after[a-z0-9:?]*/g)).toEqual(["afterany:1"]);
});
