import { mkdir } from "node:fs/promises";
import path from "node:path";
import { execa } from "execa";
import type { SchedulerKind } from "../../spec/scheduler";
import { type Config, TestStack } from "../e2e/test-stack";
import { Scene } from "./scene";

/** Room for the records of many short runs, and quickly full. */
const RUNS_MIB = 48;

/** So many jobs of some seconds on four cores; their submission takes about twenty seconds. */
export const chaosJobs = 30;

function tuple(kind: SchedulerKind): Config {
  return {
    topology: {
      domain: "lxc",
      controller: { profile: "cpu1-512m", memory: "2GiB" },
      nodes: { profile: "cpu2-512m", count: 2, memory: "1GiB" },
      overcommit: { cores: 8 },
    },
    scheduler: { kind },
    workload: {
      kind: "poisson",
      jobs: chaosJobs,
      load: 0.8,
      draw: { sizes: "choice:1=2,2=1", runs: "uniform:1:3" },
      users: { count: 2 },
    },
    run: { deadline: 300 },
  };
}

/**
 * Brings up a cluster of containers, gives its run directories a small file system of their own, lets
 * `work` have it, and takes all of it down.
 */
export async function withScene<T>(
  kind: SchedulerKind,
  work: (scene: Scene) => Promise<T>,
): Promise<T> {
  const stack = await TestStack.create(tuple(kind));
  const runs = path.join(stack.directory, "results", "runs");
  let mounted = false;
  try {
    await mkdir(runs, { recursive: true });
    await execa("mount", ["-t", "tmpfs", "-o", `size=${RUNS_MIB}m`, "schedlab-chaos", runs]);
    mounted = true;
    await stack.mustUp();
    const scene = new Scene(kind, stack, await stack.handle(), runs);
    try {
      return await work(scene);
    } finally {
      scene.close();
    }
  } finally {
    if (mounted) await execa("umount", [runs], { reject: false });
    await stack.dispose();
  }
}
