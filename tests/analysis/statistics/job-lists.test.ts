import { expect, test } from "vitest";
import { byJobList, onCommonLists } from "../../../analysis/statistics/job-lists";

const list = (jobList: string, ...repeats: number[]) => ({ jobList, repeats });

test("tuples keep the job lists that all of them have, in one order, and the rest is named", () => {
  const { jobLists, samples, leftOut } = onCommonLists([
    [list("a", 1), list("b", 2), list("c", 3)],
    [list("c", 4), list("d", 5), list("b", 6, 7)],
  ]);
  expect(jobLists).toEqual(["b", "c"]);
  expect(samples).toEqual([
    [list("b", 2), list("c", 3)],
    [list("b", 6, 7), list("c", 4)],
  ]);
  expect(leftOut).toEqual(["a", "d"]);
});

test("measurements are grouped by their job list", () => {
  const measured = [
    { jobList: "b", value: 1 },
    { jobList: "a", value: 2 },
    { jobList: "b", value: 3 },
  ];
  expect(byJobList(measured)).toEqual([list("b", 1, 3), list("a", 2)]);
});
