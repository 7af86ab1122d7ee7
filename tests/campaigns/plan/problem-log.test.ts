import { describe, expect, test } from "vitest";
import type { Axis } from "../../../campaigns/plan/axes";
import { formatCampaignProblem, ProblemLog } from "../../../campaigns/plan/problem-log";

const axis = (name: string, ...texts: string[]): Axis => ({
  name,
  kind: "key",
  values: texts.map((text) => ({ value: text, text, layers: [] })),
});
const axes = [axis("a", "1", "2", "3"), axis("b", "x", "y"), axis("c", "only")];
const all = [0, 1, 2].flatMap((a) => [0, 1].map((b) => [a, b, 0]));
const problem = { path: "p", message: "m" };

function told(...choices: number[][]): string[] {
  const log = new ProblemLog();
  for (const choice of choices) log.add(problem, choice);
  return log.problems(axes, all).map(formatCampaignProblem);
}

describe("a problem of several tuples", () => {
  test("is told once, with the values that lead to it", () => {
    expect(told([0, 1, 0], [2, 1, 0])).toEqual(["p: m (a 1 or 3, b y)"]);
    expect(told([1, 0, 0], [1, 1, 0])).toEqual(["p: m (a 2)"]);
  });

  test("is told without values when all tuples have it", () => {
    expect(told(...all)).toEqual(["p: m"]);
  });

  test("is told with one of the tuples when they are not all combinations of some values", () => {
    expect(told([0, 0, 0], [1, 1, 0])).toEqual(["p: m (2 of 6 tuples, such as a 1, b x)"]);
  });

  test("names only the first of many values", () => {
    const many = [axis("seed", ...Array.from({ length: 20 }, (_, index) => String(index)))];
    const log = new ProblemLog();
    for (let index = 0; index < 9; index += 1) log.add(problem, [index]);
    const choices = Array.from({ length: 20 }, (_, index) => [index]);
    expect(log.problems(many, choices)[0]?.where).toBe("seed 0, 1, 2, 3, 4 and 4 more");
  });
});
