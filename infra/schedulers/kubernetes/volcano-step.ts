import { stringify } from "yaml";
import type { KubernetesPolicy } from "../../../spec/schedulers/kubernetes/policy";
import type { ExperimentSpec } from "../../../spec/spec";
import { userNames } from "../../../spec/users";
import type { NodePlan } from "../../plan";
import {
  awaitAnswer,
  filesCheck,
  type InstalledFile,
  putFile,
  runWith,
  script,
  stepScript,
} from "../shell";
import type { BootstrapStep } from "../step";
import { asAdmin, controlPlaneStepName, reloadUnits } from "./control-plane";
import {
  controllersHealthPort,
  crdDir,
  noLog,
  pkiDir,
  schedulerHealthPort,
  schedulerMetricsPort,
  versionsPath,
  volcanoConfigPath,
  volcanoKubeconfig,
  volcanoObjectsPath,
  webhookPort,
  webhooksHealthPort,
  webhooksPath,
} from "./paths";
import { daemonUnit, unitPath } from "./unit";
import {
  admissionPaths,
  authorityMark,
  clusterObjects,
  queues,
  schedulerConfig,
  volcanoDaemons,
  volcanoUser,
  webhookConfigurations,
} from "./volcano";

const volcanoStepName = "volcano";

const answerSeconds = 300;

/** Volcano's admission, scheduler and controllers on the controller, with all that the policy says. */
export function volcanoStep(
  policy: KubernetesPolicy,
  spec: ExperimentSpec,
  controller: NodePlan,
): BootstrapStep {
  const users = userNames(spec.workload.users.count);
  const units = volcanoUnits(policy);
  const config = schedulerConfig(policy);
  const files = [clusterObjects(users), webhookConfigurations(), config, ...units];
  const run = (name: (typeof volcanoDaemons)[number], ...further: string[]) =>
    runWith(name, noLog, [unitPath(name), volcanoKubeconfig, ...further]);
  const healthy = (port: number) => `exec 3<>/dev/tcp/127.0.0.1/${port}`;
  const apply = "kubectl apply --server-side --force-conflicts -f";
  return {
    name: volcanoStepName,
    host: controller.name,
    needs: [controlPlaneStepName],
    create: stepScript(
      versionCheck(policy),
      ...files.map(putFile),
      reloadUnits,
      asAdmin,
      `${apply} ${crdDir} >/dev/null`,
      awaitQueues,
      `${apply} ${volcanoObjectsPath} >/dev/null`,
      userKubeconfigs(users),
      `sed "s/${authorityMark}/$(base64 -w 0 ${pkiDir}/ca.crt)/" ${webhooksPath} | ${apply} - >/dev/null`,
      run("vc-webhook-manager"),
      `admits() { ( ${healthy(webhookPort)} ); }`,
      awaitAnswer("vc-webhook-manager", noLog, answerSeconds, "admits"),
      `${apply} - >/dev/null <<'SCHEDLAB_END_OF_FILE'\n${queues(policy, users)
        .map((queue) => stringify(queue))
        .join("---\n")}SCHEDLAB_END_OF_FILE`,
      run("vc-scheduler", volcanoConfigPath),
      run("vc-controller-manager"),
      `schedules() { ( ${healthy(schedulerHealthPort)} ); }`,
      awaitAnswer("vc-scheduler", noLog, answerSeconds, "schedules"),
      `controls() { ( ${healthy(controllersHealthPort)} ); }`,
      awaitAnswer("vc-controller-manager", noLog, answerSeconds, "controls"),
    ),
    delete: script(`systemctl disable -q --now ${volcanoDaemons.join(" ")}`),
    check: script(
      versionCheck(policy),
      `systemctl is-active -q ${volcanoDaemons.join(" ")}`,
      filesCheck(files),
      asAdmin,
      `kubectl get queue ${queues(policy, users)
        .map(({ metadata }) => metadata.name)
        .join(" ")} >/dev/null`,
    ),
  };
}

/**
 * The API server makes a kind's storage at the first question for it, a second each: only the one that
 * is needed at once is asked for, and the daemons ask for theirs together.
 */
const awaitQueues = [
  `deadline=$((SECONDS + ${answerSeconds}))`,
  "until kubectl get --raw /apis/scheduling.volcano.sh/v1beta1/queues >/dev/null 2>&1; do",
  '  [ "$SECONDS" -lt "$deadline" ] || { echo "the API server does not serve Volcano\'s queues" >&2; exit 1; }',
  "  sleep 0.1",
  "done",
].join("\n");

function versionCheck({ volcanoVersion }: KubernetesPolicy): string {
  return [
    `version="$(sed -n 's/^vc-scheduler //p' ${versionsPath})"`,
    `[ "$version" = ${volcanoVersion} ] || {`,
    `  echo "the image holds Volcano $version, scheduler.policy.volcanoVersion is ${volcanoVersion}" >&2`,
    "  exit 1",
    "}",
  ].join("\n");
}

/** Volcano's own way to the API server, and each user's; made once, by kubeadm, from the cluster's authority. */
function userKubeconfigs(users: readonly string[]): string {
  return [
    "kubeconfig_for() {",
    '  [ ! -s "$2" ] || return 0',
    '  mkdir -p "${2%/*}"',
    '  (umask 077 && kubeadm kubeconfig user --config /run/schedlab/kubeadm.yaml --client-name "$1" --validity-period 87600h >"$2.new" 2>/dev/null)',
    '  mv "$2.new" "$2"',
    "}",
    `kubeconfig_for ${volcanoUser} ${volcanoKubeconfig}`,
    `for user in ${users.join(" ")}; do`,
    '  kubeconfig_for "$user" "/home/$user/.kube/config"',
    '  chown -R "$user:$user" "/home/$user/.kube"',
    "done",
  ].join("\n");
}

function volcanoUnits(policy: KubernetesPolicy): InstalledFile[] {
  const common = [
    ["kubeconfig", volcanoKubeconfig],
    ["kube-api-qps", 500],
    ["kube-api-burst", 1000],
    ["enable-healthz", true],
  ] as const;
  return [
    daemonUnit({
      name: "vc-webhook-manager",
      description: "Volcano's admission",
      after: ["kube-apiserver"],
      notifies: false,
      options: [
        ...common,
        ["ca-cert-file", `${pkiDir}/ca.crt`],
        ["tls-cert-file", `${pkiDir}/apiserver.crt`],
        ["tls-private-key-file", `${pkiDir}/apiserver.key`],
        ["listen-address", "127.0.0.1"],
        ["port", webhookPort],
        ["webhook-url", `https://127.0.0.1:${webhookPort}`],
        ["enabled-admission", admissionPaths.join(",")],
        ["healthz-address", `127.0.0.1:${webhooksHealthPort}`],
      ],
    }),
    daemonUnit({
      name: "vc-scheduler",
      description: "Volcano's scheduler",
      after: ["kube-apiserver", "vc-webhook-manager"],
      notifies: false,
      options: [
        ...common,
        ["leader-elect", false],
        ["scheduler-conf", volcanoConfigPath],
        ["schedule-period", `${policy.schedulePeriodMs}ms`],
        ["healthz-address", `127.0.0.1:${schedulerHealthPort}`],
        ["enable-metrics", true],
        ["listen-address", `127.0.0.1:${schedulerMetricsPort}`],
        ["cache-dumper", false],
      ],
    }),
    daemonUnit({
      name: "vc-controller-manager",
      description: "Volcano's controllers",
      after: ["kube-apiserver", "vc-webhook-manager"],
      notifies: false,
      options: [
        ...common,
        ["leader-elect", false],
        ["healthz-address", `127.0.0.1:${controllersHealthPort}`],
      ],
    }),
  ];
}
