import { expect, test } from "vitest";
import { planCluster } from "../../infra/plan";
import { threadNeed, threadProblems } from "../../infra/threads";
import { parseSpec } from "../../spec/parse";
import { oneCoreJob } from "../experiments/one-core-job";

const nodes = {
  count: 2,
  memory: "4GiB",
  emulated: { perDomain: 500, cores: 2, memory: "4GiB" },
};

function needOf(
  jobs: number,
  { scheduler = {}, running = [] as string[], topology = { nodes } as object } = {},
) {
  const spec = parseSpec({ scheduler, topology });
  const plan = planCluster(spec, { stack: "dev" });
  const planned = Array.from({ length: jobs }, (_, index) => oneCoreJob({ id: index + 1 }));
  return threadNeed(spec, plan, { jobs: planned }, new Set(running));
}

test("threads are needed for nodes that are still to come, and for jobs", () => {
  expect(needOf(100)).toEqual({
    nodes: 1000,
    threadsOfNodes: 4000,
    jobs: 100,
    threadsOfJobs: 1800,
  });
  expect(needOf(1, { running: ["schedlab-dev-node02"] })?.threadsOfNodes).toBe(2000);
});

test("no more jobs need threads than the nodes have cores", () => {
  expect(needOf(2500)?.jobs).toBe(2000);
});

test("real nodes are not counted", () => {
  expect(needOf(100, { topology: {} })).toBeNull();
  expect(threadProblems(null, { limit: 1, used: 1 })).toEqual([]);
});

test("what the host cannot hold is refused with the figures and a limit that is enough", () => {
  const need = needOf(2000);
  expect(threadProblems(need, { limit: 32_768, used: 400 })).toEqual([
    {
      what: "threads",
      needed:
        "40000 threads (4000 of 1000 emulated nodes, 36000 of 2000 jobs with a process at once)",
      have: "32368 of 32768 left",
      remedy:
        "raise the limit: sysctl -w kernel.pid_max=131072, or take fewer emulated nodes, or jobs without a process (body: hold)",
    },
  ]);
  expect(threadProblems(need, { limit: 131_072, used: 400 })).toEqual([]);
  expect(threadProblems(need, null)).toEqual([]);
});
