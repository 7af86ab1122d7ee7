import { gpuResource } from "../../../spec/schedulers/kubernetes/policy";
import { type ApiClients, call, describeError, loadClient } from "./connection";
import type { WholeNode } from "./node-views";
import { isActive, type Pod, podSchema } from "./objects";
import { leftReason } from "./outcome";

/** What is done to nodes, and to the pods on them, by the API server. Each can be repeated. */

/** The API server, and the controller's name for errors. */
export interface Api {
  readonly host: string;
  readonly core: ApiClients["core"];
}

const notFound = 404;

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
  return list.items.map((item) => podSchema.parse(item)).filter(isActive);
}

/** Ends a pod in order; its job goes back to the queue, or ends, as its manifest says. */
export async function evict({ host, core }: Api, { metadata }: Pod): Promise<void> {
  const { name, namespace } = metadata;
  const body = { metadata: { name, namespace } };
  await ifThere(host, `evict ${namespace}/${name}`, () =>
    core.createNamespacedPodEviction({ name, namespace, body }),
  );
}

/** Takes a pod away at once, and says that its node has gone. */
export async function disown({ host, core }: Api, { metadata }: Pod): Promise<void> {
  const { name, namespace } = metadata;
  const { PatchStrategy, setHeaderOptions } = await loadClient();
  const condition = { type: "DisruptionTarget", status: "True", reason: leftReason };
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
