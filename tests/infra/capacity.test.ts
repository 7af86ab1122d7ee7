import { describe, expect, it } from "vitest";
import {
  capacityProblems,
  containerProblems,
  inotifyNeed,
  inotifyProblems,
} from "../../infra/capacity";
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

describe("containers of one host", () => {
  const { nodes } = plan({ ...small, nodes: { profile: "cpu4", count: 2 } });

  it("may have more cores than the host, except under Kubernetes", () => {
    expect(containerProblems(nodes, "slurm", host)).toEqual([]);
    expect(containerProblems(nodes, "kubernetes", { cores: 4 })).toEqual([]);
    expect(containerProblems(nodes, "kubernetes", host)).toMatchObject([
      {
        what: "cores",
        needed: "4 vCPUs in a single container, node01, under Kubernetes",
        have: "2 cores",
      },
    ]);
  });

  it("share the inotify instances of root", () => {
    expect([inotifyNeed(nodes, "slurm"), inotifyNeed(nodes, "kubernetes")]).toEqual([9, 39]);
    expect(inotifyProblems(39, { limit: 128, used: 89 })).toEqual([]);
    expect(inotifyProblems(39, null)).toEqual([]);
    expect(inotifyProblems(39, { limit: 128, used: 90 })).toEqual([
      {
        what: "inotify",
        needed: "39 instances in containers",
        have: "38 of 128 left for root",
        remedy: "raise the limit: sysctl -w fs.inotify.max_user_instances=512",
      },
    ]);
  });
});
