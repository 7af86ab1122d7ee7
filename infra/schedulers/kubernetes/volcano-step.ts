import { stringify } from "yaml";
import { hereDocument, shellFile, shellWords } from "../../../base/shell-script";
import { hasSwitches } from "../../../spec/schedulers/kubernetes/emulated";
import type { KubernetesPolicy } from "../../../spec/schedulers/kubernetes/policy";
import { volcanoConfiguration } from "../../../spec/schedulers/kubernetes/site";
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
import { asAdmin, controlPlaneStepName } from "./control-plane";
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

export const volcanoStepName = "volcano";

const answerSeconds = 300;

const functions = [shellFile(__dirname, "units.sh"), shellFile(__dirname, "volcano.sh")]
  .join("")
  .trimEnd();

/** Volcano's admission, scheduler and controllers on the controller, with all that the policy says. */
export function volcanoStep(
  policy: KubernetesPolicy,
  spec: ExperimentSpec,
  controller: NodePlan,
): BootstrapStep {
  const users = userNames(spec.workload.users.count);
  const versionCheck = `check_version ${versionsPath} ${policy.volcanoVersion}`;
  const units = volcanoUnits(policy);
  const config = volcanoFile(policy, spec);
  const files = [clusterObjects(users), webhookConfigurations(), config, ...units];
  const run = (name: (typeof volcanoDaemons)[number], ...further: string[]) =>
    runWith(name, noLog, [unitPath(name), volcanoKubeconfig, ...further]);
  return {
    name: volcanoStepName,
    host: controller.name,
    needs: [controlPlaneStepName],
    create: stepScript(
      functions,
      versionCheck,
      ...files.map(putFile),
      "reload_units",
      asAdmin,
      `apply ${crdDir}`,
      `await_queues ${answerSeconds}`,
      `apply ${volcanoObjectsPath}`,
      `make_kubeconfig ${volcanoUser} ${volcanoKubeconfig}`,
      `make_user_kubeconfigs ${shellWords(users)}`,
      `apply_webhooks ${webhooksPath} ${authorityMark} ${pkiDir}`,
      run("vc-webhook-manager"),
      awaitAnswer("vc-webhook-manager", noLog, answerSeconds, `listens ${webhookPort}`),
      `apply - ${hereDocument(
        queues(policy, users)
          .map((queue) => stringify(queue))
          .join("---\n"),
      )}`,
      run("vc-scheduler", volcanoConfigPath),
      run("vc-controller-manager"),
      awaitAnswer("vc-scheduler", noLog, answerSeconds, `listens ${schedulerHealthPort}`),
      awaitAnswer(
        "vc-controller-manager",
        noLog,
        answerSeconds,
        `listens ${controllersHealthPort}`,
      ),
    ),
    delete: script(`systemctl disable -q --now ${volcanoDaemons.join(" ")}`),
    check: script(
      functions,
      versionCheck,
      `systemctl is-active -q ${volcanoDaemons.join(" ")}`,
      filesCheck(files),
      asAdmin,
      `kubectl get queue ${queues(policy, users)
        .map(({ metadata }) => metadata.name)
        .join(" ")} >/dev/null`,
    ),
  };
}

/** The configuration of Volcano's scheduler. */
export function volcanoFile(policy: KubernetesPolicy, spec: ExperimentSpec): InstalledFile {
  const { scheduler, topology } = spec;
  const site = scheduler.kind === "kubernetes" ? volcanoConfiguration(scheduler.site) : null;
  return schedulerConfig(policy, hasSwitches(topology), site);
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
