import fc from "fast-check";
import { expect, test } from "vitest";
import { apportion } from "../../spec/apportion";
import { parseSpec } from "../../spec/parse";
import { SpecError } from "../../spec/problems";
import { workloadKinds } from "../../spec/workload";

function messages(workload: unknown): string[] {
  try {
    parseSpec({ workload });
  } catch (error) {
    if (error instanceof SpecError) return error.message.split("\n");
    throw error;
  }
  return [];
}

const half = { kind: "trace", share: 0.5 };

test("every kind has users, jobs and a seed by default, and parses to itself again", () => {
  for (const kind of workloadKinds) {
    const components = kind === "mixed" ? { components: { one: { kind: "hpl", share: 1 } } } : {};
    const spec = parseSpec({ workload: { kind, ...components } });
    expect(spec.workload.users.count).toBeGreaterThan(0);
    // How many jobs a demand takes is not known before it is planned.
    if (spec.workload.kind !== "elastic") expect(spec.workload.jobs).toBeGreaterThan(0);
    expect(spec.workload.seed).toBe(1);
    expect(parseSpec(spec)).toEqual(spec);
  }
});

test("what jobs keep of their log is all or a list, and nothing is said where the user says nothing", () => {
  const keepOf = (change: object) => {
    const { workload } = parseSpec({ workload: { kind: "trace", ...change } });
    return workload.kind === "trace" ? workload.keep : "another kind";
  };
  expect(keepOf({ keep: "all" })).toBe("all");
  expect(keepOf({ keep: ["gpus", "qos"] })).toEqual(["gpus", "qos"]);
  expect(parseSpec({ workload: { kind: "trace" } }).workload).not.toHaveProperty("keep");
  expect(messages({ keep: ["gpu"] })).toHaveLength(1);
  expect(messages({ keep: ["gpu"] })[0]).toContain(
    "expected all, or a list of memory, gpus, nodes",
  );
  expect(messages({ kind: "lublin", keep: "all" })[0]).toContain("unknown key");
  expect(messages({ keep: ["memory"], memory: "drop" })).toEqual([
    "workload.memory: keep has memory, and memory is drop; leave out one of them",
  ]);
  expect(messages({ keep: ["gpus"], memory: "drop" })).toEqual([]);
});

test("a resample is a number or an object, and kept as an object", () => {
  const resampleOf = (resample: unknown) => {
    const { workload } = parseSpec({ workload: { resample } });
    return workload.kind === "trace" ? workload.resample : "another kind";
  };
  expect(resampleOf(3)).toEqual({ method: "users", number: 3 });
  expect(resampleOf("3")).toEqual({ method: "users", number: 3 });
  expect(resampleOf(undefined)).toBeUndefined();
  expect(resampleOf({ number: 2, period: 60 })).toEqual({ method: "users", number: 2, period: 60 });
  expect(resampleOf({ method: "shake" })).toEqual({
    method: "shake",
    number: 0,
    arrivals: 1,
    runs: 0,
  });
  expect(messages({ resample: 1_000_000 })).toEqual([
    "workload.resample.number: expected 0..999999, got 1000000",
  ]);
  expect(messages({ resample: { method: "shaken" } })).toEqual([
    'workload.resample.method: expected one of users, shake, got "shaken", did you mean "shake"?',
  ]);
  expect(messages({ resample: { runs: 0.1 } })).toEqual([
    "workload.resample.runs: unknown key (known: method, number, period)",
  ]);
});

test("what is the same each time cannot be drawn anew", () => {
  expect(messages({ kind: "hpl", resample: 1 })).toEqual([
    expect.stringMatching(/^workload\.resample: unknown key/),
  ]);
  const components = { one: { kind: "hpl", share: 1 } };
  expect(messages({ kind: "mixed", components, resample: 1 })).toEqual([
    "workload.resample: none of the components can be drawn anew: each is hpl, hpcg or elastic",
  ]);
});

test("keys of another kind are refused", () => {
  expect(messages({ kind: "lublin", load: 0.5 })).toEqual([
    "workload.load: unknown key (known: kind, variant, timeFactor, sizes, users, runtime, body, feedback, jobs, resample, seed)",
  ]);
  expect(messages({ kind: "hpl", timeFactor: 2 })).toEqual([
    expect.stringMatching(/^workload\.timeFactor: unknown key \(known: /),
  ]);
  expect(messages({ kind: "poisson", draw: { runs: "4" } })).toEqual([
    'workload.draw.runs: expected a distribution such as "exponential:4", got "4"',
  ]);
});

test("a mixture wants shares that sum to 1", () => {
  expect(messages({ kind: "mixed" })).toEqual([
    "workload.components: expected at least one component",
  ]);
  expect(messages({ kind: "mixed", components: { a: half, b: { ...half, share: 0.4 } } })).toEqual([
    "workload.components: expected shares that sum to 1, got 0.9",
  ]);
  const thirds = { kind: "lublin", share: 0.333333 };
  expect(
    messages({
      kind: "mixed",
      components: { a: thirds, b: thirds, c: { ...thirds, share: "0.333334" } },
    }),
  ).toEqual([]);
});

test("a share that is no job is refused", () => {
  const components = { a: { ...half, share: 0.99 }, b: { ...half, share: 0.01 } };
  expect(messages({ kind: "mixed", jobs: 40, components })).toEqual([
    "workload.components.b.share: 0.01 of workload.jobs, 40, is no job",
  ]);
});

test("a component is checked like a workload of its own, its jobs and seed are the mixture's", () => {
  const odd = {
    ...half,
    runtime: { min: 9, max: 3 },
    users: { count: 7, partitions: { user05: "elsewhere" } },
  };
  expect(messages({ kind: "mixed", components: { a: half, odd } })).toEqual([
    "workload.components.odd.users.count: expected at most workload.users.count, 3, got 7",
    'workload.components.odd.users.partitions.user05: unknown partition "elsewhere" (known: nodes)',
    "workload.components.odd.users.partitions.user05: no such user, workload.users.count is 3",
    "workload.components.odd.runtime.min: expected at most workload.components.odd.runtime.max, 3, got 9",
  ]);
  expect(messages({ kind: "mixed", components: { a: { ...half, jobs: 3, seed: 2 } } })).toEqual([
    "workload.components.a.jobs: unknown key (known: share, kind, file, format, badRows, window, memory, keep, compressIdle, timeFactor, sizes, users, runtime, body, feedback)",
    'workload.components.a.seed: unknown key, did you mean "keep"?',
    "workload.components: expected shares that sum to 1, got 0.5",
  ]);
  expect(messages({ kind: "mixed", components: { a: { kind: "mixed", share: 1 } } })[0]).toBe(
    'workload.components.a.kind: expected one of trace, poisson, lublin, hpl, hpcg, elastic, got "mixed"',
  );
});

test("shares of a whole are whole, complete and never further off than one", () => {
  const weights = fc.array(fc.double({ min: 0.001, max: 1, noNaN: true }), {
    minLength: 1,
    maxLength: 12,
  });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 100_000 }), weights, (total, parts) => {
      const sum = parts.reduce((all, part) => all + part, 0);
      const shares = parts.map((part) => part / sum);
      const counts = apportion(total, shares);
      expect(counts.reduce((all, count) => all + count, 0)).toBe(total);
      for (const [index, share] of shares.entries()) {
        expect(Math.abs((counts[index] ?? 0) - share * total)).toBeLessThan(1.001);
      }
    }),
  );
  expect(apportion(10, [0.25, 0.25, 0.5])).toEqual([3, 2, 5]);
});

test("a demand has levels in cores or in shares of the largest supply", () => {
  const level = (cores: unknown) =>
    messages({ kind: "elastic", shape: { kind: "steps", steps: [{ at: 0, cores }] } });
  for (const good of [0, 12, "12", "50%", "0.5%", "150%"]) expect(level(good)).toEqual([]);
  for (const bad of [-1, 1.5, "50 %", "half", "-5%", null]) {
    expect(level(bad)).toEqual([
      expect.stringMatching(
        /^workload\.shape\.steps\.0\.cores: expected (cores or a share of the largest supply such as "50%"|0\.\.1000000), got /,
      ),
    ]);
  }
});

test("a demand that changes millions of times is refused before it is planned", () => {
  const problems = (shape: object) => messages({ kind: "elastic", shape });
  expect(problems({ kind: "daily", period: 1, until: 31_622_400 })).toEqual([
    expect.stringMatching(
      /^workload.shape.period: expected longer, or an earlier until: the demand would change 1517875200 times/,
    ),
  ]);
  expect(problems({ kind: "bursts", every: 1, length: 0.5, until: 31_622_400 })).toEqual([
    expect.stringMatching(/^workload.shape.every: .* 63244800 times, more than 100000/),
  ]);
  expect(problems({ kind: "daily", period: 60, until: 86_400 })).toEqual([]);
});

test("without a shape a demand comes in bursts, and keys of another shape are refused", () => {
  const shapeOf = (shape: object) => {
    const { workload } = parseSpec({ workload: { kind: "elastic", ...shape } });
    return workload.kind === "elastic" ? workload.shape : null;
  };
  const bursts = { kind: "bursts", base: "10%", peak: "90%", every: 60, length: 20, until: 300 };
  expect(shapeOf({})).toEqual(bursts);
  expect(shapeOf({ shape: { peak: 7 } })).toEqual({ ...bursts, peak: 7 });
  expect(messages({ kind: "elastic", shape: { kind: "ramp", peak: 3 } })).toEqual([
    expect.stringMatching(/^workload\.shape\.peak: unknown key \(known: kind, from, to, over\)/),
  ]);
  expect(messages({ kind: "elastic", shape: { kind: "step" } })).toEqual([
    'workload.shape.kind: expected one of steps, bursts, ramp, daily, trace, got "step", did you mean "steps"?',
  ]);
  expect(messages({ kind: "elastic", shape: { kind: "steps", steps: [] } })).toEqual([
    "workload.shape.steps: expected at least one {at, cores}",
  ]);
  expect(messages({ kind: "elastic", jobs: 5 })).toEqual([
    expect.stringMatching(/^workload\.jobs: unknown key/),
  ]);
});

test("a demand that contradicts itself is refused with what is compared", () => {
  const shape = (change: object) => messages({ kind: "elastic", shape: change });
  expect(shape({ every: 10, length: 10 })).toEqual([
    "workload.shape.every: expected above 10, workload.shape.length, got 10",
  ]);
  expect(shape({ every: 100, until: 100 })).toEqual([
    "workload.shape.until: expected above 100, workload.shape.every, when the first burst begins, got 100",
  ]);
  const steps = [0, 20, 20, 5].map((at) => ({ at, cores: 1 }));
  expect(shape({ kind: "steps", steps, until: 4 })).toEqual([
    "workload.shape.steps.2.at: expected above 20, the time of the step before it, got 20",
    "workload.shape.steps.3.at: expected above 20, the time of the step before it, got 5",
    "workload.shape.until: expected above 5, the time of the last step, got 4",
  ]);
  const components = { wave: { kind: "elastic", shape: { every: 10, length: 30 } } };
  expect(messages({ kind: "mixed", components })).toEqual([
    "workload.components.wave.shape.every: expected above 30, workload.components.wave.shape.length, got 10",
  ]);
});

test("a demand in a mixture has no share, and the others' shares sum to 1 without it", () => {
  const wave = { kind: "elastic" };
  expect(messages({ kind: "mixed", components: { wave } })).toEqual([]);
  expect(messages({ kind: "mixed", components: { wave, a: half, b: half } })).toEqual([]);
  expect(messages({ kind: "mixed", components: { wave, a: half } })).toEqual([
    "workload.components: expected shares that sum to 1, got 0.5",
  ]);
  expect(messages({ kind: "mixed", components: { wave: { ...wave, share: 1 } } })[0]).toMatch(
    /^workload\.components\.wave\.share: unknown key/,
  );
});

test("all jobs are those of a log, not of a model or of the bundled trace", () => {
  expect(messages({ file: "log.swf", jobs: "all" })).toEqual([]);
  expect(messages({ jobs: "all" })).toEqual([
    "workload.jobs: expected a number: the bundled trace has as many jobs as are asked for",
  ]);
  expect(messages({ kind: "poisson", jobs: "all" })).toEqual([
    'workload.jobs: expected 1..100000, got "all"',
  ]);
  for (const jobs of [0, 100_001, "some"]) {
    expect(messages({ file: "log.swf", jobs })).toEqual([
      expect.stringMatching(/^workload\.jobs: expected 1\.\.100000( or all)?, got /),
    ]);
  }
});

test("idle stretches of a log are not cut in a resample, which has no waits", () => {
  const compressIdle = { longerThan: 60 };
  const trace = { kind: "trace", file: "log.swf", compressIdle };
  expect(messages({ ...trace, resample: 0 })).toEqual([]);
  expect(messages({ ...trace, resample: 1 })).toEqual([
    "workload.compressIdle: compressIdle needs the recorded waits, which a resample does not have; leave out compressIdle or resample",
  ]);
  const components = { a: { ...trace, share: 1 } };
  expect(messages({ kind: "mixed", components, resample: 1 })).toEqual([
    "workload.components.a.compressIdle: compressIdle needs the recorded waits, which a resample does not have; leave out compressIdle or resample",
  ]);
});

test("keys that a workload did not have before are absent where nothing is said", () => {
  expect(Object.keys(parseSpec({ workload: { kind: "trace" } }).workload).sort()).toEqual(
    ["body", "jobs", "kind", "runtime", "seed", "sizes", "timeFactor", "users"].sort(),
  );
});

test("a format needs the log that it is of", () => {
  expect(messages({ kind: "trace", format: "sacct" })).toEqual([
    "workload.format: expected workload.file beside it: the bundled trace has no format to choose",
  ]);
  expect(messages({ kind: "trace", file: "site.txt", format: "sacct" })).toEqual([]);
});

test("bad rows are refused or left out, of a log", () => {
  for (const badRows of ["refuse", "leave-out"]) {
    expect(messages({ file: "site.txt", badRows })).toEqual([]);
    const shape = { kind: "trace", file: "site.txt", window: { seconds: 10 }, badRows };
    expect(messages({ kind: "elastic", shape })).toEqual([]);
  }
  expect(messages({ file: "site.txt", badRows: "tolerant" })).toEqual([
    'workload.badRows: expected one of refuse, leave-out, got "tolerant"',
  ]);
  expect(messages({ badRows: "leave-out" })).toEqual([
    "workload.badRows: expected workload.file beside it: the bundled trace has no bad rows",
  ]);
});
