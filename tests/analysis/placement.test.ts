import { expect, test } from "vitest";
import { query } from "../../analysis/query";
import { storeSums } from "../../store/figures";
import { writeStore } from "../../store/open";
import type { EventRecord } from "../../store/record";
import { jobRecord, nodeRecord, runRecord, startedAt } from "../store/run-fixture";
import { asking, figuresOf, loaded } from "./placement-fixture";

const gpuNodes = [
  nodeRecord("node01", "compute", 4, { gpus: 4, memoryMiB: 1000 }),
  nodeRecord("node02", "compute", 4, { gpus: 4, memoryMiB: 1000 }),
];

/**
 * From 0 to 10 s job 1 has three cores and one GPU of the first node, from 10 to 20 s job 2 has two cores and no GPU
 * of the second. Tasks: (3 cores, 1 GPU) and (2 cores, none), each half of them; memory is never scarce.
 */
const two = [
  asking(jobRecord(1, "user01", 3, [0, 0, 10]), { gpus: 1, memoryMiB: 9 }),
  asking(jobRecord(2, "user01", 2, [0, 10, 20]), { memoryMiB: 9, nodes: ["node02"] }),
];

test("fragmentation worked out by hand: free GPUs beside too few cores, and what no CPU task is given", async () => {
  const store = await loaded(gpuNodes, two);
  const steps = await query(
    store,
    "SELECT at_s, until_s, free_gpus, fragmented, gpu_task_fragmented FROM fragmentation_series ORDER BY at_s",
  );
  // 0 to 10 s: node01 has 1 core and 3 GPUs, which fit nobody; node02's 4 fit one of the two tasks.
  // 10 to 20 s: node01 fits one of the two; node02 has 2 cores, which do not fit the task with a GPU.
  expect(steps).toEqual([
    { at_s: 0, until_s: 10, free_gpus: 7, fragmented: 5, gpu_task_fragmented: 3 },
    { at_s: 10, until_s: 20, free_gpus: 8, fragmented: 6, gpu_task_fragmented: 4 },
  ]);
  const of = await figuresOf(store);
  expect(of.get("mean_gpu_fragmentation")?.value).toBeCloseTo(5.5, 9);
  expect(of.get("gpu_fragmentation_rate")?.value).toBeCloseTo(110 / 150, 9);
  expect(of.get("gpu_task_fragmentation_rate")?.value).toBeCloseTo(70 / 150, 9);
});

test("memory makes a GPU a fragment as well, and memory has its utilisation", async () => {
  const store = await loaded(gpuNodes, [
    asking(jobRecord(1, "user01", 1, [0, 0, 10]), { gpus: 1, memoryMiB: 600 }),
  ]);
  const of = await figuresOf(store);
  // 275 MiB of 875 are left beside the three GPUs of node01; node02's four fit.
  expect(of.get("mean_gpu_fragmentation")?.value).toBe(3);
  expect(of.get("memory_utilisation")?.value).toBeCloseTo(600 / (2 * 875), 9);
});

test("what would fit now, and how many nodes have how many slots free", async () => {
  const store = await loaded(gpuNodes, two);
  expect(
    await query(store, "SELECT * EXCLUDE run_id FROM largest_fit_series ORDER BY at_s"),
  ).toEqual([
    { at_s: 0, until_s: 10, free_cores: 5, free_gpus: 7, node_free_cores: 4, node_free_gpus: 4 },
    { at_s: 10, until_s: 20, free_cores: 6, free_gpus: 8, node_free_cores: 4, node_free_gpus: 4 },
  ]);
  const slots = `SELECT free, at_s, until_s, nodes FROM free_slot_series
    WHERE resource = 'cores' ORDER BY ALL`;
  expect(await query(store, slots)).toEqual([
    { free: 1, at_s: 0, until_s: 10, nodes: 1 },
    { free: 2, at_s: 10, until_s: 20, nodes: 1 },
    { free: 4, at_s: 0, until_s: 20, nodes: 1 },
  ]);
});

test("GPUs fit a job only beside a free core, and cores only beside free memory", async () => {
  const store = await loaded(gpuNodes, [
    asking(jobRecord(1, "user01", 4, [0, 0, 10]), { memoryMiB: 9 }),
    asking(jobRecord(2, "user01", 1, [0, 5, 15]), { memoryMiB: 875, nodes: ["node02"] }),
  ]);
  // Until 10 s node01's 4 GPUs have no core, from 5 to 15 s node02's 3 cores and 4 GPUs have no memory.
  const none = { free_cores: 0, free_gpus: 0, node_free_cores: 0, node_free_gpus: 0 };
  const one = { free_cores: 4, free_gpus: 4, node_free_cores: 4, node_free_gpus: 4 };
  expect(
    await query(store, "SELECT * EXCLUDE run_id FROM largest_fit_series ORDER BY at_s"),
  ).toEqual([
    { at_s: 0, until_s: 5, ...one },
    { at_s: 5, until_s: 10, ...none },
    { at_s: 10, until_s: 15, ...one },
  ]);
  const slots = `SELECT free, at_s, until_s, nodes FROM free_slot_series
    WHERE resource = 'gpus' ORDER BY ALL`;
  expect(await query(store, slots)).toEqual([
    { free: 0, at_s: 0, until_s: 5, nodes: 1 },
    { free: 0, at_s: 5, until_s: 10, nodes: 2 },
    { free: 0, at_s: 10, until_s: 15, nodes: 1 },
    { free: 4, at_s: 0, until_s: 5, nodes: 1 },
    { free: 4, at_s: 10, until_s: 15, nodes: 1 },
  ]);
  // What is free without fitting is a fragment.
  const fragments = "SELECT at_s, free_gpus, fragmented FROM fragmentation_series ORDER BY at_s";
  expect(await query(store, fragments)).toEqual([
    { at_s: 0, free_gpus: 8, fragmented: 8 },
    { at_s: 5, free_gpus: 8, fragmented: 8 },
    { at_s: 10, free_gpus: 8, fragmented: 8 },
  ]);
});

test("nodes whose memory their site does not say lack none for jobs that name none", async () => {
  // 1 MiB is for jobs.
  const nodes = [nodeRecord("node01", "compute", 64, { gpus: 4, memoryMiB: 2 })];
  const store = await loaded(nodes, [asking(jobRecord(1, "user01", 32, [0, 0, 10]), { gpus: 1 })]);
  const of = await figuresOf(store);
  expect(of.get("mean_largest_fit_cores")?.value).toBe(32);
  expect(of.get("mean_largest_node_fit_gpus")?.value).toBe(3);
  expect(of.get("mean_gpu_fragmentation")?.value).toBe(0);
});

test("a job that says its nodes is a task for each of them", async () => {
  const names = ["node01", "node02", "node03", "node04"];
  const nodes = names.map((name) => nodeRecord(name, "compute", 64, { gpus: 8, memoryMiB: 8192 }));
  const store = await loaded(nodes, [
    asking(jobRecord(1, "user01", 32, [0, 0, 10]), {
      ...{ gpus: 8, memoryMiB: 4000, nodes: names, apart: 4 },
    }),
  ]);
  expect(await query(store, "SELECT * EXCLUDE run_id FROM task_kinds")).toEqual([
    { cores: 8, memory_mib: 1000, gpus: 2, jobs: 1, share: 1 },
  ]);
  // Each node has 56 cores and 6 GPUs left, beside which another quarter of the job fits.
  expect((await figuresOf(store)).get("mean_gpu_fragmentation")?.value).toBe(0);
});

test("nodes of hundreds of cores have their most free cores as well", async () => {
  const nodes = [nodeRecord("node01", "compute", 300), nodeRecord("node02", "compute", 130)];
  const store = await loaded(nodes, [
    asking(jobRecord(1, "user01", 299, [0, 0, 10]), {}),
    asking(jobRecord(2, "user01", 127, [0, 5, 15]), { nodes: ["node02"] }),
    asking(jobRecord(3, "user01", 60, [0, 10, 15]), {}),
  ]);
  const most = "SELECT at_s, free_cores, node_free_cores FROM largest_fit_series ORDER BY at_s";
  expect(await query(store, most)).toEqual([
    { at_s: 0, free_cores: 131, node_free_cores: 130 },
    { at_s: 5, free_cores: 4, node_free_cores: 3 },
    { at_s: 10, free_cores: 243, node_free_cores: 240 },
  ]);
});

test("the share of a job on each of its nodes is taken where it is known, else the figures say why not", async () => {
  const nodes = ["node01", "node02"];
  const spread = (cores: number, gpus: number) =>
    asking(jobRecord(1, "user01", cores, [0, 0, 10]), { gpus, nodes });
  const start = (nodeCores?: number[]): EventRecord => ({
    ...{ job: 1, event: "start", at: startedAt, source: "wrapper", resolutionMs: 1, nodes },
    ...(nodeCores === undefined ? {} : { nodeCores }),
  });
  const told = await loaded(gpuNodes, [spread(3, 0)], [start([1, 2])]);
  expect(await query(told, "SELECT node, cores FROM node_free ORDER BY node")).toEqual([
    { node: "node01", cores: 3 },
    { node: "node02", cores: 2 },
  ]);
  // As many nodes as it asked for: equal parts.
  await writeStore(told, async (connection) => {
    await connection.run("UPDATE jobs SET requested_nodes = 2, requested_gpus = 6");
    await connection.run("UPDATE attempts SET node_cores = NULL, cores = 4");
    await storeSums(connection, runRecord().id);
  });
  expect(await query(told, "SELECT node, cores, gpus FROM node_free ORDER BY node")).toEqual([
    { node: "node01", cores: 2, gpus: 1 },
    { node: "node02", cores: 2, gpus: 1 },
  ]);
  const whole = await figuresOf(await loaded(gpuNodes, [spread(8, 8)]));
  expect(whole.get("mean_largest_fit_gpus")?.value).toBe(0);
  expect(whole.get("gpu_fragmentation_rate")).toEqual({
    value: null,
    reason: "no GPU was ever free",
  });
  const unknown = await figuresOf(await loaded(gpuNodes, [spread(3, 0)]));
  expect(unknown.get("mean_largest_fit_cores")).toEqual({
    value: null,
    reason: "not known how 1 of the jobs were spread over their nodes",
  });
  const gpus = await figuresOf(await loaded(gpuNodes, [spread(3, 3)], [start([1, 2])]));
  expect(gpus.get("mean_gpu_fragmentation")).toEqual({
    value: null,
    reason: "not known how the GPUs of 1 of the jobs were spread over their nodes",
  });
});

test("without GPUs or GPU jobs, and without nodes, the figures say so", async () => {
  const plain = await figuresOf(
    await loaded([nodeRecord("node01", "compute", 4)], [jobRecord(1, "user01", 3, [0, 0, 10])]),
  );
  expect(plain.get("mean_gpu_fragmentation")).toEqual({ value: null, reason: "no GPU known" });
  expect(plain.get("mean_largest_fit_cores")?.value).toBe(1);
  expect(plain.get("memory_utilisation")).toEqual({
    value: null,
    reason: "no job asks for memory",
  });
  const idle = await figuresOf(await loaded(gpuNodes, [jobRecord(1, "user01", 1, [0, 0, 10])]));
  expect(idle.get("mean_gpu_fragmentation")?.value).toBe(8);
  expect(idle.get("gpu_task_fragmentation_rate")).toEqual({
    value: null,
    reason: "no job asks for a GPU",
  });
  const homeless = jobRecord(1, "user01", 1, [0, 0, 10], { nodes: null });
  expect(
    (await figuresOf(await loaded(gpuNodes, [homeless]))).get("mean_largest_fit_cores"),
  ).toEqual({
    value: null,
    reason: "not known on which nodes 1 of the jobs ran",
  });
});

test("a job whose only attempt has no end leaves open what its node had free", async () => {
  const jobs = [jobRecord(1, "user01", 1, [0, 0, 10]), jobRecord(2, "user01", 1, [0, 0, null])];
  expect((await figuresOf(await loaded(gpuNodes, jobs))).get("mean_largest_fit_cores")).toEqual({
    value: null,
    reason: "not known when an attempt of 1 of the jobs ended",
  });
});
