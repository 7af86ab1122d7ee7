import pLimit from "p-limit";
import type { Scheduler } from "../../../spec/scheduler";
import { kubernetesFacts } from "../../../spec/schedulers/kubernetes/facts";
import { userNamespace } from "../../../spec/schedulers/kubernetes/policy";
import { runChecked } from "../../remote/executor";
import { measureClock } from "../../run/clock";
import {
  type AdapterContext,
  type Capabilities,
  SAMPLE_MS,
  type SchedulerAdapter,
} from "../adapter";
import { controllerOf } from "../controller";
import { daemonCosts } from "../daemons";
import { ClusterNotReady } from "../not-ready";
import { requeueRule } from "../requeue";
import { SeenJobs } from "./accounting";
import { apiServerPort, Connection, call, describeError } from "./connection";
import { forgetFinished } from "./former-jobs";
import { internalsCommand, parseInternals } from "./internals";
import type { ManifestContext } from "./manifest-context";
import { kubernetesMembership } from "./membership";
import { memoryRule } from "./memory";
import { parseSchedulerJob, runLabel } from "./names";
import { unusableNodes } from "./nodes";
import { nodeSchema, type VolcanoJob, volcanoJobSchema } from "./objects";
import { kubeletTimes, kwokTimes } from "./pod-times";
import { queuedJobs } from "./queue";
import { volcanoJobs } from "./resources";
import { kubernetesSubmission } from "./submission";
import { allowListingPods, unixUsers } from "./users";
import { versionsFile, versionText } from "./versions";
import { watchRun } from "./watch-run";

const CALL_MS = 60_000;
const CANCEL_AT_ONCE = 16;
/** Nodes that an error names. */
const NAMED = 5;

/** Helpers that live as long as a job (containerd-shim, runc; Slurm's slurmstepd) are not among them. */
const DAEMONS = [
  "etcd",
  "kube-apiserver",
  "kube-controller-manager",
  "vc-scheduler",
  "vc-controller-manager",
  "vc-webhook-manager",
  "kubelet",
  "containerd",
  "kwok",
];

/** The API server and kubelet write whole seconds; the wrapper has milliseconds. */
const capabilities: Capabilities = {
  resolutionMs: { submit: 1000, eligible: 1000, start: 1000, end: 1000 },
  liveMoments: true,
  limitResolutionSeconds: kubernetesFacts.limitResolutionSeconds,
  wraps: true,
  // Volcano knows dependencies among the tasks of one Job only.
  dependencies: "harness",
};

/** kwok runs no wrapper; of a pod's beginning and end it tells the milliseconds. */
const emulatedCapabilities: Capabilities = {
  ...capabilities,
  resolutionMs: { ...capabilities.resolutionMs, start: 1, end: 1 },
  wraps: false,
};

/** Kubernetes with Volcano through the API server, from the harness. */
export function kubernetesAdapter(
  context: AdapterContext,
  scheduler: Extract<Scheduler, { kind: "kubernetes" }>,
): SchedulerAdapter {
  const { executor, cluster, runId } = context;
  const controller = controllerOf(cluster);
  const host = controller.name;
  const emulated = cluster.schedulerNodes.some((node) => node.emulated);
  const seen = new SeenJobs(runId);
  let opened: Promise<Connection> | undefined;
  const connect = () => {
    opened ??= Connection.open(executor, controller);
    opened.catch(() => {
      opened = undefined;
    });
    return opened;
  };

  const listJobs = async (selector?: string): Promise<VolcanoJob[]> => {
    const { admin } = await connect();
    const list = await call(host, "list the jobs", () =>
      admin.custom.listCustomObjectForAllNamespaces({
        ...volcanoJobs,
        ...(selector === undefined ? {} : { labelSelector: selector }),
      }),
    );
    return list.items.map((item: unknown) => volcanoJobSchema.parse(item));
  };

  return {
    kind: "kubernetes",
    capabilities: emulated ? emulatedCapabilities : capabilities,

    async prepare() {
      const { admin } = await connect();
      const list = await call(host, "ask the API server for its nodes", () =>
        admin.core.listNode(),
      );
      const down = unusableNodes(
        list.items.map((item) => nodeSchema.parse(item)),
        cluster.schedulerNodes.map(({ name }) => name),
      );
      if (down.length > 0) {
        const which = down.slice(0, NAMED).map(({ name, state }) => `${name} is ${state}`);
        const more = down.length > NAMED ? `, and ${down.length - NAMED} more` : "";
        const unit = emulated ? "kwok` on their domains" : "kubelet` on the nodes";
        throw new ClusterNotReady(`Kubernetes cannot use every node: ${which.join(", ")}${more}`, {
          remedy: `Run \`pulumi up\` again, or see \`journalctl --unit ${unit}.`,
        });
      }
      await forgetFinished(listJobs, admin, host, runId);
      const { stdout } = await runChecked(executor, host, `cat ${versionsFile}`, {
        step: "read the versions",
        deadlineMs: CALL_MS,
      });
      return { version: versionText(stdout) };
    },

    watch: async (observer) =>
      watchRun(
        await connect(),
        host,
        runId,
        observer,
        (job) => seen.see(job),
        emulated ? kwokTimes : kubeletTimes,
      ),

    async openSubmission(users) {
      const connection = await connect();
      const { admin } = connection;
      const [ids, { offsetMs }] = await Promise.all([
        unixUsers(executor, host, users),
        measureClock(executor, host),
        ...users.map((user) => allowListingPods(admin, host, user)),
      ]);
      const shared = {
        runId,
        directory: context.nodeDirectory,
        policy: scheduler.policy,
        defaultPartition: cluster.partitions[0]?.name ?? "nodes",
        memoryPerCoreMiB: memoryRule(cluster),
        requeues: requeueRule(cluster),
        emulated,
        switches: cluster.schedulerNodes.some(({ leaf }) => leaf !== null),
        apiServer: { host: controller.address, port: apiServerPort },
      };
      const ways = [...ids].map(([name, user]) => {
        const manifest: ManifestContext = { ...shared, namespace: userNamespace(name), user };
        return [name, { clients: connection.as(name), manifest }] as const;
      });
      return kubernetesSubmission({
        controller: host,
        users: new Map(ways),
        now: () => performance.timeOrigin + performance.now() + offsetMs,
      });
    },

    queue: async () => queuedJobs(await listJobs()),

    async accounting() {
      for (const job of await listJobs(`${runLabel}=${runId}`)) seen.see(job);
      return seen.accounted();
    },

    // A harness that is gone has no calls under way.
    fence: async () => 0,

    async cancel(schedulerJobs) {
      const { admin } = await connect();
      const limit = pLimit(CANCEL_AT_ONCE);
      const names = schedulerJobs.flatMap((job) => parseSchedulerJob(job) ?? []);
      await call(host, "cancel jobs", () =>
        Promise.all(
          names.map((name) =>
            limit(() =>
              // Foreground: the job is listed until its pods are gone.
              admin.custom
                .deleteNamespacedCustomObject({
                  ...volcanoJobs,
                  ...name,
                  propagationPolicy: "Foreground",
                })
                .catch((error) => {
                  if (describeError(error).status !== 404) throw error;
                }),
            ),
          ),
        ),
      );
    },

    daemons: (options = {}) =>
      daemonCosts(executor, cluster.nodes, DAEMONS, options.resetPeak ?? false),

    // Volcano plans no starts, so that there are no estimates.
    async internals() {
      const { stdout } = await runChecked(executor, host, internalsCommand, {
        step: "read the counters of Volcano's scheduler",
        deadlineMs: SAMPLE_MS,
      });
      return parseInternals(stdout);
    },

    membership: kubernetesMembership({ executor, cluster, host, connect }),
  };
}
