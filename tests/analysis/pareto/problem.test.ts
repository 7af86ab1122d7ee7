import { expect, test } from "vitest";
import { parseProblem } from "../../../analysis/pareto/problem";

function parse(input: unknown) {
  return parseProblem(JSON.stringify(input), "in.json");
}

test("objectives to maximise change their sign, in the points and in the reference", () => {
  expect(parse({ points: [[1, 2]], reference: [3, 0], maximise: [1] })).toEqual({
    points: [[1, -2]],
    reference: [3, -0],
  });
});

test.each<[string, unknown, string]>([
  ["no points", { points: [], reference: [1] }, "points"],
  ["a point without objectives", { points: [[]], reference: [1] }, "points.0"],
  ["no reference", { points: [[1]] }, "reference"],
  [
    "a point of another dimension",
    { points: [[1, 2], [3]], reference: [4, 4] },
    "points.1: expected 2 objectives as in the reference, got 1",
  ],
  ["a null", { points: [[null]], reference: [1] }, "points.0.0"],
  ["a text", { points: [["1"]], reference: [1] }, "points.0.0"],
  [
    "an objective that does not exist",
    { points: [[1]], reference: [2], maximise: [1] },
    "maximise.0: expected an objective from 0 to 0, got 1",
  ],
  [
    "an objective named twice",
    { points: [[1]], reference: [2], maximise: [0, 0] },
    "maximise.1: objective 0 again",
  ],
  ["a misspelt key", { points: [[1]], reference: [2], maximize: [0] }, "maximize"],
  ["a list", [[1]], "the input"],
])("%s is refused by its path", (_, input, message) => {
  expect(() => parse(input)).toThrow(message);
});

test.each([
  ["NaN", '{"points": [[NaN]], "reference": [1]}', "is not JSON"],
  ["nothing", "", "is not JSON"],
  ["infinity", '{"points": [[1e999]], "reference": [1]}', "points.0.0"],
])("%s is refused", (_, text, message) => {
  expect(() => parseProblem(text, "in.json")).toThrow(message);
});

test("all problems are listed at once", () => {
  expect(() => parse({ points: [["x"], ["y"]], reference: [1] })).toThrow(
    expect.objectContaining({ detail: expect.stringMatching(/points\.0\.0[\s\S]*points\.1\.0/) }),
  );
});
