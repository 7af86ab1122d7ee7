import { stringify } from "yaml";
import { shellFile } from "../../../../base/shell-script";
import { emulatedOnLabel } from "../../../../spec/schedulers/kubernetes/emulated";
import type { ExperimentSpec } from "../../../../spec/spec";
import type { ClusterPlan, NodePlan } from "../../../plan";
import { hostsFile } from "../../hosts";
import { filesCheck, type InstalledFile, putFile, runWith, script, stepScript } from "../../shell";
import type { BootstrapStep } from "../../step";
import { makeUsers, usersCheck } from "../../users";
import { kwokConfigPath, kwokKubeconfig, noLog } from "../paths";
import { daemonUnit, unitPath } from "../unit";
import { kwokAccessStepName } from "./access";
import { stageObject, stages } from "./stages";

const kwokUnit = "kwok";

/** Calls of the API server at once: the end of a large gang's pods should not wait for each other. */
const parallelism = 16;

/**
 * No leases: a kwok that was started anew could not renew those of the one before it until they have run
 * out, and its nodes' pods would stand still for minutes. Each node's own report says that it lives.
 */
function kwokConfig(domain: NodePlan): InstalledFile {
  const configuration = {
    apiVersion: "config.kwok.x-k8s.io/v1alpha1",
    kind: "KwokConfiguration",
    options: {
      manageNodesWithLabelSelector: `${emulatedOnLabel}=${domain.name}`,
      nodeLeaseDurationSeconds: 0,
      nodePlayStageParallelism: parallelism,
      podPlayStageParallelism: parallelism,
    },
  };
  const documents = [configuration, ...stages.map(stageObject)];
  return {
    path: kwokConfigPath,
    mode: "0644",
    owner: "root:root",
    content: documents.map((document) => stringify(document, { lineWidth: 0 })).join("---\n"),
  };
}

/**
 * kwok, which plays the kubelets of the domain's nodes. It runs on their domain and not on the controller, so
 * that, as with real nodes, its work is none of the scheduler's: the controller's load is measured.
 */
export function kwokStep(spec: ExperimentSpec, plan: ClusterPlan, domain: NodePlan): BootstrapStep {
  const config = kwokConfig(domain);
  const unit = daemonUnit({
    name: kwokUnit,
    description: "Plays the kubelets of emulated nodes",
    after: [],
    notifies: false,
    options: [
      ["kubeconfig", kwokKubeconfig],
      ["config", kwokConfigPath],
      // It would tell of every pod.
      ["v", "WARN"],
    ],
  });
  const files = [hostsFile(plan), config, unit];
  return {
    name: `kwok-${domain.name}`,
    host: domain.name,
    needs: [kwokAccessStepName],
    secretFrom: kwokAccessStepName,
    create: stepScript(
      shellFile(`${__dirname}/..`, "units.sh").trimEnd(),
      `put ${kwokKubeconfig} 0600 root:root`,
      `[ -s ${kwokKubeconfig} ]`,
      makeUsers(spec),
      ...files.map(putFile),
      "reload_units",
      runWith(kwokUnit, noLog, [unitPath(kwokUnit), kwokConfigPath, kwokKubeconfig]),
    ),
    delete: script(`systemctl disable -q --now ${kwokUnit}`, `rm -f ${kwokKubeconfig}`),
    check: script(
      `systemctl is-active -q ${kwokUnit}`,
      `[ -s ${kwokKubeconfig} ]`,
      filesCheck(files),
      usersCheck(spec),
    ),
  };
}
