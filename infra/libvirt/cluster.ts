import * as pulumi from "@pulumi/pulumi";
import { stackDirectory } from "../../host/owner";
import type { DomainKind } from "../../spec/topology";
import { type KeyPair, keyPair } from "../keys";
import type { ClusterPlan, NodePlan } from "../plan";
import { createContainer } from "./container";
import { createMachine, createMachineBase } from "./machine";
import { createNetwork } from "./network";
import type { MadeDomain, NodeArgs, NodeContext } from "./node";
import { seedText } from "./seed";
import { createStorage } from "./storage";

export interface ClusterArgs {
  readonly plan: ClusterPlan;
  readonly kind: DomainKind;
  readonly image: { readonly dir: string };
  readonly kernelArguments: string;
  /** Whether the nodes run containers of their own. */
  readonly nesting: boolean;
  readonly running: ReadonlySet<string>;
  readonly shaping: { readonly bandwidth: boolean; readonly latency: boolean };
  /** The key that may log in as root on every node. */
  readonly accessKey: KeyPair;
}

/** A node that exists; `publicHostKey` is what an SSH client must find there. */
export interface ClusterNode {
  readonly plan: NodePlan;
  readonly domain: MadeDomain;
  readonly publicHostKey: pulumi.Output<string>;
}

type NodeMaker = (args: NodeArgs, options: pulumi.CustomResourceOptions) => MadeDomain;

const makers: Record<
  DomainKind,
  (context: NodeContext, options: pulumi.CustomResourceOptions) => NodeMaker
> = {
  lxc: (context) => (args, options) => createContainer(args, context, options),
  kvm: machineMaker,
  qemu: machineMaker,
};

function machineMaker(context: NodeContext, options: pulumi.CustomResourceOptions): NodeMaker {
  const base = createMachineBase(context, options);
  return (args, nodeOptions) => createMachine(args, context, base, nodeOptions);
}

/** Network, storage and nodes of one experiment; knows no scheduler. */
export class Cluster extends pulumi.ComponentResource {
  readonly nodes: readonly ClusterNode[];

  constructor(name: string, args: ClusterArgs, options: pulumi.ComponentResourceOptions) {
    super("schedlab:libvirt:Cluster", name, {}, options);
    const { plan } = args;
    const child: pulumi.CustomResourceOptions = { parent: this };
    const network = createNetwork(plan, child);
    const { pool, closed } = createStorage(plan.name, child);
    const make = makers[args.kind](
      {
        kind: args.kind,
        stackDir: stackDirectory(plan.name),
        imageDir: args.image.dir,
        running: args.running,
        kernelArguments: args.kernelArguments,
        networkName: plan.network.name,
        nesting: args.nesting,
        network,
        pool,
        shaping: args.shaping,
      },
      child,
    );
    this.nodes = plan.nodes.map((node) => {
      const hostKey = keyPair(`${node.name}-host-key`, child);
      const seed = this.seed(node, plan, hostKey, args.accessKey);
      const domain = make({ node, seed, hostKey }, { ...child, dependsOn: [network, closed] });
      return { plan: node, domain, publicHostKey: hostKey.publicKey };
    });
    this.registerOutputs({});
  }

  private seed(
    node: NodePlan,
    { network }: ClusterPlan,
    hostKey: KeyPair,
    accessKey: KeyPair,
  ): pulumi.Output<string> {
    return pulumi
      .all([hostKey.privateKey, hostKey.publicKey, accessKey.publicKey])
      .apply(([privateKey, publicKey, authorizedKey]) =>
        seedText({
          hostname: node.name,
          address: `${node.address}/${network.prefix}`,
          gateway: network.mode === "nat" ? network.gateway : null,
          hostKey: { privateKey, publicKey },
          authorizedKey,
        }),
      );
  }
}
