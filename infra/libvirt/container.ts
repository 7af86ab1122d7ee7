import path from "node:path";
import * as command from "@pulumi/command";
import type * as pulumi from "@pulumi/pulumi";
import { containerCreateScript } from "../../host/container/create";
import { containerDeleteScript } from "../../host/container/delete";
import type { ContainerNode } from "../../host/container/node";
import { containerGeneration, recordGeneration } from "./generation";
import type { MadeDomain, NodeArgs, NodeContext } from "./node";

/**
 * One node as a container domain. The provider refuses guests that are not `hvm`, so a command
 * around virsh makes and removes it.
 */
export function createContainer(
  args: NodeArgs,
  context: NodeContext,
  options: pulumi.CustomResourceOptions,
): MadeDomain {
  const { node } = args;
  const container: ContainerNode = {
    domainName: node.domainName,
    imageRoot: path.join(context.imageDir, "root"),
    stateDir: context.stackDir,
    networkName: context.networkName,
    mac: node.mac,
    vcpus: node.vcpus,
    memoryMiB: node.memoryMiB,
    bandwidthMbps: context.shaping.bandwidth ? node.link.bandwidthMbps : null,
    latencyUs: context.shaping.latency ? node.link.latencyUs : null,
  };
  const generation = containerGeneration(container, context.running);
  const create = containerCreateScript(container);
  const domain = new command.local.Command(
    node.name,
    {
      create: create + recordGeneration(container, generation),
      delete: containerDeleteScript(container),
      interpreter: ["/bin/bash", "-c"],
      stdin: args.seed,
      // Other hardware or another image is another node, not the same one changed in place.
      triggers: [generation, create],
    },
    { ...options, deleteBeforeReplace: true },
  );
  return { resource: domain, identity: domain.id };
}
