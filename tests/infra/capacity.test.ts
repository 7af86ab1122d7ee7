import { describe, expect, it } from "vitest";
import { capacityProblems } from "../../infra/capacity";
import { planCluster } from "../../infra/plan";
import { parseSpec } from "../../spec/parse";

const plan = (topology: object) => planCluster(parseSpec({ topology }), { stack: "dev" });
const host = { cores: 2, memoryMiB: 4096, freeDiskGiB: 20 };
const small = { controller: { profile: "cpu1-512m" }, nodes: { profile: "cpu2-512m" } };

describe("capacityProblems", () => {
  it("says what is needed, what is there and what to do", () => {
    expect(capacityProblems(plan(small), host)).toEqual([
      {
        what: "cores",
        needed: "5 vCPUs in 3 nodes",
        have: "2 cores",
        remedy:
          "take fewer or smaller nodes (topology.nodes), or set topology.overcommit.cores to 2.5",
      },
    ]);
  });

  it("is content with just as much overcommit as its remedy names", () => {
    expect(capacityProblems(plan({ ...small, overcommit: { cores: 2.5 } }), host)).toEqual([]);
    expect(capacityProblems(plan({ ...small, overcommit: { cores: 2.4 } }), host)).toHaveLength(1);
  });

  it("counts the memory of all nodes", () => {
    const problems = capacityProblems(
      plan({ ...small, nodes: { profile: "cpu1-2g", count: 2 }, overcommit: { cores: 2 } }),
      host,
    );
    expect(problems.map(({ what, needed, have }) => [what, needed, have])).toEqual([
      ["memory", "4608 MiB in 3 nodes", "4096 MiB"],
    ]);
  });

  it("wants room for the image and what the nodes write, not for whole disks", () => {
    const overcommit = { cores: 4 };
    expect(capacityProblems(plan({ ...small, overcommit }), { ...host, freeDiskGiB: 4 })).toEqual(
      [],
    );
    const [problem] = capacityProblems(plan({ ...small, overcommit }), { ...host, freeDiskGiB: 1 });
    expect(problem).toMatchObject({ what: "disk", needed: "4 GiB", have: "1 GiB free" });
  });
});
