import { shellFile, shellWords } from "../../../../base/shell-script";
import { jobMemoryMiB } from "../../../../spec/allocation";
import { type SchedulerNode, schedulerNodes } from "../../../../spec/emulated";
import { type NodeTraits, poolTraits } from "../../../../spec/node-traits";
import { traitLabels } from "../../../../spec/schedulers/kubernetes/asks";
import {
  emulatedOnLabel,
  leafLabel,
  leafName,
} from "../../../../spec/schedulers/kubernetes/emulated";
import { gpuResource, partitionLabel } from "../../../../spec/schedulers/kubernetes/policy";
import type { ExperimentSpec } from "../../../../spec/spec";
import { mebibytes } from "../../../../spec/units";
import type { ClusterPlan, NodePlan } from "../../../plan";
import { digestOf } from "../../digest";
import { script } from "../../shell";
import type { BootstrapStep } from "../../step";
import { asAdmin, controlPlaneStepName } from "../control-plane";

/** kubectl makes one node after the other; the API server bears several at once. */
const kubectlsAtOnce = 4;

/** Label with the digest of all that is common to a domain's nodes; a node of another is made anew. */
const shapeLabel = "schedlab.local/shape";

/** kubelet's bound where no address is used up: enough for a pod on each core of the largest node. */
const leastPods = 500;

const functions = shellFile(__dirname, "nodes.sh").trimEnd();

/** What nodes of a domain have in common. */
interface DomainShape {
  readonly digest: string;
  /** The call that prints a line for each of them. */
  readonly call: string;
  readonly nodes: number;
  /** A Node with %s for its name, twice, and for its leaf switch where it has one. */
  readonly template: string;
  readonly hasLeaf: boolean;
}

function domainShapes(spec: ExperimentSpec, plan: ClusterPlan): DomainShape[] {
  const { topology } = spec;
  const pools = new Map(Object.entries({ ...topology.pools, nodes: topology.nodes }));
  return plan.nodes.flatMap((domain): DomainShape[] => {
    const pool = pools.get(domain.pool);
    const emulated = pool?.emulated;
    if (domain.role !== "compute" || pool === undefined || emulated === undefined) return [];
    if (emulated.from === "list") return listedShapes(spec, plan, domain);
    const { perDomain, switches } = emulated;
    const members = plan.nodes.filter(({ pool }) => pool === domain.pool);
    const alike = {
      vcpus: emulated.cores,
      memoryMiB: mebibytes(emulated.memory),
      gpus: emulated.gpus,
      leaf: switches === undefined ? null : 0,
      ...poolTraits(pool),
    };
    const template = JSON.stringify(nodeObject(plan, domain, alike));
    const digest = digestOf(template);
    const before = perDomain * members.indexOf(domain);
    return [
      {
        digest,
        call: `domain_nodes ${shellWords([
          ...[domain.name, perDomain, digest, domain.pool, switches ?? 0],
          ...[before, perDomain * members.length],
        ])}`,
        nodes: perDomain,
        template,
        hasLeaf: switches !== undefined,
      },
    ];
  });
}

/** One for each set of nodes of the domain's that are alike but for their names. */
function listedShapes(
  { topology }: ExperimentSpec,
  plan: ClusterPlan,
  domain: NodePlan,
): DomainShape[] {
  const alike = new Map<string, SchedulerNode[]>();
  for (const node of schedulerNodes(topology, plan.nodes)) {
    if (node.host !== domain.name) continue;
    const { vcpus, memoryMiB, gpus, leaf, partitions, gpuType, features } = node;
    const key = JSON.stringify([vcpus, memoryMiB, gpus, leaf, partitions, gpuType, features]);
    const known = alike.get(key);
    if (known === undefined) alike.set(key, [node]);
    else known.push(node);
  }
  return [...alike.values()].flatMap((nodes): DomainShape[] => {
    const [first] = nodes;
    if (first === undefined) return [];
    const template = JSON.stringify(nodeObject(plan, domain, first));
    const digest = digestOf(template);
    const leaf = first.leaf === null ? "-" : leafName(domain.pool, first.leaf);
    const names = nodes.map(({ name }) => name);
    return [
      {
        digest,
        call: `printf ${shellWords([`%s ${digest} ${leaf}\\n`, ...names])}`,
        nodes: nodes.length,
        template,
        hasLeaf: first.leaf !== null,
      },
    ];
  });
}

type Shape = NodeTraits &
  Pick<SchedulerNode, "vcpus" | "memoryMiB" | "gpus" | "leaf" | "partitions">;

/**
 * What a kubelet would register. Of the memory, jobs may have what a real node leaves them. kwok reports the
 * conditions, so that a node is ready only once somebody plays its kubelet.
 */
function nodeObject(plan: ClusterPlan, domain: NodePlan, shape: Shape) {
  const { vcpus, memoryMiB, gpus, leaf, partitions: own } = shape;
  const partitions = plan.partitions.filter(
    ({ name, nodes }) => nodes.includes(domain.name) && (own === undefined || own.includes(name)),
  );
  const common = {
    cpu: String(vcpus),
    pods: String(Math.max(leastPods, vcpus)),
    ...(gpus === 0 ? {} : { [gpuResource]: String(gpus) }),
  };
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: {
      name: "%s",
      labels: {
        "kubernetes.io/hostname": "%s",
        "kubernetes.io/os": "linux",
        // Else Kubernetes' controllers would add it, by two calls for each node.
        "beta.kubernetes.io/os": "linux",
        [emulatedOnLabel]: domain.name,
        ...Object.fromEntries(partitions.map(({ name }) => [partitionLabel(name), "true"])),
        ...traitLabels(shape),
        ...(leaf === null ? {} : { [leafLabel]: "%s" }),
      },
    },
    status: {
      capacity: { ...common, memory: `${memoryMiB}Mi` },
      allocatable: { ...common, memory: `${jobMemoryMiB({ memoryMiB })}Mi` },
      addresses: [{ type: "InternalIP", address: domain.address }],
    },
  };
}

/** A shell function that prints a Node for the words of a line of `wanted_nodes`. */
function objectFunction(shapes: readonly DomainShape[]): string {
  const cases = shapes.map(({ digest, template, hasLeaf }) => {
    const named = template.replace('"labels":{', `"labels":{"${shapeLabel}":"${digest}",`);
    const values = hasLeaf ? '"$1" "$1" "$3"' : '"$1" "$1"';
    return `${digest}) printf '${named}\\n' ${values} ;;`;
  });
  return ["node_object() {", 'case "$2" in', ...cases, "esac", "}"].join("\n");
}

/** Shell functions, of which `wanted_nodes` prints a line for each node, and how many lines these are. */
export function wantedNodes(
  spec: ExperimentSpec,
  plan: ClusterPlan,
): { readonly text: string; readonly count: number } {
  const shapes = domainShapes(spec, plan);
  return {
    text: [functions, wantedFunction(shapes)].join("\n"),
    count: shapes.reduce((sum, { nodes }) => sum + nodes, 0),
  };
}

function wantedFunction(shapes: readonly DomainShape[]): string {
  const calls = shapes.map(({ call }) => call);
  return ["wanted_nodes() {", ...calls, "}"].join("\n");
}

/**
 * The Node objects of every domain. They are made on the controller, because only there it shows which are
 * too many: those of a domain that is gone would take jobs that nobody runs.
 */
export function emulatedNodesStep(
  spec: ExperimentSpec,
  plan: ClusterPlan,
  controller: NodePlan,
): BootstrapStep {
  const shapes = domainShapes(spec, plan);
  const nodes = [wantedNodes(spec, plan).text, objectFunction(shapes), asAdmin];
  const digests = shapes.map(({ digest }) => digest).join(",");
  return {
    name: "emulated-nodes",
    host: controller.name,
    needs: [controlPlaneStepName],
    create: script(...nodes, `make_nodes ${emulatedOnLabel} ${kubectlsAtOnce} ${digests}`),
    delete: script(
      asAdmin,
      // One call for all of them.
      `kubectl delete --raw '/api/v1/nodes?labelSelector=${emulatedOnLabel}' >/dev/null`,
    ),
    check: script(...nodes, `check_nodes ${emulatedOnLabel}`),
  };
}
