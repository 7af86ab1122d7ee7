import {
  type AskedFor,
  highestPriority,
  type JobAttribute,
  lowestPriority,
} from "../../job-attributes";
import type { NodeTraits } from "../../node-traits";
import type { KubernetesPolicy } from "./policy";

const reasons: { readonly [Attribute in JobAttribute]?: string } = {
  qos: "Kubernetes' classes of quality follow from a pod's requests, and are something else",
  eligible: "a Volcano Job is taken up as soon as there is room for it",
};

export function kubernetesCannotAsk(
  { accounts }: KubernetesPolicy,
  { attribute, value }: AskedFor,
): string | null {
  if (attribute === "account") {
    const known = Object.keys(accounts ?? {});
    if (known.includes(value ?? "")) return null;
    const names = known.length === 0 ? "names none" : `has ${known.join(", ")}`;
    return `scheduler.policy.accounts ${names}`;
  }
  return reasons[attribute] ?? null;
}

/** Label, with the value "true", of the nodes that have a feature. */
function featureLabel(feature: string): string {
  return `schedlab.local/feature-${feature}`;
}

/** Label of the nodes with GPUs of a type, which is its value. */
const gpuTypeLabel = "schedlab.local/gpu-type";

/** Labels of nodes with these traits, and what a job that asks for them selects. */
export function traitLabels({ features = [], gpuType }: NodeTraits): Record<string, string> {
  return {
    ...Object.fromEntries(features.map((feature) => [featureLabel(feature), "true"])),
    ...(gpuType === undefined ? {} : { [gpuTypeLabel]: gpuType }),
  };
}

/** Lower priorities than the highest, each of which has a class of its own. */
export const lowerPriorities: readonly number[] = Array.from(
  { length: highestPriority - lowestPriority },
  (_, index) => lowestPriority + index,
);

/** PriorityClass of the jobs of a lower priority. */
export function priorityClassOf(priority: number): string {
  return `schedlab-priority-${String(priority).padStart(2, "0")}`;
}
