import { jobMemoryMiB } from "../../../spec/allocation";
import type { NodeTraits } from "../../../spec/node-traits";
import { traitParameters } from "./gres";

type Node = NodeTraits & {
  readonly vcpus: number;
  readonly memoryMiB: number;
  readonly gpus: number;
};

/** What a line of slurm.conf says of a node of ours behind its name and address. */
export function nodeParameters(node: Node): string[] {
  return [
    `CPUs=${node.vcpus}`,
    "Boards=1",
    "SocketsPerBoard=1",
    `CoresPerSocket=${node.vcpus}`,
    "ThreadsPerCore=1",
    `RealMemory=${jobMemoryMiB(node)}`,
    ...traitParameters(node),
    "State=UNKNOWN",
  ];
}
