import { type AskedFor, highestPriority, type JobAttribute } from "../../job-attributes";
import type { FluxPolicy } from "./policy";

const reasons: { readonly [Attribute in JobAttribute]?: string } = {
  memory: "a jobspec of version 1 has no memory, so Flux does not count it",
  qos: "Flux has none without flux-accounting",
  account: "Flux has banks with flux-accounting only",
};

export function fluxCannotAsk(_policy: FluxPolicy, { attribute }: AskedFor): string | null {
  return reasons[attribute] ?? null;
}

/** Property of the nodes whose GPUs are of this type. */
export function gpuTypeProperty(type: string): string {
  return `gpu-type-${type}`;
}

/** Of a job that asks for none. */
const defaultUrgency = 16;

/**
 * Flux's urgency of a job of this priority. A user may lower the urgency of a job from the default down to 1 without
 * holding it, and not raise it: these are the levels of a priority.
 */
export function urgencyOf(priority: number): number {
  return defaultUrgency - (highestPriority - priority);
}
