import { stringify } from "yaml";
import { shellFile } from "../../../../base/shell-script";
import type { NodePlan } from "../../../plan";
import { filesCheck, type InstalledFile, putFile, script, stepScript } from "../../shell";
import type { BootstrapStep } from "../../step";
import { asAdmin, controlPlaneStepName } from "../control-plane";
import { kwokKubeconfig, kwokRolePath } from "../paths";

export const kwokAccessStepName = "kwok-access";

/** The user that kwok's certificate names. */
const kwokUser = "schedlab:kwok";

/** kwok's way to the API server, which is what the step prints: the same for the kwok of every domain. */
export function kwokAccessStep(controller: NodePlan): BootstrapStep {
  const rights = kwokRights();
  return {
    name: kwokAccessStepName,
    host: controller.name,
    needs: [controlPlaneStepName],
    create: stepScript(
      shellFile(`${__dirname}/..`, "volcano.sh").trimEnd(),
      putFile(rights),
      asAdmin,
      `apply ${rights.path}`,
      `make_kubeconfig ${kwokUser} ${kwokKubeconfig}`,
      `cat ${kwokKubeconfig}`,
    ),
    delete: script(asAdmin, `kubectl delete -f ${rights.path} --ignore-not-found >/dev/null`),
    check: script(`[ -s ${kwokKubeconfig} ]`, filesCheck([rights])),
  };
}

/** What kwok may do: read nodes and pods, report on both, and let pods go that are being deleted. */
function kwokRights(): InstalledFile {
  const apiGroup = "rbac.authorization.k8s.io";
  const name = "schedlab-kwok";
  const rule = (resources: readonly string[], verbs: readonly string[]) => ({
    apiGroups: [""],
    resources,
    verbs,
  });
  const documents = [
    {
      apiVersion: `${apiGroup}/v1`,
      kind: "ClusterRole",
      metadata: { name },
      rules: [
        rule(["nodes", "pods"], ["get", "list", "watch"]),
        rule(["nodes/status", "pods/status"], ["patch"]),
        rule(["pods"], ["delete"]),
      ],
    },
    {
      apiVersion: `${apiGroup}/v1`,
      kind: "ClusterRoleBinding",
      metadata: { name },
      roleRef: { apiGroup, kind: "ClusterRole", name },
      subjects: [{ apiGroup, kind: "User", name: kwokUser }],
    },
  ];
  return {
    path: kwokRolePath,
    mode: "0644",
    owner: "root:root",
    content: documents.map((document) => stringify(document)).join("---\n"),
  };
}
