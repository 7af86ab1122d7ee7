import { runsAnnotation } from "../../../../spec/schedulers/kubernetes/emulated";

/**
 * What kwok does in kubelet's place. Kubernetes' times are whole seconds, so a running pod's
 * `status.message` and the message of its ended container have them in milliseconds, as
 * "START END REASON" and "START END": the first END is the time at which the pod is to end, the second the
 * time at which it did. A time to end that stands in the pod survives kwok's restart, and however late kwok
 * hears of its own change, the pod ends no later for it.
 */

interface Requirement {
  /** jq. */
  readonly key: string;
  readonly operator: "Exists" | "DoesNotExist" | "In" | "NotIn";
  readonly values?: readonly string[];
}

interface Stage {
  readonly name: string;
  readonly kind: "Node" | "Pod";
  readonly when: readonly Requirement[];
  /** jq that gives the time at which it is due; at once where there is none. */
  readonly due?: string;
  readonly delayMs?: readonly [least: number, most: number];
  readonly next: { readonly delete: true } | { readonly statusTemplate: string };
}

const timeForm = "2006-01-02T15:04:05.000Z07:00";

const phase = (operator: "In" | "NotIn", ...values: string[]): Requirement => ({
  key: ".status.phase",
  operator,
  values,
});
const deleted = (operator: "Exists" | "DoesNotExist"): Requirement => ({
  key: ".metadata.deletionTimestamp",
  operator,
});

/** A pod without a grace is gone when kwok hears of it: to report on it would be in vain. */
const withGrace: Requirement = {
  key: ".metadata.deletionGracePeriodSeconds | tostring",
  operator: "NotIn",
  values: ["0"],
};

/** Third word of a running pod's message. */
const endsBy = (reason: string): Requirement => ({
  key: '.status.message // "" | split(" ")[2]',
  operator: "In",
  values: [reason],
});

/** A node reports this often; real kubelets do so every five minutes, and renew a lease every ten seconds. */
export const nodeReportMs = [600_000, 900_000] as const;

/** Kubernetes' controllers change a node at once too, and kwok would report for each of its changes. */
const gatherMs = [200, 200] as const;

/**
 * Conditions as kubelet reports them. kwok fills in what the node lacks; capacity and labels are in the node
 * from the start.
 */
const nodeStatus = `{{ $now := Now }}
{{ $since := or .metadata.creationTimestamp $now }}
conditions:
{{ range NodeConditions }}
- lastHeartbeatTime: {{ $now | Quote }}
  lastTransitionTime: {{ $since | Quote }}
  message: {{ .message | Quote }}
  reason: {{ .reason | Quote }}
  status: {{ .status | Quote }}
  type: {{ .type | Quote }}
{{ end }}
phase: Running
`;

/**
 * The container runs from now on. It ends by itself after its time, or is ended at its pod's limit, whichever
 * comes first, as kubelet has it; a pod that has neither runs until it is taken down.
 */
const started = `{{ $now := now }}
{{ $annotations := or .metadata.annotations dict }}
{{ $runs := index $annotations "${runsAnnotation}" }}
{{ $limit := .spec.activeDeadlineSeconds }}
{{ $reason := "" }}
{{ $ms := 0 }}
{{ if $runs }}
{{ $reason = "itself" }}
{{ $ms = int64 $runs }}
{{ end }}
{{ if $limit }}
{{ if or (not $runs) (gt $ms (mul (int64 $limit) 1000)) }}
{{ $reason = "limit" }}
{{ $ms = mul (int64 $limit) 1000 }}
{{ end }}
{{ end }}
{{ $end := dateModify (printf "+%dms" $ms) $now }}
{{ $start := dateInZone "${timeForm}" $now "UTC" }}
conditions:
{{ range list "Initialized" "Ready" "ContainersReady" }}
- lastTransitionTime: {{ $start | Quote }}
  status: "True"
  type: {{ . }}
{{ end }}
containerStatuses:
{{ range .spec.containers }}
- image: {{ .image | Quote }}
  imageID: ""
  name: {{ .name | Quote }}
  ready: true
  restartCount: 0
  started: true
  state:
    running:
      startedAt: {{ $start | Quote }}
{{ end }}
message: {{ printf "%s %s %s" $start (dateInZone "${timeForm}" $end "UTC") $reason | Quote }}
phase: Running
startTime: {{ $start | Quote }}
`;

interface Ending {
  readonly exit: number;
  readonly phase: "Succeeded" | "Failed";
  /** Why the pod failed as a whole, for the pod's own status. */
  readonly reason?: string;
  readonly message?: string;
}

/** The container has ended. */
function ended({ exit, phase, reason, message = "" }: Ending): string {
  return `{{ $now := dateInZone "${timeForm}" now "UTC" }}
{{ $start := or .status.message "" | splitList " " | first }}
{{ $since := .status.startTime }}
conditions:
{{ range list "Ready" "ContainersReady" }}
- lastTransitionTime: {{ $now | Quote }}
  reason: PodCompleted
  status: "False"
  type: {{ . }}
{{ end }}
containerStatuses:
{{ range .spec.containers }}
- image: {{ .image | Quote }}
  imageID: ""
  name: {{ .name | Quote }}
  ready: false
  restartCount: 0
  started: false
  state:
    terminated:
      exitCode: ${exit}
      finishedAt: {{ $now | Quote }}
      message: {{ printf "%s %s" $start $now | Quote }}
      reason: ${exit === 0 ? "Completed" : "Error"}
      startedAt: {{ $since | Quote }}
{{ end }}
message: "${message}"
phase: ${phase}
${reason === undefined ? "" : `reason: ${reason}\n`}`;
}

/** 128 and the number of TERM, by which kubelet ends what has to end. */
const terminated = { exit: 143, phase: "Failed" } as const;

export const stages: readonly Stage[] = [
  {
    name: "node-starts",
    kind: "Node",
    when: [
      {
        key: '.status.conditions.[] | select(.type == "Ready") | .status',
        operator: "NotIn",
        values: ["True"],
      },
    ],
    delayMs: gatherMs,
    next: { statusTemplate: nodeStatus },
  },
  {
    name: "node-reports",
    kind: "Node",
    when: [
      {
        key: '.status.conditions.[] | select(.type == "Ready") | .status',
        operator: "In",
        values: ["True"],
      },
    ],
    delayMs: nodeReportMs,
    next: { statusTemplate: nodeStatus },
  },
  {
    name: "pod-starts",
    kind: "Pod",
    when: [phase("In", "Pending"), deleted("DoesNotExist")],
    next: { statusTemplate: started },
  },
  {
    name: "pod-ends",
    kind: "Pod",
    when: [phase("In", "Running"), deleted("DoesNotExist"), endsBy("itself")],
    due: '.status.message | split(" ")[1]',
    next: { statusTemplate: ended({ exit: 0, phase: "Succeeded" }) },
  },
  {
    name: "pod-exceeds-its-limit",
    kind: "Pod",
    when: [phase("In", "Running"), deleted("DoesNotExist"), endsBy("limit")],
    due: '.status.message | split(" ")[1]',
    next: {
      statusTemplate: ended({
        ...terminated,
        reason: "DeadlineExceeded",
        message: "Pod was active on the node longer than the specified deadline",
      }),
    },
  },
  {
    name: "pod-is-taken-down",
    kind: "Pod",
    when: [phase("In", "Running"), deleted("Exists"), withGrace],
    next: { statusTemplate: ended(terminated) },
  },
  {
    name: "pod-goes",
    kind: "Pod",
    when: [phase("NotIn", "Running"), deleted("Exists"), withGrace],
    next: { delete: true },
  },
];

/** A stage as kwok reads it. */
export function stageObject({ name, kind, when, due, delayMs, next }: Stage) {
  const [least, most] = delayMs ?? [];
  const delay = {
    ...(due === undefined ? {} : { durationFrom: { expressionFrom: due } }),
    ...(least === undefined ? {} : { durationMilliseconds: least }),
    ...(most === undefined ? {} : { jitterDurationMilliseconds: most }),
  };
  return {
    apiVersion: "kwok.x-k8s.io/v1alpha1",
    kind: "Stage",
    metadata: { name },
    spec: {
      resourceRef: { apiGroup: "v1", kind },
      selector: { matchExpressions: when },
      ...(Object.keys(delay).length === 0 ? {} : { delay }),
      next,
    },
  };
}
