import { stringify } from "yaml";
import type { InstalledFile } from "../../shell";
import { kwokRolePath } from "../paths";

/** The user that kwok's certificate names. */
export const kwokUser = "schedlab:kwok";

/** What kwok may do: read nodes and pods, report on both, and let pods go that are being deleted. */
export function kwokAccess(): InstalledFile {
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
