import type { V1PodTemplateSpec } from "@kubernetes/client-node";
import { kubernetesFacts } from "../../../spec/schedulers/kubernetes/facts";
import { gpuResource } from "../../../spec/schedulers/kubernetes/policy";
import { nodeShare } from "../../../workloads/fit";
import type { WorkloadJob } from "../../../workloads/job";
import type { JobRequest } from "../adapter";
import type { JobBody, ProcessBody } from "../wrapper";
import { OUTPUT_DIRECTORY, processBody, wrapperCommand } from "../wrapper";
import { placementOf } from "./asks";
import type { ManifestContext } from "./manifest-context";
import { launcherPath, mpiLauncher, sshServer } from "./mpi";
import { jobLabel, mainTask, objectName, runLabel, schedulerJobName } from "./names";

export const image = "schedlab.local/job:1";
/** As long as Slurm's KillWait: from TERM to KILL. */
export const killSeconds = 2;
export const container = "job";

/** Pods that are alike. */
export interface PodKind {
  readonly name: string;
  readonly replicas: number;
  readonly cores: number;
  readonly gpus: number;
}

/** Of a job that says on how many nodes it runs a pod a node, of others a pod a core. */
export function podsOf(job: WorkloadJob): PodKind[] {
  const share = nodeShare(job);
  if (share === null) return podKinds(job.cores, job.gpus);
  const { nodes, cores, gpus } = share;
  const kinds = [
    { name: mainTask, replicas: 1, cores, gpus },
    { name: "worker", replicas: nodes - 1, cores, gpus },
  ];
  return kinds.filter(({ replicas }) => replicas > 0);
}

export function podCount(kinds: readonly PodKind[]): number {
  return kinds.reduce((sum, { replicas }) => sum + replicas, 0);
}

/**
 * A pod a core, as Slurm has a task a core: the scheduler may spread them over nodes as it likes. GPUs
 * go round the pods, so that none wants more than it has to.
 */
export function podKinds(cores: number, gpus: number): PodKind[] {
  const each = Math.floor(gpus / cores);
  const rest = gpus % cores;
  const kinds: PodKind[] = [
    { name: mainTask, replicas: 1, cores: 1, gpus: rest > 0 ? each + 1 : each },
    { name: "worker-gpu", replicas: Math.max(0, rest - 1), cores: 1, gpus: each + 1 },
    { name: "worker", replicas: cores - Math.max(1, rest), cores: 1, gpus: each },
  ];
  return kinds.filter(({ replicas }) => replicas > 0);
}

/** The node's own programs: the same that a job under any other scheduler runs. */
const nodeMounts = [
  { name: "usr", path: "/usr", readOnly: true },
  { name: "etc", path: "/etc", readOnly: true },
  { name: "opt", path: "/opt", readOnly: true },
  { name: "home", path: "/home", readOnly: false },
];

/** What a pod asks for, and may use. */
export function podResources(
  { job }: JobRequest,
  kind: PodKind,
  context: ManifestContext,
): Record<string, string> {
  const memoryMiB = nodeShare(job)?.memoryMiB ?? context.memoryPerCoreMiB(job) * kind.cores;
  return {
    cpu: String(kind.cores),
    memory: `${memoryMiB}Mi`,
    ...(kind.gpus === 0 ? {} : { [gpuResource]: String(kind.gpus) }),
  };
}

export function podTemplate(
  request: JobRequest,
  kind: PodKind,
  context: ManifestContext,
): V1PodTemplateSpec {
  const { job, body } = request;
  const main = kind.name === mainTask;
  const mounts = [...nodeMounts, { name: "run", path: context.directory, readOnly: false }];
  const resources = podResources(request, kind, context);
  const asksForWorkers = main && body.kind === "mpi" && podCount(podsOf(job)) > 1;
  return {
    metadata: { labels: { [runLabel]: context.runId, [jobLabel]: String(job.id) } },
    spec: {
      schedulerName: "volcano",
      restartPolicy: "Never",
      terminationGracePeriodSeconds: killSeconds,
      // Only one pod has the limit: the job ends with it, and each pod's clock starts a little apart.
      ...(main ? { activeDeadlineSeconds: deadline(job.limitSeconds) } : {}),
      ...placementOf(job, context),
      automountServiceAccountToken: asksForWorkers,
      enableServiceLinks: false,
      dnsPolicy: "Default",
      securityContext: { runAsUser: context.user.uid, runAsGroup: context.user.gid },
      containers: [
        {
          name: container,
          image,
          imagePullPolicy: "Never",
          command: [
            "/bin/bash",
            "-c",
            verbatim(main ? mainScript(request, kind, context) : workerScript(body, kind)),
          ],
          env: environment(request, asksForWorkers, context),
          resources: { requests: resources, limits: resources },
          volumeMounts: mounts.map(({ name, path, readOnly }) => ({
            name,
            mountPath: path,
            ...(readOnly ? { readOnly } : {}),
          })),
        },
      ],
      volumes: mounts.map(({ name, path }) => ({ name, hostPath: { path, type: "Directory" } })),
    },
  };
}

export function deadline(limitSeconds: number): number {
  const { limitResolutionSeconds } = kubernetesFacts;
  return Math.ceil(limitSeconds / limitResolutionSeconds) * limitResolutionSeconds;
}

/** Kubernetes puts variables into a command: `$(NAME)` is one, and `$$` stands for a dollar sign. */
export function verbatim(script: string): string {
  return script.replaceAll(/\$(?=[$(])/g, "$$$$");
}

function environment({ job }: JobRequest, asksForWorkers: boolean, context: ManifestContext) {
  const home = `/home/${job.user}`;
  return [
    { name: "HOME", value: home },
    { name: "LOGNAME", value: job.user },
    { name: "USER", value: job.user },
    { name: "PATH", value: "/usr/local/bin:/usr/bin:/bin" },
    { name: "SCHEDLAB_NODE", valueFrom: { fieldRef: { fieldPath: "spec.nodeName" } } },
    ...(asksForWorkers
      ? [
          { name: "SCHEDLAB_ADDRESS", valueFrom: { fieldRef: { fieldPath: "status.podIP" } } },
          // Without service addresses on the nodes, the API server's own.
          { name: "KUBERNETES_SERVICE_HOST", value: context.apiServer.host },
          { name: "KUBERNETES_SERVICE_PORT", value: String(context.apiServer.port) },
        ]
      : []),
  ];
}

/** The wrapper, whose output stays on its node as under any other scheduler. */
function mainScript(
  { job, body }: JobRequest,
  { cores }: PodKind,
  context: ManifestContext,
): string {
  const workers = podCount(podsOf(job)) - 1;
  const name = objectName(context.runId, job.id);
  const command = wrapperCommand({
    directory: context.directory,
    job: job.id,
    body,
    schedulerJob: schedulerJobName(context.namespace, name),
    nodeList: '"$SCHEDLAB_NODE"',
    nodeCores: "",
    everywhere: "",
    mpi: `/bin/bash ${launcherPath}`,
    // The other pods keep their cores busy themselves.
    cores,
  });
  return [
    `exec >>${context.directory}/${OUTPUT_DIRECTORY}/${job.id} 2>&1`,
    ...(body.kind === "mpi"
      ? [`cat >${launcherPath} <<'END'`, `${mpiLauncher(name, workers, cores)}END`]
      : []),
    command,
  ].join("\n");
}

const workerBodies: {
  readonly [Kind in ProcessBody["kind"]]: (
    body: Extract<ProcessBody, { kind: Kind }>,
    cores: number,
  ) => string;
} = {
  sleep: () => "sleep infinity",
  command: () => "sleep infinity",
  spin: ({ seconds }, cores) => {
    const loop = "while ((${EPOCHREALTIME/[.,]/} < until)); do :; done";
    return [
      `until=$((\${EPOCHREALTIME/[.,]/} + ${Math.round(seconds * 1e6)}))`,
      ...Array.from({ length: cores - 1 }, () => `${loop} &`),
      loop,
      "sleep infinity",
    ].join("\n");
  },
  mpi: () => sshServer,
};

/**
 * Holds its cores until the job's main pod has ended and Volcano takes the rest down. As first process of
 * its container, a program would ignore TERM.
 */
function workerScript(asked: JobBody, { cores }: PodKind): string {
  const body = processBody(asked);
  const script = workerBodies[body.kind] as (body: ProcessBody, cores: number) => string;
  return ["trap 'exit 0' TERM", "{", script(body, cores), "} &", "wait"].join("\n");
}
