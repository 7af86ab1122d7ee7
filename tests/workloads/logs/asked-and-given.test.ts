import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { openLog } from "../../../workloads/logs/open";
import { writeCsv, writeParquet } from "../../../workloads/logs/parquet";
import { logFile } from "../swf-fixture";
import { miniature, parquetOf } from "./formats/fixture";
import { type ReadLog, readPath, readText, sacct } from "./read-log";

const fixture = (name: string) => path.join(__dirname, "fixtures", name);
/** Numbers of nodes by the name of the job; undefined: the job leaves them to the scheduler. */
const nodesByName = ({ jobs }: ReadLog) =>
  Object.fromEntries(jobs.map(({ asks }) => [asks?.name, asks?.nodes]));

const asked = async (row: Readonly<Record<string, string>>) => {
  const { jobs } = await readText(sacct([row]), { mode: "strict" });
  return jobs[0]?.asks?.nodes;
};
const list = (nodes: number) => `billing=64,cpu=64,mem=256G,node=${nodes}`;
const never = { State: "CANCELLED by 5", Start: "None", NodeList: "None assigned", NNodes: "1" };

test("a live Slurm's job asked for nodes where it was submitted with --nodes, and not where it got two for --ntasks=2", async () => {
  // sbatch -n2 --gpus=a100:2 ran on two nodes, and so did sbatch -N2.
  expect(nodesByName(await readPath(fixture("sacct-live.txt")))).toMatchObject({
    gpu: undefined,
    two: 2,
    gres: 1,
    ok: 1,
  });
  const { jobs } = await readPath(fixture("sacct-requeued.json"));
  expect(jobs.map(({ asks }) => [asks?.gpus, asks?.nodes, asks?.coresPerNode])).toEqual([
    [2, undefined, undefined],
    [undefined, 1, 1],
  ]);
});

test.each([
  ["asked for one or none, and ran on three", list(1), "3", undefined],
  ["asked for one or none, and ran on twelve", list(1), "12", undefined],
  ["asked for one or none, and ran on one", list(1), "1", 1],
  ["asked for two at least, and ran on four", list(2), "4", 2],
  ["asked for ten, and ran on ten", list(10), "10", 10],
  ["has a request that is not known, and ran on three", "", "3", 3],
])("a job of sacct that %s", async (_, ReqTRES, NNodes, nodes) => {
  const given = { NNodes, NodeList: `node[01-${NNodes.padStart(2, "0")}]` };
  expect(await asked({ ReqTRES, ...given })).toBe(nodes);
  // The same where only the list of resources, or the list of nodes, says how many it was given.
  const AllocTRES = `cpu=64,node=${NNodes}`;
  expect(await asked({ ReqTRES, ...given, NNodes: "", AllocTRES })).toBe(nodes);
  const NodeList = NNodes === "1" ? "node01" : given.NodeList;
  expect(await asked({ ReqTRES, NodeList, NNodes: "" })).toBe(nodes);
});

test("a job that never ran asked for the nodes of its request", async () => {
  expect(await asked({ ...never, ReqTRES: list(1) })).toBe(1);
  expect(await asked({ ...never, ReqTRES: list(4), NNodes: "4" })).toBe(4);
  expect(await asked({ ...never, ReqTRES: "", NNodes: "" })).toBeUndefined();
});

test("memory of each node is that of the nodes which were asked for, or else of those that were given", async () => {
  const memory = async (row: Readonly<Record<string, string>>) =>
    (await readText(sacct([{ ReqMem: "4Gn", ...row }]))).jobs[0]?.asks?.memoryMiB;
  expect(await memory({ ReqTRES: "cpu=64,node=1", NNodes: "3" })).toBe(3 * 4096);
  expect(await memory({ ReqTRES: "cpu=64,node=2", NNodes: "3" })).toBe(2 * 4096);
  expect(await memory({ NNodes: "3" })).toBe(3 * 4096);
});

test.each([
  ["gres/gpu=2", "gres/gpu:a100=2,gres/gpu=2", undefined],
  ["gres/gpu:a100=2,gres/gpu=2", "gres/gpu:a100=2,gres/gpu=2", "a100"],
  ["", "gres/gpu:a100=2,gres/gpu=2", "a100"],
])(
  "a job of sacct that asked for %s and was given %s has GPUs of the type %s",
  async (wanted, given, type) => {
    const row = { ReqTRES: wanted, AllocTRES: `cpu=4,${given},node=1` };
    const { jobs } = await readText(sacct([row]), { mode: "strict" });
    expect([jobs[0]?.asks?.gpus, jobs[0]?.asks?.gpuType]).toEqual([2, type]);
  },
);

describe("a job that was requeued", () => {
  const first = {
    ...{ State: "REQUEUED", Start: "2024-03-01T08:01:00", End: "2024-03-01T08:02:00" },
    ReqTRES: list(1),
  };
  const second = {
    ...{ Submit: "2024-03-01T08:02:00", Start: "2024-03-01T08:05:00", ReqTRES: list(1) },
  };

  test.each([
    ["3", "1", undefined],
    ["1", "3", undefined],
    ["1", "1", 1],
  ])("and ran on %s nodes and then on %s", async (before, after, nodes) => {
    const rows = [
      { ...first, NNodes: before },
      { ...second, NNodes: after },
    ];
    const { jobs } = await readText(sacct(rows), { mode: "strict" });
    expect(jobs.map(({ asks }) => asks?.nodes)).toEqual([nodes]);
  });
});

test.each([
  ["Parquet", writeParquet],
  ["CSV", writeCsv],
])(
  "%s of our own holds which nodes were asked for, also of a job with several rows",
  async (_, write) => {
    const row = { ReqTRES: list(1), Start: "2024-03-01T08:01:00", End: "2024-03-01T08:02:00" };
    const again = { Submit: "2024-03-01T08:02:00", Start: "2024-03-01T08:05:00" };
    const rows = [
      { ...row, JobID: "1", JobIDRaw: "1", State: "REQUEUED", NNodes: "3" },
      { JobID: "1", JobIDRaw: "1", ReqTRES: list(1), ...again },
      { ...row, JobID: "2", JobIDRaw: "2", NNodes: "3" },
      { ...row, JobID: "3", JobIDRaw: "3", ReqTRES: list(2), NNodes: "2" },
    ];
    const log = logFile(sacct(rows), "log.txt");
    const out = logFile("", "out");
    await openLog(log, { mode: "strict" }, (opened) => write(opened, out));
    const [before, after] = [await readPath(log), await readPath(out, { mode: "strict" })];
    expect(before.jobs.map(({ asks }) => asks?.nodes)).toEqual([undefined, undefined, 2]);
    expect(after.jobs).toEqual(before.jobs);
  },
);

test("MIT Supercloud, PM100 and F-DATA have the nodes that were asked for", async () => {
  const supercloud = readFileSync(miniature("supercloud.csv"), "utf8")
    .split("\n")
    .slice(0, 3)
    .join("\n")
    .replace('4=1,5=40,1002=2","1=40,2=170000,4=1', '4=1,5=40,1002=2","1=40,2=170000,4=2');
  const { jobs } = await readText(supercloud, { mode: "strict" });
  expect(jobs.map(({ asks }) => asks?.nodes)).toEqual([undefined, 2]);
  const asks = async (name: string, replace: string) =>
    (await readPath(await parquetOf(miniature(name), replace))).jobs.map((job) => job.asks?.nodes);
  const times = ["submit_time", "eligible_time", "start_time", "end_time"];
  const zoned = times.map((name) => `${name}::TIMESTAMPTZ AS ${name}`).join(", ");
  const pm100 = (nodes: number) =>
    asks("pm100.csv", `REPLACE (${zoned}, ${nodes} AS num_nodes_req, 4 AS num_nodes_alloc)`);
  expect(new Set(await pm100(3))).toEqual(new Set([3]));
  expect(new Set(await pm100(1))).toEqual(new Set([undefined]));
  const fugaku = await asks("f-data.csv", "REPLACE (10 AS nnumr, 12 AS nnuma)");
  expect(new Set(fugaku)).toEqual(new Set([10]));
});
