import { describe, expect, test } from "vitest";
import { CampaignError, planCampaign } from "../../../campaigns/plan/plan";
import { parseSpec } from "../../../spec/parse";
import type { ExperimentSpec } from "../../../spec/spec";
import { logFile } from "../../workloads/swf-fixture";

const document = {
  name: "first",
  base: ["small", "trace"],
  axes: {
    scheduler: ["slurm", "kubernetes"],
    "topology.nodes.count": [2, 4],
    "workload.seed": "range(1,3)",
  },
  parts: {
    small: { topology: { controller: { profile: "cpu1" }, nodes: { profile: "cpu2-512m" } } },
    trace: { workload: { jobs: 5 } },
    builtin: { scheduler: { kind: "slurm", policy: { sched: { type: "builtin" } } } },
  },
};

async function problems(changes: object, ...overrides: string[]): Promise<string[]> {
  try {
    await planCampaign({ ...document, ...changes }, overrides);
  } catch (error) {
    if (error instanceof CampaignError) return error.message.split("\n");
    throw error;
  }
  return [];
}

const jobsOf = ({ workload }: ExperimentSpec) => ("jobs" in workload ? workload.jobs : null);

const labels = async (changes: object, ...overrides: string[]) =>
  (await planCampaign({ ...document, ...changes }, overrides)).tuples.map(({ label }) => label);

describe("the tuples of a campaign", () => {
  test("are all combinations, the last axis varying fastest, whole and with their defaults", async () => {
    const { tuples } = await planCampaign(document, []);
    expect(tuples.map(({ label }) => label)).toEqual([
      ...["slurm, 2, 1", "slurm, 2, 2", "slurm, 4, 1", "slurm, 4, 2"],
      ...["kubernetes, 2, 1", "kubernetes, 2, 2", "kubernetes, 4, 1", "kubernetes, 4, 2"],
    ]);
    expect(tuples[3]?.spec).toEqual(
      parseSpec({
        topology: { ...document.parts.small.topology, nodes: { profile: "cpu2-512m", count: 4 } },
        scheduler: { kind: "slurm" },
        workload: { jobs: 5, seed: 2 },
      }),
    );
    expect(tuples[3]?.axes).toEqual({
      scheduler: "slurm",
      "topology.nodes.count": "4",
      "workload.seed": "2",
    });
    expect(tuples[3]?.workload.jobs).toBe(5);
  });

  test("of one workload have the notes of their own schedulers, which cannot all be asked for the same", async () => {
    const line = "1 0 0 10 1 -1 -1 1 20 1024 1 1 -1 -1 -1 -1 -1 -1";
    const file = logFile(["; MaxProcs: 4", line].join("\n"));
    const trace = { workload: { file, jobs: 1, memory: "keep" } };
    const { tuples } = await planCampaign(
      {
        ...document,
        axes: { scheduler: ["slurm", "flux"] },
        parts: { ...document.parts, trace },
      },
      [],
    );
    expect(tuples.map(({ workload }) => workload.notes)).toEqual([
      [],
      [expect.stringMatching(/^1 jobs run without their memory: /)],
    ]);
  });

  test("are those that the constraints leave", async () => {
    const exclude = [{ scheduler: "kubernetes", "topology.nodes.count": 4 }];
    const only = [{ "workload.seed": 2 }, { scheduler: ["slurm"], "topology.nodes.count": [2] }];
    expect(await labels({ exclude, only })).toEqual([
      ...["slurm, 2, 1", "slurm, 2, 2", "slurm, 4, 2", "kubernetes, 2, 2"],
    ]);
  });

  test("are chosen on the command line", async () => {
    expect(
      await labels({}, "scheduler=kubernetes", "workload.seed=7,9", "~topology.nodes.count"),
    ).toEqual(["7", "9"]);
    expect(await labels({}, "+policy=builtin", "workload.jobs=3", "scheduler=slurm")).toHaveLength(
      4,
    );
  });

  test("have the command line's value of a key over that of a part that an axis chooses", async () => {
    const axes = { "workload.seed": [5], size: ["few", "many"] };
    const parts = {
      few: { workload: { jobs: 2 } },
      many: { workload: { jobs: 9, seed: 2 }, run: { deadline: 60 } },
    };
    const { tuples } = await planCampaign({ name: "x", axes, parts }, ["workload.jobs=4"]);
    expect(tuples.map(({ spec }) => [jobsOf(spec), spec.workload.seed])).toEqual([
      [4, 5],
      [4, 5],
    ]);
  });

  test("keep of another kind's section what the new kind knows", async () => {
    const parts = {
      tuned: {
        scheduler: { kind: "slurm", policy: { sched: { interval: 5 } } },
        workload: { jobs: 7, seed: 3 },
      },
    };
    const axes = { scheduler: ["slurm", "kubernetes"], "workload.kind": ["trace", "poisson"] };
    const { tuples } = await planCampaign({ name: "x", base: ["tuned"], parts, axes }, []);
    expect(
      tuples.map(({ spec }) => [spec.scheduler.policy, jobsOf(spec), spec.workload.seed]),
    ).toEqual([
      [expect.objectContaining({ sched: expect.objectContaining({ interval: 5 }) }), 7, 3],
      [expect.objectContaining({ sched: expect.objectContaining({ interval: 5 }) }), 7, 3],
      [expect.objectContaining({ gang: true }), 7, 3],
      [expect.objectContaining({ gang: true }), 7, 3],
    ]);
  });

  test("have a key's default where an axis says null", async () => {
    const axes = { "workload.jobs": [null, 6] };
    const { tuples } = await planCampaign({ ...document, axes }, []);
    expect(tuples.map(({ label, workload }) => [label, workload.jobs])).toEqual([
      ["default", 40],
      ["6", 6],
    ]);
  });
});

describe("the hash of a tuple", () => {
  const hashes = async (changes: object, ...overrides: string[]) =>
    (await planCampaign({ ...document, ...changes }, overrides)).tuples.map(({ hash }) => hash);

  test("stays with another campaign name, order, store and further values", async () => {
    const before = await hashes({});
    const after = await hashes(
      { name: "other", repeats: 9 },
      "run.store=x.duckdb",
      "workload.seed=range(1,4)",
    );
    expect(after).toEqual(expect.arrayContaining(before));
    expect(new Set(before).size).toBe(8);
  });

  test("changes with anything that is measured", async () => {
    const before = await hashes({});
    for (const change of [
      "workload.jobs=6",
      "run.sampleSeconds=2",
      "topology.overcommit.cores=2",
    ]) {
      expect((await hashes({}, change)).filter((hash) => before.includes(hash))).toEqual([]);
    }
  });
});

describe("the clusters of a campaign", () => {
  test("serve the tuples of one topology and scheduler, each on a range of its own", async () => {
    const { clusters } = await planCampaign(document, []);
    expect(clusters.map(({ tuples }) => tuples.map(({ label }) => label))).toEqual([
      ["slurm, 2, 1", "slurm, 2, 2"],
      ["slurm, 4, 1", "slurm, 4, 2"],
      ["kubernetes, 2, 1", "kubernetes, 2, 2"],
      ["kubernetes, 4, 1", "kubernetes, 4, 2"],
    ]);
    expect(new Set(clusters.map(({ cidr }) => cidr)).size).toBe(4);
    for (const { stack, hash, plan } of clusters) {
      expect(stack).toBe(`first-${hash.slice(0, 8)}`);
      expect(plan.name).toBe(`schedlab-${stack}`);
    }
  });

  test("differ for tuples with another number of users, whom the bootstrap makes", async () => {
    const { clusters } = await planCampaign(document, ["workload.users.count=3,5"]);
    expect(clusters).toHaveLength(8);
  });
});

describe("the runs of a campaign", () => {
  test("are blocks of all tuples, in an order that the seed decides", async () => {
    const { runs, tuples } = await planCampaign(document, []);
    expect(runs.map(({ position }) => position)).toEqual(runs.map((_, index) => index + 1));
    for (const repeat of [1, 2, 3]) {
      const block = runs.slice((repeat - 1) * 8, repeat * 8);
      expect(block.every((run) => run.repeat === repeat)).toBe(true);
      expect(new Set(block.map(({ tuple }) => tuple))).toEqual(new Set(tuples));
    }
    const order = (list: typeof runs) =>
      list.map(({ tuple, repeat }) => `${tuple.label} ${repeat}`);
    expect(order((await planCampaign(document, [])).runs)).toEqual(order(runs));
    expect(order((await planCampaign(document, ["order.seed=2"])).runs)).not.toEqual(order(runs));
  });
});

describe("a campaign is refused with", () => {
  test("the nearest name of a misspelt axis, in the file and on the command line", async () => {
    expect(await problems({ axes: { "workload.sed": [1] } }, "nodes.count=3", "repets=2")).toEqual([
      'nodes.count=3: unknown key, did you mean "topology.nodes.count"?',
      'repets=2: unknown key, did you mean "repeats"?',
      'axes.workload.sed: unknown key sed in workload, did you mean "seed"?',
    ]);
    expect(await problems({ axes: { schedulr: ["slurm"] } })).toEqual([
      'axes.schedulr: unknown key, did you mean "scheduler"?; and its values are no names of parts',
    ]);
  });

  test("the problems of all tuples, each once and with the values that lead to it", async () => {
    expect(
      await problems({}, "topology.nodes.count=2,99", "scheduler=slurm,slrum", "workload.seed=1,x"),
    ).toEqual([
      'axes.scheduler: no such part; as scheduler.kind: expected one of slurm, kubernetes, flux, got "slrum", did you mean "slurm"?',
      'workload.seed: expected 0..2147483647, got "x" (workload.seed x)',
      "topology.nodes.count: expected 1..64, got 99 (topology.nodes.count 99)",
    ]);
    const users = { scheduler: { policy: { preemption: { type: "qos", users: ["user09"] } } } };
    expect(
      await problems(
        { parts: { ...document.parts, users } },
        "base=small,users",
        "scheduler=slurm",
      ),
    ).toEqual([
      "scheduler.policy.preemption.users.user09: no such user, workload.users.count is 3",
    ]);
  });

  test("what is wrong between fields, with all the axes that lead there", async () => {
    const axes = { "workload.runtime.min": [1, 5, 9], "workload.runtime.max": [4, 6] };
    expect(await problems({ axes })).toEqual([
      "workload.runtime.min: expected at most workload.runtime.max, 4, got 5 (workload.runtime.min 5, workload.runtime.max 4)",
      "workload.runtime.min: expected at most workload.runtime.max, 4, got 9 (workload.runtime.min 9, workload.runtime.max 4)",
      "workload.runtime.min: expected at most workload.runtime.max, 6, got 9 (workload.runtime.min 9, workload.runtime.max 6)",
    ]);
  });

  test("an unknown part, and parts that build on themselves", async () => {
    const parts = { small: { base: ["a"] }, a: { base: ["b"] }, b: { base: ["a"] } };
    expect(await problems({ parts, base: ["smal"] })).toEqual([
      "parts.b.base.0: builds on itself: a → b → a",
      'base.0: no such part: "smal", did you mean "small"?',
    ]);
  });

  test("an axis without values, and a value that is there twice", async () => {
    const axes = { "workload.seed": [], "workload.jobs": [3, 3], "run.deadline": "range(9,9)" };
    expect(await problems({ axes })).toEqual([
      "axes.workload.seed: has no values",
      "axes.workload.jobs: has the value 3 twice",
      "axes.run.deadline: has no values",
    ]);
  });

  test("constraints that leave nothing, or could never match", async () => {
    expect(await problems({ exclude: [{ scheduler: ["slurm", "kubernetes"] }] })).toEqual([
      "exclude: leaves none of the 8 combinations",
    ]);
    expect(await problems({ only: [{ scheduler: "slrum" }, { sheduler: "slurm" }, {}] })).toEqual([
      'only.0.scheduler: never matches: the axis has no value slrum, did you mean "slurm"?',
      'only.1.sheduler: no such axis, did you mean "scheduler"?',
      "only.2: says nothing, so it matches everything",
    ]);
  });

  test("nothing for a constraint on values that the command line did not choose", async () => {
    const exclude = [{ scheduler: "kubernetes", "topology.nodes.count": 4 }];
    expect(await labels({ exclude }, "scheduler=slurm")).toHaveLength(4);
  });

  test("two combinations that are the same tuple", async () => {
    const parts = {
      ...document.parts,
      one: { workload: { seed: 1 } },
      two: { workload: { seed: 2 } },
    };
    expect(await problems({ parts, axes: { w: ["one", "two"], "workload.seed": [3, 4] } })).toEqual(
      [
        "axes: the same tuple more than once: (w one, workload.seed 3) and (w two, workload.seed 3) (w two)",
      ],
    );
  });

  test("repeats and a store that do not belong to single tuples", async () => {
    expect(await problems({}, "run.repeat=3", "run.store=a,b")).toEqual([
      "run.repeat: expected 1, got 3: the campaign's own repeats say how often each tuple runs",
      "run.store: expected one store for all tuples, got a, b",
    ]);
  });

  test("a trace that is not there, where it is used", async () => {
    const [first = "", ...others] = await problems({}, "workload.file=null,missing.swf");
    expect(others).toEqual([]);
    expect(first).toMatch(/^workload: .*missing\.swf.*\(workload\.file missing\.swf\)$/);
  });

  test("names that JavaScript would lose", async () => {
    const parts = JSON.parse('{"a": {"topology": {"__proto__": {}}}}');
    expect(await problems({ parts })).toEqual([
      "parts.a.topology.__proto__: cannot be used as a name",
    ]);
  });

  test("too many combinations", async () => {
    expect(await problems({}, "workload.seed=range(100000)")).toEqual([
      "axes: 400000 combinations, expected at most 100000",
    ]);
  });
});
