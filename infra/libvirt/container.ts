import { createHash } from "node:crypto";
import path from "node:path";
import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { containerCreateScript } from "../../host/container/create";
import { containerDeleteScript } from "../../host/container/delete";
import { containerExplainScript } from "../../host/container/explain";
import type { ContainerNode } from "../../host/container/node";
import { awaitAnswer } from "./answer";
import { containerGeneration, recordGeneration } from "./generation";
import type { MadeDomain, NodeArgs, NodeContext } from "./node";

// Alone it takes about 2 s; dozens that start together on few cores, a minute or two.
const answerSeconds = 300;

/**
 * One node as a container domain. The provider refuses guests that are not `hvm`, so a command
 * around virsh makes and removes it. A container that died, or whose hardware or image changed, is
 * made anew by the same command as its update: were it replaced, the steps that hang on it would be
 * undone first, over SSH, on a node that may be dead.
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
    nesting: context.nesting,
    latencyUs: context.shaping.latency ? node.link.latencyUs : null,
  };
  const generation = containerGeneration(container, context.running);
  const create = containerCreateScript(container) + recordGeneration(container, generation);
  const domain = new command.local.Command(
    node.name,
    {
      create,
      delete: containerDeleteScript(container),
      interpreter: ["/bin/bash", "-c"],
      stdin: args.seed,
    },
    options,
  );
  const identity = createHash("sha256").update(create).digest("hex");
  const answering = awaitAnswer(node, {
    domain,
    seconds: answerSeconds,
    explain: containerExplainScript(container),
    trigger: identity,
    options,
  });
  return { resource: answering, identity: pulumi.output(identity) };
}
