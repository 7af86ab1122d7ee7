import { stringify } from "yaml";
import { highestPriority } from "../../../spec/job-attributes";
import { lowerPriorities, priorityClassOf } from "../../../spec/schedulers/kubernetes/asks";
import {
  accountQueue,
  commonQueue,
  type KubernetesPolicy,
  normalPriorityClass,
  urgentPriorityClass,
  userNamespace,
  userQueue,
} from "../../../spec/schedulers/kubernetes/policy";
import type { VolcanoConfiguration } from "../../../spec/schedulers/kubernetes/site";
import type { InstalledFile } from "../shell";
import { volcanoConfigPath, volcanoObjectsPath, webhookPort, webhooksPath } from "./paths";
import { claims, siteConfiguration } from "./volcano-site";

type Plugin = Readonly<Record<string, unknown>> & { readonly name: string };

const file = (path: string, documents: readonly unknown[]): InstalledFile => ({
  path,
  mode: "0644",
  owner: "root:root",
  // Long lines are not folded.
  content: documents.map((document) => stringify(document, { lineWidth: 0 })).join("---\n"),
});

const preemptionActions: Record<KubernetesPolicy["preemption"]["type"], readonly string[]> = {
  off: [],
  priority: ["preempt"],
  reclaim: ["reclaim"],
};

const fairnessPlugins: Record<KubernetesPolicy["fairness"], readonly Plugin[]> = {
  none: [],
  drf: [{ name: "drf", enablePreemptable: false }],
  proportion: [{ name: "proportion" }],
};

const placementPlugins: Record<KubernetesPolicy["placement"], Plugin> = {
  nodeorder: { name: "nodeorder" },
  binpack: { name: "binpack", arguments: { "binpack.weight": 10 } },
};

/** Above the other plugins that rate nodes: a job is kept together before its nodes are filled or spared. */
const switchesPlugin: Plugin = { name: "network-topology-aware", arguments: { weight: 10 } };

/**
 * The configuration of Volcano's scheduler, which reads it again whenever it changes. Where the nodes are below
 * switches, it places jobs by them.
 */
export function schedulerConfig(
  policy: KubernetesPolicy,
  switches = false,
  site: VolcanoConfiguration | null = null,
): InstalledFile {
  if (site !== null) return file(volcanoConfigPath, [siteConfiguration(site)]);
  const preempts = policy.preemption.type !== "off";
  const actions = [
    // `enqueue` lets a job have pods only when there seems to be room, but only a job with pods can preempt.
    ...(preempts ? [] : ["enqueue"]),
    "allocate",
    ...(policy.backfill ? ["backfill"] : []),
    ...preemptionActions[policy.preemption.type],
  ];
  // A gang is as large as its job. If gangs were protected, no running job could ever lose a pod.
  const gang = { name: "gang", enablePreemptable: false, enableReclaimable: false };
  const first: Plugin[] = [
    { name: "priority" },
    ...(policy.gang ? [gang] : []),
    { name: "conformance" },
  ];
  const second: Plugin[] = [
    ...(preempts ? [] : [{ name: "overcommit" }]),
    ...fairnessPlugins[policy.fairness],
    // Devices are counted as extended resources. With resource claims, Volcano 1.15.0 can hang (#5627).
    { name: "predicates", arguments: { [claims]: false } },
    placementPlugins[policy.placement],
    ...(switches ? [switchesPlugin] : []),
  ];
  return file(volcanoConfigPath, [
    { actions: actions.join(", "), tiers: [{ plugins: first }, { plugins: second }] },
  ]);
}

/** Of a job with the highest priority, and of one that asks for none. */
const normalPriority = 1000;

/** The role that a user of the workload has in the user's namespace. */
const userRole = "schedlab-user";

/** Priorities, Volcano's own rights, and for each user a namespace and the right to run jobs in it. */
export function clusterObjects(users: readonly string[]): InstalledFile {
  return file(volcanoObjectsPath, [
    priorityClass(normalPriorityClass, normalPriority),
    ...lowerPriorities.map((priority) => ({
      ...priorityClass(priorityClassOf(priority), normalPriority - highestPriority + priority),
      // A job that goes first takes nothing from those that run.
      preemptionPolicy: "Never",
    })),
    priorityClass(urgentPriorityClass, 10_000),
    {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRoleBinding",
      metadata: { name: "schedlab-volcano" },
      roleRef: { apiGroup: rbac, kind: "ClusterRole", name: "cluster-admin" },
      subjects: [{ apiGroup: rbac, kind: "User", name: volcanoUser }],
    },
    {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRole",
      metadata: { name: userRole },
      rules: [
        rule("batch.volcano.sh", ["jobs"], ["create", "delete", "get", "list", "watch"]),
        rule("scheduling.volcano.sh", ["podgroups"], ["get", "list", "watch"]),
        rule("", ["pods", "pods/log", "events"], ["get", "list", "watch"]),
      ],
    },
    ...users.flatMap((user) => userObjects(user)),
  ]);
}

interface Queue {
  readonly apiVersion: string;
  readonly kind: "Queue";
  readonly metadata: { readonly name: string };
  readonly spec: { readonly weight: number; readonly reclaimable: boolean };
}

/** They are created once Volcano's admission answers, because it checks each of them. */
export function queues(policy: KubernetesPolicy, users: readonly string[]): Queue[] {
  const weights = new Map<string, number>([
    ...users.map((user): [string, number] => {
      const queue = userQueue(policy, user);
      return [queue, queue === commonQueue ? 1 : (policy.shares[user] ?? 1)];
    }),
    ...Object.entries(policy.accounts ?? {}).map(([account, weight]): [string, number] => [
      accountQueue(account),
      weight,
    ]),
  ]);
  return [...weights].map(([name, weight]) => ({
    apiVersion: "scheduling.volcano.sh/v1beta1",
    kind: "Queue",
    metadata: { name },
    spec: { weight, reclaimable: true },
  }));
}

/** Volcano's units in the order in which they start. */
export const volcanoDaemons = [
  "vc-webhook-manager",
  "vc-scheduler",
  "vc-controller-manager",
] as const;

/** The user that Volcano's certificates name. */
export const volcanoUser = "schedlab:volcano";

const rbac = "rbac.authorization.k8s.io";

function rule(apiGroup: string, resources: readonly string[], verbs: readonly string[]) {
  return { apiGroups: [apiGroup], resources, verbs };
}

function priorityClass(name: string, value: number) {
  return {
    apiVersion: "scheduling.k8s.io/v1",
    kind: "PriorityClass",
    metadata: { name },
    value,
  };
}

function userObjects(user: string): unknown[] {
  const namespace = userNamespace(user);
  return [
    { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } },
    {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "RoleBinding",
      metadata: { name: userRole, namespace },
      roleRef: { apiGroup: rbac, kind: "ClusterRole", name: userRole },
      subjects: [{ apiGroup: rbac, kind: "User", name: user }],
    },
  ];
}

/** The requests that Volcano's admission checks. Pods are left out, because each would cost a call. */
const admissions = [
  ["jobs", "mutate", "batch.volcano.sh", "v1alpha1", ["CREATE"]],
  ["jobs", "validate", "batch.volcano.sh", "v1alpha1", ["CREATE", "UPDATE"]],
  ["podgroups", "mutate", "scheduling.volcano.sh", "v1beta1", ["CREATE"]],
  ["queues", "mutate", "scheduling.volcano.sh", "v1beta1", ["CREATE"]],
  ["queues", "validate", "scheduling.volcano.sh", "v1beta1", ["CREATE", "UPDATE", "DELETE"]],
] as const;

export const admissionPaths = admissions.map(([resource, verb]) => `/${resource}/${verb}`);

/** Stands for the certificate of the cluster's authority in base64, which is made on the controller. */
export const authorityMark = "CLUSTER_AUTHORITY";

const webhookKinds = {
  mutate: "MutatingWebhookConfiguration",
  validate: "ValidatingWebhookConfiguration",
} as const;

/** Volcano's admission looks for these by name when it starts. */
export function webhookConfigurations(): InstalledFile {
  return file(
    webhooksPath,
    admissions.map(([resource, verb, apiGroup, apiVersion, operations]) => ({
      apiVersion: "admissionregistration.k8s.io/v1",
      kind: webhookKinds[verb],
      metadata: { name: `volcano-admission-service-${resource}-${verb}` },
      webhooks: [
        {
          name: `${verb}${resource}.volcano.sh`,
          admissionReviewVersions: ["v1"],
          clientConfig: {
            url: `https://127.0.0.1:${webhookPort}/${resource}/${verb}`,
            caBundle: authorityMark,
          },
          rules: [
            { apiGroups: [apiGroup], apiVersions: [apiVersion], operations, resources: [resource] },
          ],
          failurePolicy: "Fail",
          sideEffects: "NoneOnDryRun",
          timeoutSeconds: 30,
        },
      ],
    })),
  );
}
