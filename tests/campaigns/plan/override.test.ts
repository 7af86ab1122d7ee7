import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseOverride } from "../../../campaigns/plan/override";
import { propertyRuns } from "../../property-runs";

describe("an override", () => {
  test.each([
    ["workload.seed=3", "set", "workload.seed", [3]],
    ["scheduler=slurm,kubernetes", "set", "scheduler", ["slurm", "kubernetes"]],
    ["workload.seed=range(1,4)", "set", "workload.seed", [1, 2, 3]],
    ["workload.seed=0,range(2,4)", "set", "workload.seed", [0, 2, 3]],
    ["+size=small,large", "add", "size", ["small", "large"]],
    ["~workload.file", "remove", "workload.file", []],
    ["a.b='x,y',z", "set", "a.b", ["x,y", "z"]],
    ['a.b="x\\",y"', "set", "a.b", ['x",y']],
    ["scheduler={kind: slurm, policy: {}}", "set", "scheduler", [{ kind: "slurm", policy: {} }]],
    ["a.b=[1,2],[3]", "set", "a.b", [[1, 2], [3]]],
    ["a.b=null, true , 1.5", "set", "a.b", [null, true, 1.5]],
    ["workload.file=it's.swf,b", "set", "workload.file", ["it's.swf", "b"]],
    ["a.b=''", "set", "a.b", [""]],
  ])("%s", (text, action, key, values) => {
    expect(parseOverride(text)).toEqual({ text, action, key, values });
  });

  test.each([
    ["workload.seed", "has no value"],
    ["=3", "has no key"],
    ["a b=3", "has no key"],
    ["~a=3", "takes a key away and gives it a value"],
    ["a=", "has an empty value"],
    ["a=1,,2", "has an empty value"],
    ["a=range(3,1)", "has the empty range range(3,1)"],
    ["a=range(x)", "has no range of at most 100000 whole numbers in range(x)"],
    ["a=[1,2", "cannot be read"],
    ["__proto__=1", "has no key"],
  ])("%s is refused", (text, why) => {
    expect(() => parseOverride(text)).toThrow(why);
  });

  test("gives back any texts, quoted as JSON", () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { minLength: 1, maxLength: 4 }), (values) => {
        const written = values.map((value) => JSON.stringify(value)).join(",");
        expect(parseOverride(`a.b=${written}`).values).toEqual(values);
      }),
      { numRuns: propertyRuns(300) },
    );
  });
});
