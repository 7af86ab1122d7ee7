import type { Handle } from "../../infra/handle";
import type { Provisioning } from "../../spec/elastic";
import type { Executor } from "../remote/executor";
import { alignClock } from "../run/clock";
import { nodePower } from "./power";
import {
  DaemonProvisioner,
  DomainProvisioner,
  type Provisioner,
  type Streams,
} from "./provisioner";

export interface ProvisioningContext {
  readonly executor: Executor;
  readonly handle: Handle;
  readonly streams: Streams;
}

/** Before the streams of a run are open there is nothing to pause. */
export const noStreams: Streams = { pause: async () => {}, resume: async () => {} };

/** What brings the nodes of a run. */
export interface Provisioners {
  /** As a pool asks for it. */
  of(provisioning: Provisioning): Provisioner;
  /** For a node that is only to be there again: without a delay. */
  readonly back: Provisioner;
}

export function provisionersOf(context: ProvisioningContext): Provisioners {
  const back = domainProvisioner(context);
  return {
    of: (provisioning) =>
      provisioning.kind === "daemon"
        ? new DaemonProvisioner(context.executor, provisioning.delay)
        : back,
    back,
  };
}

/** Turns domains on and off; one that runs already is left as it is. */
export function domainProvisioner({ executor, handle, streams }: ProvisioningContext): Provisioner {
  // A container has its host's clock; a guest's starts from whole seconds.
  const prepare = async (node: string) => {
    if (handle.domain !== "lxc") await alignClock(executor, node);
  };
  return new DomainProvisioner(executor, nodePower(handle), streams, prepare);
}
