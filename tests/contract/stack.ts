import { afterAll, describe } from "vitest";
import { readHandle } from "../../cli/handle-file";
import type { Handle } from "../../infra/handle";
import type { SchedulerKind } from "../../spec/scheduler";
import { notRoot, TestStack } from "../e2e/test-stack";
import { contractPolicy } from "./acts";
import { type Scale, schedulerContract } from "./suite";

/** A stack's handle as JSON; its scheduler is tested in place of a new stack's. */
const standing = process.env.SCHEDLAB_CONTRACT_HANDLE;

/** `npm run test:contract`. */
export const whole = process.env.SCHEDLAB_CONTRACT === "whole";

/** `npm test` has twenty minutes for everything; `npm run test:contract` takes the time it needs. */
const scale: Scale = whole
  ? { quickJobs: 200, awaySeconds: 60 }
  : { quickJobs: 40, awaySeconds: 5 };

/** Why there can be no cluster with Flux; empty where its packages are configured. */
export function fluxPackagesMissing(): string {
  const variable = "SCHEDLAB_FLUX_PACKAGES";
  return process.env[variable]
    ? ""
    : `no packages of Flux's are configured: ${variable} is not set`;
}

/** Containers: a controller, two nodes of two cores and so many GPUs, and next to no workload. */
export function contractTuple(kind: SchedulerKind, policy: object, gpus: number) {
  return {
    topology: {
      domain: "lxc",
      controller: { profile: "cpu1-512m", memory: "2GiB" },
      nodes: { profile: "cpu2-512m", count: 2, memory: "1GiB", gpus },
      overcommit: { cores: 8 },
    },
    scheduler: { kind, policy },
    workload: { kind: "trace", jobs: 1, timeFactor: 0.01, runtime: { max: 1 } },
  };
}

/**
 * The contract on a stack of containers: two nodes of two cores and a GPU. `missing` says why there can be no
 * stack, empty when there can.
 */
export function contractOnStack(
  kind: SchedulerKind,
  missing: () => Promise<string> = async () => "",
): void {
  describe.skipIf(notRoot)(`the scheduler contract: ${kind}${notRoot}`, () => {
    let stack: TestStack | undefined;
    // Registered first, so that it runs last.
    afterAll(() => stack?.dispose(), 300_000);

    schedulerContract(async (): Promise<Handle | string> => {
      if (standing !== undefined) return readHandle(standing);
      const why = await missing();
      if (why !== "") return why;
      stack = await TestStack.create(contractTuple(kind, contractPolicy(kind), 1));
      await stack.mustUp();
      return stack.handle();
    }, scale);
  });
}
