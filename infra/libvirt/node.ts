import type * as libvirt from "@pulumi/libvirt";
import type * as pulumi from "@pulumi/pulumi";
import type { DomainKind } from "../../spec/topology";
import type { KeyPair } from "../keys";
import type { NodePlan } from "../plan";

/** What each kind of domain is made from. */
export interface NodeContext {
  readonly kind: DomainKind;
  readonly stackDir: string;
  readonly imageDir: string;
  /** Boot parameters that the image was tuned with. */
  readonly kernelArguments: string;
  readonly networkName: string;
  /** Whether the nodes run containers of their own. */
  readonly nesting: boolean;
  /** Container domains that run while the program starts. */
  readonly running: ReadonlySet<string>;
  readonly pool: libvirt.Pool;
  readonly network: libvirt.Network;
  readonly shaping: { readonly bandwidth: boolean; readonly latency: boolean };
}

/** One node's own inputs. The seed holds the host's private key: a secret. */
export interface NodeArgs {
  readonly node: NodePlan;
  readonly seed: pulumi.Output<string>;
  readonly hostKey: KeyPair;
}

/** A made domain. `identity` changes when the domain is made anew, so that it is bootstrapped again. */
export interface MadeDomain {
  readonly resource: pulumi.CustomResource;
  readonly identity: pulumi.Output<string>;
}
