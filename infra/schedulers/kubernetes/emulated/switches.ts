import { stringify } from "yaml";
import type { Emulated } from "../../../../spec/emulated";
import { leafLabel, leafName } from "../../../../spec/schedulers/kubernetes/emulated";
import type { ExperimentSpec } from "../../../../spec/spec";
import type { NodePlan } from "../../../plan";
import { digestOf } from "../../digest";
import { filesCheck, type InstalledFile, putFile, script, stepScript } from "../../shell";
import type { BootstrapStep } from "../../step";
import { asAdmin } from "../control-plane";
import { hyperNodesPath } from "../paths";
import { volcanoStepName } from "../volcano-step";

/** Label of all of our hyper-nodes, with a digest of them: those of another topology are removed. */
const switchesLabel = "schedlab.local/switches";

const collection = "/apis/topology.volcano.sh/v1alpha1/hypernodes";

function leavesOf(emulated: Emulated | undefined): number[] {
  if (emulated === undefined) return [];
  if (emulated.from !== "list") return [...Array(emulated.switches ?? 0).keys()];
  return [...new Set(emulated.nodes.flatMap(({ leaf }) => leaf ?? []))].sort((a, b) => a - b);
}

/** Volcano's objects for the leaf switches of each pool that has some, and for the switch above them. */
function hyperNodes({ nodes, pools }: ExperimentSpec["topology"]) {
  return Object.entries({ nodes, ...pools }).flatMap(([pool, { emulated }]) => {
    const leaves = leavesOf(emulated).map((leaf) => leafName(pool, leaf));
    if (leaves.length === 0) return [];
    const above = leaves.map((name) => ({
      type: "HyperNode",
      selector: { exactMatch: { name } },
    }));
    return [
      ...leaves.map((name) => ({
        name,
        tier: 1,
        members: [
          { type: "Node", selector: { labelMatch: { matchLabels: { [leafLabel]: name } } } },
        ],
      })),
      { name: pool, tier: 2, members: above },
    ];
  });
}

/** The switches as Volcano's scheduler places jobs by them. */
export function switchesStep(spec: ExperimentSpec, controller: NodePlan): BootstrapStep {
  const wanted = hyperNodes(spec.topology);
  const digest = digestOf(JSON.stringify(wanted));
  const documents = wanted.map(({ name, ...rest }) => ({
    apiVersion: "topology.volcano.sh/v1alpha1",
    kind: "HyperNode",
    metadata: { name, labels: { [switchesLabel]: digest } },
    spec: rest,
  }));
  const file: InstalledFile = {
    path: hyperNodesPath,
    mode: "0644",
    owner: "root:root",
    content: documents.map((document) => stringify(document)).join("---\n"),
  };
  const remove = (selector: string) =>
    `kubectl delete --raw '${collection}?labelSelector=${selector}' >/dev/null`;
  return {
    name: "switches",
    host: controller.name,
    needs: [volcanoStepName],
    create: stepScript(
      putFile(file),
      asAdmin,
      remove(`${switchesLabel},${switchesLabel}!=${digest}`),
      `kubectl apply --server-side --force-conflicts -f ${file.path} >/dev/null`,
    ),
    delete: script(asAdmin, remove(switchesLabel)),
    check: script(
      filesCheck([file]),
      asAdmin,
      `[ "$(kubectl get hypernodes -l ${switchesLabel}=${digest} -o name | wc -l)" = ${wanted.length} ]`,
    ),
  };
}
