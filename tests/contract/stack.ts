import { existsSync } from "node:fs";
import path from "node:path";
import { afterAll, describe } from "vitest";
import { readHandle } from "../../cli/handle-file";
import { imageDir } from "../../images/build";
import type { Handle } from "../../infra/handle";
import type { Elastic } from "../../spec/elastic";
import type { SchedulerKind } from "../../spec/scheduler";
import { isBuilt } from "../../toolchain/build";
import { kubernetesPrograms } from "../../toolchain/kubernetes";
import { type Config, notRoot, TestStack } from "../e2e/test-stack";
import { contractPolicy } from "./acts";
import { contractTraits } from "./asks";
import { membershipContract } from "./membership";
import { type Scale, schedulerContract } from "./suite";

/** A stack's handle as JSON; its scheduler is tested in place of a new stack's. */
const standing = process.env.SCHEDLAB_CONTRACT_HANDLE;

/** `npm run test:contract`, and others that take their time. */
export const whole = process.env.SCHEDLAB_CONTRACT === "whole";

/** `npm test` has twenty minutes for everything; `npm run test:contract` takes the time it needs. */
const scale: Scale = whole
  ? { quickJobs: 200, awaySeconds: 60 }
  : { quickJobs: 40, awaySeconds: 5 };

/** Why tests for which `npm test` has no time are left to a script of their own; empty there. */
export function onlyWhole(script: string): string {
  return whole ? "" : `\`npm run ${script}\` has the time for it`;
}

/** Why there can be no cluster with Flux; empty where its packages are configured. */
export function fluxPackagesMissing(): string {
  const variable = "SCHEDLAB_FLUX_PACKAGES";
  return process.env[variable]
    ? ""
    : `no packages of Flux's are configured: ${variable} is not set`;
}

/** `npm run test:kubernetes` builds what is missing, which takes an hour on two cores. */
const alwaysKubernetes = process.env.SCHEDLAB_TEST_KUBERNETES === "always";

/** Why there can be no cluster with Kubernetes; empty where its image or its programs are cached. */
export async function kubernetesProgramsMissing(): Promise<string> {
  if (alwaysKubernetes || existsSync(path.join(imageDir("kubernetes"), "manifest.json"))) return "";
  for (const { binary } of kubernetesPrograms()) {
    if (await isBuilt(binary)) continue;
    return `${binary.name} is not cached; \`npm run test:kubernetes\` builds it`;
  }
  return "";
}

/** Containers: a controller, two nodes of two cores and so many GPUs, and next to no workload. */
export function contractTuple(kind: SchedulerKind, policy: object, gpus: number) {
  const { features, gpuType } = contractTraits;
  const traits = { features: [...features], ...(gpus > 0 ? { gpuType } : {}) };
  return {
    topology: {
      domain: "lxc",
      controller: { profile: "cpu1-512m", memory: "2GiB" },
      nodes: { profile: "cpu2-512m", count: 2, memory: "1GiB", gpus, ...traits },
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
    const tuple = contractTuple(kind, contractPolicy(kind), 1);
    schedulerContract(onStack(tuple, missing), scale);
  });
}

/** What membership does, on a stack of containers whose nodes, three, all come and go. */
export function membershipOnStack(
  kind: SchedulerKind,
  leaving: Elastic["leaving"],
  missing: () => Promise<string> = async () => "",
): void {
  describe.skipIf(notRoot)(`nodes that come and go: ${kind}${notRoot}`, () => {
    const { topology, ...tuple } = contractTuple(kind, {}, 1);
    const elastic = { min: 1, max: 3, provisioning: { kind: "daemon" }, leaving };
    const nodes = { ...topology.nodes, count: 3, elastic };
    const config = { ...tuple, topology: { ...topology, nodes }, run: { onUp: false } };
    membershipContract(onStack(config, missing));
  });
}

/** The cluster of a stack that is made for the tests of a `describe`, or why there is none. */
function onStack(tuple: Config, missing: () => Promise<string>): () => Promise<Handle | string> {
  let stack: TestStack | undefined;
  // Registered first, so that it runs last.
  afterAll(() => stack?.dispose(), 300_000);
  return async () => {
    if (standing !== undefined) return readHandle(standing);
    const why = await missing();
    if (why !== "") return why;
    stack = await TestStack.create(tuple);
    await stack.mustUp();
    return stack.handle();
  };
}
