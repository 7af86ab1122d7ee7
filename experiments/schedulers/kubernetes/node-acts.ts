import { gpuResource } from "../../../spec/schedulers/kubernetes/policy";
import { type ApiClients, call, describeError, loadClient } from "./connection";
import { podJobLabel } from "./names";
import type { WholeNode } from "./node-views";
import { needsNode, type Pod, podSchema, volcanoJobSchema } from "./objects";
import { leftReason } from "./outcome";
import { volcanoCommands, volcanoJobs } from "./resources";

/** What is done to nodes, and to the pods on them, by the API server. Each can be repeated. */

/** The API server, and the controller's name for errors. */
export interface Api {
  readonly host: string;
  readonly core: ApiClients["core"];
  readonly custom: ApiClients["custom"];
}

const notFound = 404;
const alreadyThere = 409;

/** Runs a call; null when what it is about is not there. @throws RemoteError naming the step. */
export async function ifThere<T>(
  host: string,
  step: string,
  work: () => Promise<T>,
): Promise<T | null> {
  return call(host, step, async () => {
    try {
      return await work();
    } catch (error) {
      if (describeError(error).status === notFound) return null;
      throw error;
    }
  });
}

/** @returns whether there is such a node. */
export async function cordon({ host, core }: Api, name: string): Promise<boolean> {
  const options = await mergePatch();
  const node = await ifThere(host, `cordon ${name}`, () =>
    core.patchNode({ name, body: { spec: { unschedulable: true } } }, options),
  );
  return node !== null;
}

/** Gives a node what it lacks after it was made anew, or was cordoned. */
export async function makeWhole({ host, core }: Api, whole: WholeNode): Promise<void> {
  const { name, labels, gpus } = whole;
  const options = await mergePatch();
  if (gpus > 0) {
    const resources = { [gpuResource]: String(gpus) };
    const body = { status: { capacity: resources, allocatable: resources } };
    await call(host, `tell of ${name}'s accelerators`, () =>
      core.patchNodeStatus({ name, body }, options),
    );
  }
  const body = { metadata: { labels }, spec: { unschedulable: null } };
  await call(host, `uncordon ${name}`, () => core.patchNode({ name, body }, options));
}

/** The pods that hold something on a node. */
export async function podsOn({ host, core }: Api, node: string): Promise<Pod[]> {
  const list = await call(host, `list the pods on ${node}`, () =>
    core.listPodForAllNamespaces({ fieldSelector: `spec.nodeName=${node}` }),
  );
  return list.items.map((item) => podSchema.parse(item)).filter(needsNode);
}

/**
 * Has Volcano end the jobs of these pods in order and queue them again, each as a whole. An eviction would
 * not do: Volcano 1.15 sees that an evicted pod has failed before it sees that it is gone, and a gang ends
 * with a pod that fails.
 */
export async function requeueJobs(api: Api, pods: readonly Pod[]): Promise<void> {
  const jobs = new Map(
    pods.flatMap(({ metadata: { namespace, labels, deletionTimestamp } }) => {
      const name = labels[podJobLabel];
      if (name === undefined || deletionTimestamp != null) return [];
      return [[`${namespace}/${name}`, { namespace, name }] as const];
    }),
  );
  await Promise.all([...jobs.values()].map((job) => requeueJob(api, job)));
}

async function requeueJob(
  { host, custom }: Api,
  { namespace, name }: { readonly namespace: string; readonly name: string },
): Promise<void> {
  const step = `queue ${namespace}/${name} again`;
  const found = await ifThere(host, step, () =>
    custom.getNamespacedCustomObject({ ...volcanoJobs, namespace, name }),
  );
  if (found === null) return;
  const { uid } = volcanoJobSchema.parse(found).metadata;
  const { group, version } = volcanoJobs;
  const body = {
    apiVersion: `${volcanoCommands.group}/${volcanoCommands.version}`,
    kind: "Command",
    // Volcano removes a command before it obeys: of the same name there is one at a time.
    metadata: { name: `requeue-${name}`, namespace },
    action: "RestartJob",
    target: { apiVersion: `${group}/${version}`, kind: "Job", name, uid },
  };
  await call(host, step, () =>
    custom.createNamespacedCustomObject({ ...volcanoCommands, namespace, body }).catch((error) => {
      if (describeError(error).status !== alreadyThere) throw error;
    }),
  );
}

/** Takes a pod away at once, and says that its node has gone. */
export async function disown({ host, core }: Api, { metadata }: Pod): Promise<void> {
  const { name, namespace } = metadata;
  const { PatchStrategy, setHeaderOptions } = await loadClient();
  const lastTransitionTime = new Date();
  const condition = {
    type: "DisruptionTarget",
    status: "True",
    reason: leftReason,
    lastTransitionTime,
  };
  await ifThere(host, `mark ${namespace}/${name}`, () =>
    core.patchNamespacedPodStatus(
      { name, namespace, body: { status: { conditions: [condition] } } },
      setHeaderOptions("Content-Type", PatchStrategy.StrategicMergePatch),
    ),
  );
  await ifThere(host, `remove ${namespace}/${name}`, () =>
    core.deleteNamespacedPod({ name, namespace, gracePeriodSeconds: 0 }),
  );
}

export async function deleteNode({ host, core }: Api, name: string): Promise<void> {
  await ifThere(host, `delete ${name}`, () => core.deleteNode({ name }));
}

async function mergePatch() {
  const { PatchStrategy, setHeaderOptions } = await loadClient();
  return setHeaderOptions("Content-Type", PatchStrategy.MergePatch);
}
