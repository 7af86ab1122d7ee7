import type { NodeTraits } from "../../../spec/node-traits";
import { acceleratorPath } from "./paths";

type Node = NodeTraits & { readonly gpus: number };

/** What a node's line has of accelerators and features. */
export function traitParameters({ gpus, gpuType, features }: Node): string[] {
  const type = gpuType === undefined ? "" : `:${gpuType}`;
  return [
    ...(gpus > 0 ? [`Gres=gpu${type}:${gpus}`] : []),
    ...(features === undefined ? [] : [`Feature=${features.join(",")}`]),
  ];
}

/** What gres.conf says of a node's accelerators, behind its name; nothing without any. */
export function acceleratorFields({ gpus, gpuType }: Node): string[] {
  if (gpus === 0) return [];
  const type = gpuType === undefined ? "" : ` Type=${gpuType}`;
  return [`Name=gpu${type} File=${acceleratorFiles(gpus)}`];
}

/** The line of gres.conf for nodes that are alike, in Slurm's notation; none without accelerators. */
export function acceleratorLines(nodes: string, node: Node): string[] {
  return acceleratorFields(node).map((fields) => `NodeName=${nodes} ${fields}`);
}

/** The files that stand for so many simulated accelerators, in Slurm's notation. */
function acceleratorFiles(gpus: number): string {
  return gpus === 1 ? `${acceleratorPath}0` : `${acceleratorPath}[0-${gpus - 1}]`;
}
