import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { durationPattern, durationSeconds } from "../../../spec/campaign/duration";
import { rangeValues } from "../../../spec/campaign/range";
import { campaignJsonSchema, campaignSchema } from "../../../spec/campaign/schema";
import { pathProblem } from "../../../spec/campaign/tuple-keys";
import { propertyRuns } from "../../property-runs";

describe("a range", () => {
  test.each([
    ["range(1,6)", [1, 2, 3, 4, 5]],
    ["range(3)", [0, 1, 2]],
    ["range( 6, 0, -2 )", [6, 4, 2]],
    ["range(5,5)", []],
    ["range(5,1)", []],
  ])("%s stops before its end", (text, values) => {
    expect(rangeValues(text)).toEqual(values);
  });

  test.each(["range()", "range(1.5,3)", "range(1,2,0)", "range(1,2,3,4)", "1,6", "range(100001)"])(
    "%s is none",
    (text) => {
      expect(rangeValues(text)).toBeUndefined();
    },
  );

  test("has every value from its start to before its stop", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -99, max: 99 }),
        fc.integer({ min: 0, max: 99 }),
        (start, count) => {
          const values = rangeValues(`range(${start},${start + count})`) ?? [];
          expect(values).toHaveLength(count);
          expect(values.every((value, index) => value === start + index)).toBe(true);
        },
      ),
      { numRuns: propertyRuns(100) },
    );
  });
});

describe("a time", () => {
  test.each([
    ["90min", 5400],
    ["1.5h", 5400],
    ["30s", 30],
    ["2d", 172_800],
  ])("%s is %d seconds", (text, seconds) => {
    expect(durationPattern.test(text)).toBe(true);
    expect(durationSeconds(text)).toBe(seconds);
  });

  test.each(["90", "2 h", "0h", "1m"])("%s is none", (text) => {
    expect(durationPattern.test(text)).toBe(false);
  });
});

describe("a campaign file", () => {
  test("needs no more than a name", () => {
    expect(campaignSchema.parse({ name: "first" })).toEqual({
      name: "first",
      parts: {},
      base: [],
      axes: {},
      exclude: [],
      only: [],
      repeats: 3,
      order: { seed: 1 },
      budget: {},
      clusters: 1,
      retry: { failed: 1 },
      keep: false,
    });
  });

  test("says what it expected of a wrong value, and the nearest key of a misspelt one", () => {
    const messages = (document: object) =>
      campaignSchema
        .safeParse({ name: "x", ...document })
        .error?.issues.map(({ message }) => message);
    expect(messages({ axis: {} })).toEqual(['unknown key, did you mean "axes"?']);
    expect(messages({ clusters: "many" })).toEqual(['expected 1..64 or auto, got "many"']);
    expect(messages({ budget: { time: 90 } })).toEqual([
      'expected a time such as "90min" or "2h", got 90',
    ]);
    expect(messages({ axes: { "workload.seed": 3 } })).toEqual([
      expect.stringContaining("expected a list of values or a range such as range(1,6)"),
    ]);
    expect(messages({ parts: { a: { toplogy: {} } } })).toEqual([
      'unknown key, did you mean "topology"?',
    ]);
  });

  test("has a JSON Schema that knows the tuple's keys in parts and requires none of them", () => {
    const schema = JSON.parse(JSON.stringify(campaignJsonSchema()));
    expect(schema.required).toEqual(["name"]);
    const part = schema.properties.parts.additionalProperties.properties;
    expect(part.topology.properties.nodes.properties.count).toMatchObject({ maximum: 64 });
    expect(JSON.stringify(part)).not.toContain('"required"');
    expect(JSON.stringify(part.scheduler)).toContain('"const":"kubernetes"');
  });
});

describe("a key of a tuple", () => {
  test.each([
    "workload.seed",
    "scheduler.policy.sched.interval",
    "scheduler.policy.gang",
    "topology.pools.gpu.count",
    "workload.components.a.share",
    "run",
  ])("%s is one, in some variant", (path) => {
    expect(pathProblem(path)).toBeUndefined();
  });

  test.each([
    ["workload.sed", 'unknown key sed in workload, did you mean "seed"?'],
    ["nodes.count", 'unknown key, did you mean "topology.nodes.count"?'],
    ["wrkload.seed", 'unknown key, did you mean "workload"?'],
    ["foo", "unknown key (known: topology, scheduler, workload, run, image)"],
    ["workload.seed.deep", "unknown key deep in workload.seed"],
  ])("%s is none, and the nearest is named", (path, problem) => {
    expect(pathProblem(path)).toBe(problem);
  });
});
