import { expect, test } from "vitest";
import { SwfBatch } from "../../workloads/swf/batch";
import { readFields } from "../../workloads/swf/fields";
import type { SwfHeader } from "../../workloads/swf/header";
import type { SwfRecord } from "../../workloads/swf/record";
import { type Transform, Transformation } from "../../workloads/swf/transform";

function record(job: number, submit: number, change: Partial<SwfRecord> = {}): SwfRecord {
  const line = `${job} ${submit} 5 100 4 50.5 -1 8 200 -1 1 ${job + 10} 1 1 1 1 -1 -1`;
  return { ...readFields(line.split(" ")).record, ...change };
}

interface Log {
  readonly header: SwfHeader;
  readonly records: readonly SwfRecord[];
}

function transformLog({ header, records }: Log, transform: Transform): Log {
  const transformation = new Transformation(transform, { header, timeDecimals: 0 });
  const batch = new SwfBatch();
  for (const job of records) batch.add({ kind: "job", record: job });
  const transformed = transformation.batch(batch);
  return { header: transformation.header(), records: transformed };
}

const log = {
  header: new Map([
    ["MaxJobs", ["9"]],
    ["MaxNodes", ["16"]],
    ["UnixStartTime", ["1000"]],
  ]),
  records: [record(1, 0), record(2, 60), record(3, 120), record(4, 600)],
};

test("a cut by time counts from its own start, and the header says when that was", () => {
  const { header, records } = transformLog(log, { from: 60, until: 600 });
  expect(records.map(({ job, submit }) => [job, submit])).toEqual([
    [2, 0],
    [3, 60],
  ]);
  expect(header.get("MaxJobs")).toEqual(["2"]);
  expect(header.get("UnixStartTime")).toEqual(["1060"]);
  expect(header.get("Note")).toEqual(["transformed by schedlab: from 60, until 600"]);
});

test("a cut by count comes after the one by time", () => {
  expect(transformLog(log, { from: 60, first: 1 }).records.map(({ job }) => job)).toEqual([2]);
});

test("all times scale together, and a run stays a run", () => {
  const [first] = transformLog(log, { time: 0.5 }).records;
  expect(first).toMatchObject({ wait: 3, run: 50, estimate: 100, cpu: 25.25, think: -1 });
  expect(transformLog(log, { time: 0.0001 }).records.map(({ run }) => run)).toEqual([1, 1, 1, 1]);
});

test("twice the load is half the gaps, and recorded waits no longer hold", () => {
  const { records } = transformLog(log, { load: 2 });
  expect(records.map(({ submit, wait, run }) => [submit, wait, run])).toEqual([
    [0, -1, 100],
    [30, -1, 100],
    [60, -1, 100],
    [300, -1, 100],
  ]);
});

test("sizes scale to another machine, which the header then names", () => {
  const { header, records } = transformLog(log, { procs: 4 });
  expect(records[0]).toMatchObject({ allocated: 1, requested: 2, wait: -1 });
  expect(header.get("MaxProcs")).toEqual(["4"]);
  expect(header.has("MaxNodes")).toBe(false);
  expect(() => transformLog({ ...log, header: new Map() }, { procs: 4 })).toThrow(RangeError);
});

test("users take turns, each keeping its number; an unknown one stays unknown", () => {
  const records = [
    record(1, 0),
    record(2, 0),
    record(3, 0),
    record(1, 0),
    record(5, 0, { user: -1 }),
  ];
  const mapped = transformLog({ ...log, records }, { users: 2 }).records;
  expect(mapped.map(({ user }) => user)).toEqual([1, 2, 1, 1, -1]);
});
