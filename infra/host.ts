import * as pulumi from "@pulumi/pulumi";
import { Failure } from "../base/failure";
import { hostFacts } from "../host/facts";
import { inotifyInstances } from "../host/inotify";
import { checkHypervisor, ensureLibvirtd, machineUri } from "../host/libvirtd";
import { rangeConflict } from "../host/network";
import { cachedDomainKind, type ProbedImage, probeDomainKind } from "../host/probe/kind";
import { type ShapingSupport, shapingSupport } from "../host/shaping";
import { hostThreads } from "../host/threads";
import { foreseeImage, type ImageWanted, makeImage, type StackImage } from "../images/maker";
import type { ExperimentSpec } from "../spec/spec";
import type { DomainKind } from "../spec/topology";
import type { PlannedWorkload } from "../workloads/planned";
import { type NodeNeeds, nodeNeeds } from "../workloads/task";
import {
  type CapacityProblem,
  capacityProblems,
  containerProblems,
  inotifyNeed,
  inotifyProblems,
} from "./capacity";
import { runningContainers } from "./libvirt/generation";
import { removeOrphans } from "./orphans";
import type { ClusterPlan } from "./plan";
import { threadNeed, threadProblems } from "./threads";

/** What the resources are made from. It is determined before the first of them is registered. */
export interface PreparedHost {
  readonly kind: DomainKind;
  /** Unknown in a preview on a host where the hypervisor does not answer. */
  readonly uri: pulumi.Output<string>;
  readonly image: StackImage;
  readonly kernelArguments: string;
  readonly shaping: ShapingSupport;
  /** Container domains that run now. */
  readonly running: ReadonlySet<string>;
}

const report = (line: string) => void pulumi.log.info(line, undefined, undefined, true);

const isLocal = (uri: string) => uri.startsWith("qemu:///");

/** `up` makes ready what is missing and refuses what cannot work; `preview` touches nothing and warns. */
export function prepareHost(
  spec: ExperimentSpec,
  plan: ClusterPlan,
  workload: PlannedWorkload,
): Promise<PreparedHost> {
  return pulumi.runtime.isDryRun() ? foresee(spec, plan, workload) : prepare(spec, plan, workload);
}

/** Reasons why this host cannot hold the plan. A remote hypervisor's host is not looked into. */
async function hostProblems(
  plan: ClusterPlan,
  uri: string,
  running: ReadonlySet<string>,
): Promise<string[]> {
  if (!isLocal(uri)) return [];
  const facts = await hostFacts();
  // What the stack's own nodes hold already counts as free for them.
  const own = plan.nodes.some(({ domainName }) => running.has(domainName));
  const memoryMiB = own ? facts.totalMemoryMiB : facts.memoryMiB;
  const lacking = capacityProblems(plan, { ...facts, memoryMiB }).map(lackText);
  const conflict = await rangeConflict(plan.network.cidr, plan.network.name);
  return conflict === null ? lacking : [...lacking, conflict];
}

/** The same for nodes that are containers. */
async function containerLacks(
  spec: ExperimentSpec,
  plan: ClusterPlan,
  workload: PlannedWorkload,
  kind: DomainKind,
  running: ReadonlySet<string>,
): Promise<string[]> {
  if (kind !== "lxc") return [];
  const { nodes } = plan;
  const { scheduler } = spec;
  const started = nodes.filter(({ domainName }) => !running.has(domainName));
  return [
    ...containerProblems(nodes, scheduler.kind, await hostFacts()),
    ...inotifyProblems(inotifyNeed(started, scheduler.kind), await inotifyInstances()),
    ...threadProblems(threadNeed(spec, plan, workload, running), await hostThreads()),
  ].map(lackText);
}

function lackText({ what, needed, have, remedy }: CapacityProblem): string {
  return `${what}: the plan needs ${needed}, the host has ${have}; ${remedy}`;
}

async function prepare(
  spec: ExperimentSpec,
  plan: ClusterPlan,
  workload: PlannedWorkload,
): Promise<PreparedHost> {
  const { topology } = spec;
  const uri = topology.hypervisor.uri ?? machineUri;
  if (isLocal(uri)) await ensureLibvirtd({ report });
  await checkHypervisor(uri);
  const running = await runningContainers();
  const problems = await hostProblems(plan, uri, running);
  if (problems.length > 0) throw new Failure(problems.join("\n"));
  if (isLocal(uri)) await removeOrphans(pulumi.getStack(), plan.name);
  const image = await makeImage(wantedImage(spec, nodeNeeds(workload.tasks)), report);
  const kind =
    topology.domain === "auto"
      ? (await probeDomainKind({ image: probed(image), report })).kind
      : topology.domain;
  if (kind === "lxc" && !isLocal(uri)) {
    throw new Failure(`container domains need the local hypervisor, not ${uri}`, {
      remedy: "set topology.domain to kvm or qemu, or leave topology.hypervisor.uri out",
    });
  }
  const lacks = await containerLacks(spec, plan, workload, kind, running);
  if (lacks.length > 0) throw new Failure(lacks.join("\n"));
  if (kind !== "lxc") await image.readyForMachines();
  return {
    kind,
    uri: pulumi.output(uri),
    image,
    kernelArguments: image.kernelArguments,
    shaping: await shapingSupport(kind),
    running,
  };
}

async function foresee(
  spec: ExperimentSpec,
  plan: ClusterPlan,
  workload: PlannedWorkload,
): Promise<PreparedHost> {
  const { topology } = spec;
  const uri = topology.hypervisor.uri ?? machineUri;
  const running = await runningContainers();
  for (const problem of await hostProblems(plan, uri, running)) await pulumi.log.warn(problem);
  const answers = await checkHypervisor(uri).then(
    () => true,
    () => false,
  );
  if (!answers) await pulumi.log.warn(`${uri} does not answer: the preview assumes a new cluster`);
  const image = await foreseeImage(wantedImage(spec, nodeNeeds(workload.tasks)), (text) =>
    pulumi.log.warn(text),
  );
  const known =
    topology.domain === "auto" ? await cachedDomainKind(probed(image)) : topology.domain;
  const kind = known ?? "lxc";
  if (known === null) {
    await pulumi.log.warn("the kind of domain is not known yet: the preview assumes containers");
  }
  for (const problem of await containerLacks(spec, plan, workload, kind, running)) {
    await pulumi.log.warn(problem);
  }
  return {
    kind,
    uri: answers ? pulumi.output(uri) : unknownText(),
    image,
    kernelArguments: image.kernelArguments,
    shaping: await shapingSupport(kind),
    running,
  };
}

function wantedImage({ image, scheduler }: ExperimentSpec, needs: NodeNeeds): ImageWanted {
  return { image, role: scheduler.kind, needs, stack: pulumi.getStack() };
}

function probed({ dir, role, key }: StackImage): ProbedImage {
  return { dir, name: `${role}-${key}` };
}

/** With an unknown address the provider previews without a connection. */
function unknownText(): pulumi.Output<string> {
  return pulumi.output(pulumi.unknown as unknown as string);
}
