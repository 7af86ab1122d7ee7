import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { ClusterNode } from "./libvirt/cluster";
import type { BootstrapStep } from "./schedulers/step";

/** Who logs in to the nodes, and what the steps may be given on standard input. */
export interface BootstrapAccess {
  readonly user: string;
  readonly privateKey: pulumi.Output<string>;
  readonly secrets: Readonly<Record<string, pulumi.Output<string>>>;
}

// The node has answered before. Emulated and busy with a daemon's start, it may take 20 s to answer again.
const dialAttempts = 100;
const dialSeconds = 30;

function connectionTo(
  node: ClusterNode,
  access: BootstrapAccess,
): command.types.input.remote.ConnectionArgs {
  return {
    host: node.plan.address,
    user: access.user,
    privateKey: access.privateKey,
    hostKey: node.publicHostKey,
    dialErrorLimit: dialAttempts,
    perDialTimeout: dialSeconds,
  };
}

/** A secret of the stack, or what another step has told in secret. */
function standardInput(
  step: BootstrapStep,
  made: ReadonlyMap<string, command.remote.Command>,
  access: BootstrapAccess,
): { readonly stdin?: pulumi.Output<string> } {
  if (step.secret !== undefined) {
    const stdin = access.secrets[step.secret];
    if (stdin === undefined) {
      throw new Error(
        `step ${step.name} wants the secret ${step.secret}, which its scheduler does not make`,
      );
    }
    return { stdin };
  }
  if (step.secretFrom === undefined) return {};
  const source = made.get(step.secretFrom);
  if (source === undefined) {
    throw new Error(`step ${step.name} wants a secret of ${step.secretFrom}, which comes later`);
  }
  return { stdin: pulumi.secret(source.stdout) };
}

/**
 * Turns ordered bootstrap steps into commands on the nodes. A step runs again when its text or its
 * node changes; its undo is skipped when the whole node goes.
 */
export function runBootstrap(
  steps: readonly BootstrapStep[],
  nodes: readonly ClusterNode[],
  access: BootstrapAccess,
  options: pulumi.CustomResourceOptions = {},
): pulumi.Resource[] {
  const byName = new Map(nodes.map((node) => [node.plan.name, node]));
  const made = new Map<string, command.remote.Command>();
  const secretive = new Set(steps.flatMap(({ secretFrom }) => secretFrom ?? []));
  for (const step of steps) {
    const node = byName.get(step.host);
    if (node === undefined)
      throw new Error(`step ${step.name} is for an unknown node, ${step.host}`);
    const needs = step.needs.flatMap((need) => made.get(need) ?? []);
    const { resource, identity } = node.domain;
    made.set(
      step.name,
      new command.remote.Command(
        step.name,
        {
          connection: connectionTo(node, access),
          create: step.create,
          ...(step.delete === undefined ? {} : { delete: step.delete }),
          ...standardInput(step, made, access),
          ...(secretive.has(step.name)
            ? { logging: command.types.enums.remote.Logging.Stderr }
            : {}),
          triggers: [identity],
          // sshd refuses the variables, and no step reads them.
          addPreviousOutputInEnv: false,
        },
        {
          ...options,
          ...(secretive.has(step.name) ? { additionalSecretOutputs: ["stdout"] } : {}),
          dependsOn: [resource, ...needs],
          deletedWith: resource,
          deleteBeforeReplace: true,
        },
      ),
    );
  }
  return [...made.values()];
}
