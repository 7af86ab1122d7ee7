import { expect, test } from "vitest";
import { JobSelection } from "../../../analysis/simulate/trace";
import { SwfParser } from "../../../workloads/swf/parse";

function select(lines: readonly string[], limit?: number) {
  const parser = new SwfParser("test.swf", "tolerant");
  const selection = new JobSelection(8, limit);
  for (const line of lines) {
    for (const { record } of parser.push(Buffer.from(line))) {
      if (!selection.full) selection.add(record);
    }
  }
  return selection;
}

const line = (job: number, run: number, allocated: number, requested: number, estimate: number) =>
  `${job} 3 -1 ${run} ${allocated} -1 -1 ${requested} ${estimate} -1 1 1 1 1 1 1 -1 -1`;

test("the size is what was allocated, else requested; the estimate is never below the run", () => {
  const { jobs } = select([line(1, 10, 4, 2, 20), line(2, 10, -1, 2, 5), line(3, 10, 0, 2, -1)]);
  expect(jobs).toEqual([
    { job: 1, submit: 3, size: 4, run: 10, estimate: 20 },
    { job: 2, submit: 3, size: 2, run: 10, estimate: 10 },
    { job: 3, submit: 3, size: 2, run: 10, estimate: 10 },
  ]);
});

test("what cannot be simulated is counted by reason", () => {
  const { jobs, skipped } = select([
    line(1, -1, 4, 4, 5),
    line(2, 0, 4, 4, 5),
    line(3, 5, -1, -1, 5),
    line(4, 5, 9, 4, 5),
    line(5, 5, 9, 4, 5),
  ]);
  expect(jobs).toEqual([]);
  expect(Object.fromEntries(skipped)).toEqual({
    "unknown run time": 1,
    "run time of 0": 1,
    "unknown size": 1,
    "larger than the machine": 2,
  });
});

test("the limit counts the jobs that can be simulated", () => {
  const { jobs } = select([line(1, 0, 1, 1, 5), line(2, 5, 1, 1, 5), line(3, 5, 1, 1, 5)], 1);
  expect(jobs.map(({ job }) => job)).toEqual([2]);
});

test("jobs that wait for others in the log are counted, for they do not here", () => {
  const { jobs } = select([line(1, 10, 4, 2, 20)]);
  expect(jobs).toHaveLength(1);
  const selection = new JobSelection(8);
  const parser = new SwfParser("test.swf", "tolerant");
  for (const { record } of parser.push(Buffer.from(line(1, 10, 4, 2, 20)))) {
    selection.add(record);
    selection.add({ ...record, asks: { dependencies: [{ type: "afterok", jobs: [1] }] } });
    selection.add({ ...record, asks: { array: { array: 1, task: 1, limit: 2 } } });
    selection.add({ ...record, asks: { array: { array: 1, task: 2 } } });
  }
  expect(selection.oddities).toEqual([["waits for other jobs, which is not simulated", 2]]);
});
