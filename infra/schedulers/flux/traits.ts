import type { NodeTraits } from "../../../spec/node-traits";
import { gpuTypeProperty } from "../../../spec/schedulers/flux/asks";

/** Properties by which jobs find nodes with these traits. */
export function traitProperties({ features = [], gpuType }: NodeTraits): string[] {
  return [...features, ...(gpuType === undefined ? [] : [gpuTypeProperty(gpuType)])];
}
