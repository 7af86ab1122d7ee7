import { expect, test } from "vitest";
import {
  checkOptions,
  type Options,
  parseLengths,
  placesOn,
} from "../../../benchmarks/queue-length/options";

test("lengths come in ascending order, each once", () => {
  expect(parseLengths("1000, 100,10000,100")).toEqual([100, 1000, 10_000]);
});

test.each(["", "100,", "1e3", "0", "-5", "ten"])("the lengths %j are refused", (text) => {
  expect(() => parseLengths(text)).toThrow(/--waiting/);
});

test("an option out of its bounds is named", () => {
  const good: Options = {
    waiting: [100],
    seconds: 60,
    cores: 1,
    rate: 5,
    seed: 1,
    patience: 1200,
    idle: 20,
    json: false,
  };
  expect(() => checkOptions(good)).not.toThrow();
  expect(() => checkOptions({ ...good, rate: 0 })).toThrow(/--rate/);
  expect(() => checkOptions({ ...good, cores: 1.5 })).toThrow(/--cores.*whole/);
  expect(() => checkOptions({ ...good, seconds: Number.NaN })).toThrow(/--seconds/);
});

test("places are counted by node, and jobs have to fill nodes", () => {
  const nodes = [
    { name: "a", vcpus: 16 },
    { name: "b", vcpus: 8 },
  ];
  expect(placesOn(nodes, 4)).toBe(6);
  expect(() => placesOn(nodes, 16)).toThrow(/b over, which has 8/);
  expect(() => placesOn(nodes, 3)).toThrow(/a over, which has 16/);
  expect(() => placesOn([], 1)).toThrow();
});
