import * as pulumi from "@pulumi/pulumi";
import { Failure } from "../base/failure";
import { hostFacts } from "../host/facts";
import { inotifyInstances } from "../host/inotify";
import { checkHypervisor, ensureLibvirtd, machineUri } from "../host/libvirtd";
import { rangeConflict } from "../host/network";
import { cachedDomainKind, probeDomainKind } from "../host/probe/kind";
import { type ShapingSupport, shapingSupport } from "../host/shaping";
import { ensureImage, type ImageFormat, imageDir } from "../images/build";
import { imageKey } from "../images/key";
import { described, type OutsideDescription } from "../images/outside/description";
import { outsidePackages } from "../images/outside/given";
import type { OutsidePackages } from "../images/outside/packages";
import type { ImageRole } from "../images/recipe";
import { imageRecipe } from "../images/roles";
import type { ExperimentSpec } from "../spec/spec";
import type { DomainKind } from "../spec/topology";
import type { NodeNeeds } from "../workloads/task";
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

/** What the resources are made from. It is determined before the first of them is registered. */
export interface PreparedHost {
  readonly kind: DomainKind;
  /** Unknown in a preview on a host where the hypervisor does not answer. */
  readonly uri: pulumi.Output<string>;
  readonly image: {
    readonly role: ImageRole;
    readonly key: string;
    readonly dir: string;
    /** The user's, if any. */
    readonly packages: OutsideDescription | undefined;
  };
  readonly kernelArguments: string;
  readonly shaping: ShapingSupport;
  /** Container domains that run now. */
  readonly running: ReadonlySet<string>;
}

const imageFormats: Record<DomainKind, readonly ImageFormat[]> = {
  lxc: ["tree"],
  kvm: ["tree", "disk"],
  qemu: ["tree", "disk"],
};

const report = (line: string) => void pulumi.log.info(line, undefined, undefined, true);

const isLocal = (uri: string) => uri.startsWith("qemu:///");

/** `up` makes ready what is missing and refuses what cannot work; `preview` touches nothing and warns. */
export function prepareHost(
  spec: ExperimentSpec,
  plan: ClusterPlan,
  needs: NodeNeeds,
): Promise<PreparedHost> {
  return pulumi.runtime.isDryRun() ? foresee(spec, plan, needs) : prepare(spec, plan, needs);
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
  { scheduler }: ExperimentSpec,
  { nodes }: ClusterPlan,
  kind: DomainKind,
  running: ReadonlySet<string>,
): Promise<string[]> {
  if (kind !== "lxc") return [];
  const started = nodes.filter(({ domainName }) => !running.has(domainName));
  return [
    ...containerProblems(nodes, scheduler.kind, await hostFacts()),
    ...inotifyProblems(inotifyNeed(started, scheduler.kind), await inotifyInstances()),
  ].map(lackText);
}

function lackText({ what, needed, have, remedy }: CapacityProblem): string {
  return `${what}: the plan needs ${needed}, the host has ${have}; ${remedy}`;
}

async function prepare(
  spec: ExperimentSpec,
  plan: ClusterPlan,
  needs: NodeNeeds,
): Promise<PreparedHost> {
  const { topology, scheduler } = spec;
  const uri = topology.hypervisor.uri ?? machineUri;
  if (isLocal(uri)) await ensureLibvirtd({ report });
  await checkHypervisor(uri);
  const running = await runningContainers();
  const problems = await hostProblems(plan, uri, running);
  if (problems.length > 0) throw new Failure(problems.join("\n"));
  if (isLocal(uri)) await removeOrphans(pulumi.getStack(), plan.name);
  const role = scheduler.kind;
  const packages = spec.image?.packages;
  const tree = await ensureImage(role, { report, packages, needs, formats: ["tree"] });
  const kind =
    topology.domain === "auto"
      ? (await probeDomainKind({ image: tree, report })).kind
      : topology.domain;
  if (kind === "lxc" && !isLocal(uri)) {
    throw new Failure(`container domains need the local hypervisor, not ${uri}`, {
      remedy: "set topology.domain to kvm or qemu, or leave topology.hypervisor.uri out",
    });
  }
  const lacks = await containerLacks(spec, plan, kind, running);
  if (lacks.length > 0) throw new Failure(lacks.join("\n"));
  const image = await ensureImage(role, { report, packages, formats: imageFormats[kind] });
  return {
    kind,
    uri: pulumi.output(uri),
    image: { role, key: image.key, dir: image.dir, packages: image.outside },
    kernelArguments: image.kernelArguments,
    shaping: await shapingSupport(kind),
    running,
  };
}

async function foresee(
  spec: ExperimentSpec,
  plan: ClusterPlan,
  needs: NodeNeeds,
): Promise<PreparedHost> {
  const { topology, scheduler } = spec;
  const uri = topology.hypervisor.uri ?? machineUri;
  const role = scheduler.kind;
  const running = await runningContainers();
  for (const problem of await hostProblems(plan, uri, running)) await pulumi.log.warn(problem);
  const answers = await checkHypervisor(uri).then(
    () => true,
    () => false,
  );
  if (!answers) await pulumi.log.warn(`${uri} does not answer: the preview assumes a new cluster`);
  const outside = await foreseenPackages(spec, needs);
  const dir = imageDir(role, outside);
  const known = topology.domain === "auto" ? await cachedDomainKind({ dir }) : topology.domain;
  const kind = known ?? "lxc";
  if (known === null) {
    await pulumi.log.warn("the kind of domain is not known yet: the preview assumes containers");
  }
  for (const problem of await containerLacks(spec, plan, kind, running)) {
    await pulumi.log.warn(problem);
  }
  return {
    kind,
    uri: answers ? pulumi.output(uri) : unknownText(),
    image: { role, key: imageKey(role, outside), dir, packages: outside && described(outside) },
    kernelArguments: imageRecipe(role).kernel.arguments,
    shaping: await shapingSupport(kind),
    running,
  };
}

/** Without packages that can be used, the preview assumes an image that holds none. */
async function foreseenPackages(
  spec: ExperimentSpec,
  needs: NodeNeeds,
): Promise<OutsidePackages | undefined> {
  try {
    return await outsidePackages(spec.scheduler.kind, spec.image?.packages, needs);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    await pulumi.log.warn([error.message, error.remedy].filter(Boolean).join("\n"));
    return undefined;
  }
}

/** With an unknown address the provider previews without a connection. */
function unknownText(): pulumi.Output<string> {
  return pulumi.output(pulumi.unknown as unknown as string);
}
