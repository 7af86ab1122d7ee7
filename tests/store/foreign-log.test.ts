import path from "node:path";
import { expect, test } from "vitest";
import { logMetrics } from "../../analysis/metrics";
import { query } from "../../analysis/query";
import { type TraceWorkload, workloadSchema } from "../../spec/workload";
import { importLog } from "../../store/import";
import { workloadCluster } from "../../workloads/cluster";
import { workloadJobs } from "../../workloads/workload";
import { sacct } from "../workloads/logs/read-log";
import { logFile } from "../workloads/swf-fixture";
import { temporaryDirectory } from "./run-fixture";

const dump = path.join(__dirname, "..", "workloads", "logs", "fixtures", "sacct-parsable2.txt");
const storePath = () => path.join(temporaryDirectory(), "store.duckdb");

test("a dump of sacct fills the tables of jobs and attempts, with names, memory, GPUs and nodes", async () => {
  const store = storePath();
  const result = await importLog(dump, store, { name: "site", procs: 64, mode: "strict" });
  expect(result).toMatchObject({ outcome: "imported", records: 9, jobs: 12, procs: 64 });
  expect(result.why).toContain("sacct");
  expect(
    await query(
      store,
      `SELECT job, scheduler_job, trace_job::INTEGER AS trace, user_name, queue, account, qos,
         requested_memory_mib AS memory, requested_gpus AS gpus, gpu_type, requested_nodes, nodes,
         submit_s, start_s, end_s, limit_s, state, array_id, array_task, array_limit
       FROM jobs WHERE job IN (1, 3, 4, 12) ORDER BY job`,
    ),
  ).toMatchObject([
    {
      ...{ job: 1, scheduler_job: null, trace: 100, user_name: "ann", queue: "batch" },
      ...{ account: "physics", qos: "normal", memory: 8192, gpus: null, requested_nodes: 2 },
      ...{ nodes: ["node01", "node02"], submit_s: 0, start_s: 10, end_s: 3610, limit_s: 93_784 },
      ...{ state: "completed", array_id: null },
    },
    {
      ...{ job: 3, scheduler_job: "102_4", trace: 104, gpus: 2, gpu_type: "a100" },
      ...{ nodes: ["gpu01"], state: "failed", array_id: 1, array_task: 4, array_limit: 2 },
    },
    { job: 4, scheduler_job: "102_5", start_s: null, end_s: null, nodes: null, state: null },
    { job: 12, submit_s: 10_800, start_s: null, end_s: null, state: "cancelled" },
  ]);
  expect(
    await query(store, "SELECT job, attempt, start_s, end_s, nodes FROM attempts ORDER BY attempt"),
  ).toEqual([
    { job: 11, attempt: 1, start_s: 7260, end_s: 7860, nodes: ["node01"] },
    { job: 11, attempt: 2, start_s: 8400, end_s: 10_200, nodes: ["node02"] },
  ]);
  expect(await query(store, "SELECT wait_s, run_s, held_s FROM job_times WHERE job = 11")).toEqual([
    { wait_s: 1200, run_s: 1800, held_s: 2400 },
  ]);
  expect(
    await query(
      store,
      "SELECT eligible_after_s AS after_s, count(*)::INTEGER AS n FROM jobs GROUP BY ALL ORDER BY ALL",
    ),
  ).toEqual([
    { after_s: 0, n: 11 },
    { after_s: null, n: 1 },
  ]);
  const [run] = await query(store, "SELECT started_at, capacity_cores, trace_name FROM runs");
  expect(run).toMatchObject({ capacity_cores: 64, trace_name: "sacct-parsable2.txt" });
  expect(String(run?.started_at)).toContain("2024-03-01");
});

test("waits from when a job became eligible are those that the log says", async () => {
  const moments = [
    { Start: "2024-03-01T08:00:07" },
    {
      Submit: "2024-03-01T08:00:03",
      Eligible: "2024-03-01T08:05:00",
      Start: "2024-03-01T08:05:01",
    },
    { Eligible: "Unknown" },
  ];
  const rows = moments.map((row, index) => ({ JobID: `${index}`, JobIDRaw: `${index}`, ...row }));
  const file = logFile(sacct(rows), "later.txt");
  const store = storePath();
  await importLog(file, store, { name: "later" });
  expect(
    await query(store, "SELECT job, told_s, recorded FROM eligible_moments ORDER BY job"),
  ).toEqual([
    { job: 1, told_s: 0, recorded: false },
    { job: 2, told_s: 300, recorded: false },
  ]);
  expect(
    await query(
      store,
      "SELECT mean_eligible_wait, max_eligible_wait FROM eligible_wait_figures WHERE scope = 'run'",
    ),
  ).toEqual([{ mean_eligible_wait: 4, max_eligible_wait: 7 }]);
});

test("importing a dump again changes nothing, and another zone is another run", async () => {
  const store = storePath();
  const first = await importLog(dump, store, { name: "site" });
  expect(await importLog(dump, store, { name: "site" })).toMatchObject({
    ...{ runId: first.runId, outcome: "unchanged", records: 9, jobs: 12 },
  });
  const tokyo = await importLog(dump, store, { name: "site", zone: "Asia/Tokyo" });
  expect(tokyo.runId).not.toBe(first.runId);
  expect(await query(store, "SELECT count(*)::INTEGER AS n FROM jobs")).toEqual([{ n: 24 }]);
});

test("a bad dump leaves the store as it was when it is read strictly", async () => {
  const store = storePath();
  await importLog(dump, store, { name: "site" });
  const bad = logFile(sacct([{}, { JobID: "2", ReqMem: "lots" }]), "bad.txt");
  await expect(importLog(bad, store, { name: "bad", mode: "strict" })).rejects.toThrow("line 3");
  expect(await query(store, "SELECT experiment FROM runs")).toEqual([{ experiment: "site" }]);
  const { oddities } = await importLog(bad, store, { name: "bad" });
  expect([...oddities.values()]).toEqual([1]);
});

test("the metrics of a dump are those of its jobs", async () => {
  const jobs = [1, 2].map((id) => ({ JobID: `${id}`, JobIDRaw: `${id}` }));
  const later = { Start: "2024-03-01T08:11:00", End: "2024-03-01T08:21:00" };
  const file = logFile(sacct([jobs[0] ?? {}, { ...jobs[1], ...later }]), "log.txt");
  const { metrics } = await logMetrics(file, { procs: 4 });
  const value = (name: string) => metrics.find((metric) => metric.name === name)?.value;
  expect([value("n"), value("mean_wait"), value("makespan"), value("max_wait")]).toEqual([
    2, 360, 1260, 660,
  ]);
});

test("a replay and its imported log are joined by trace_job, which is the log's own number", async () => {
  const minutes = ["30", "10", "20"];
  const log = sacct([
    ...minutes.map((minute, index) => ({
      ...{ JobID: `${700 + index}`, JobIDRaw: `${700 + index}`, User: `u${minute}` },
      ...{ Submit: `2024-03-01T08:${minute}:00`, Eligible: `2024-03-01T08:${minute}:00` },
      ...{ Start: "2024-03-01T09:00:00", End: "2024-03-01T09:10:00" },
    })),
    { JobID: "12_3", JobIDRaw: "12_3", User: "u0", Submit: "2024-03-01T08:00:00" },
  ]);
  const store = storePath();
  const file = logFile(log, "log.txt");
  await importLog(file, store, { name: "site" });
  const imported = await query(
    store,
    "SELECT submit_s, trace_job::INTEGER AS trace FROM jobs ORDER BY submit_s",
  );
  const node = { role: "compute", gpus: 0, name: "a1", pool: "nodes" } as const;
  const cluster = workloadCluster(
    { nodes: { count: 1 }, pools: {} },
    [{ ...node, vcpus: 64, memoryMiB: 65_536 }],
    [{ name: "nodes", nodes: ["a1"] }],
  );
  const replay = { kind: "trace", file, jobs: "all", sizes: { mode: "full" } };
  const { jobs } = await workloadJobs(workloadSchema.parse(replay) as TraceWorkload, cluster);
  expect(imported.map(({ trace }) => trace)).toEqual([null, 701, 702, 700]);
  expect(
    jobs.map(({ submitSeconds, traceJob }) => ({ submit_s: submitSeconds, trace: traceJob })),
  ).toEqual(imported);
});
