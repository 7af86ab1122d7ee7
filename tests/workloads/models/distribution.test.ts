import { describe, expect, test } from "vitest";
import { distributionText, draw, parseDistribution } from "../../../workloads/models/distribution";
import { gamma, randomStreams } from "../../../workloads/models/random";

describe.each([
  ["constant:7", 7, 0],
  ["uniform:1:9", 5, 60 / 9],
  ["exponential:4", 4, 16],
  ["lognormal:1:0.5", Math.exp(1.125), Math.exp(2.25) * (Math.exp(0.25) - 1)],
  ["choice:1=3,5=1", 2, 3],
])("%s", (text, mean, variance) => {
  const distribution = parseDistribution(text);

  test("is written as it was read", () => {
    expect(distributionText(distribution)).toBe(text);
  });

  test("has its mean and variance", () => {
    const { sizes } = randomStreams(5);
    const values = Array.from({ length: 20_000 }, () => draw(distribution, sizes));
    const average = values.reduce((sum, value) => sum + value, 0) / values.length;
    const spread = values.reduce((sum, value) => sum + (value - average) ** 2, 0) / values.length;
    expect(Math.abs(average - mean)).toBeLessThan(0.03 * mean);
    expect(Math.abs(spread - variance)).toBeLessThan(0.1 * variance + 1e-9);
  });
});

test.each([
  "",
  "constant",
  "constant:",
  "constant:0",
  "constant:x",
  "constant:1:2",
  "uniform:5:1",
  "uniform:1.5:2",
  "exponential:-1",
  "lognormal:1",
  "choice:",
  "choice:1",
  "choice:1=0",
  "choice:1=1,2",
  "normal:1:2",
])('"%s" is no distribution', (text) => {
  expect(() => parseDistribution(text)).toThrow("is no distribution; expected constant:V");
});

test("the gamma of a large and of a small shape has its mean and variance", () => {
  const { runs } = randomStreams(6);
  for (const [shape, scale] of [
    [4.2, 0.94],
    [312, 0.03],
  ] as const) {
    const values = Array.from({ length: 20_000 }, () => gamma(runs, shape, scale));
    const average = values.reduce((sum, value) => sum + value, 0) / values.length;
    const spread = values.reduce((sum, value) => sum + (value - average) ** 2, 0) / values.length;
    expect(Math.abs(average / (shape * scale) - 1)).toBeLessThan(0.02);
    expect(Math.abs(spread / (shape * scale * scale) - 1)).toBeLessThan(0.08);
  }
});
