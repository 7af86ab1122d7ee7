import * as command from "@pulumi/command";
import type * as pulumi from "@pulumi/pulumi";
import type { NodePlan } from "../plan";
import { waitForSshScript } from "./wait-script";

interface Awaited {
  readonly domain: pulumi.Resource;
  readonly seconds: number;
  /** Shell commands that say why the node may be silent. */
  readonly explain: string;
  /** Waits again whenever this changes. */
  readonly trigger: pulumi.Input<string>;
  readonly options: pulumi.CustomResourceOptions;
}

/** A command that ends once the node answers SSH. */
export function awaitAnswer(
  { name, address }: Pick<NodePlan, "name" | "address">,
  { domain, seconds, explain, trigger, options }: Awaited,
): command.local.Command {
  return new command.local.Command(
    `${name}-answers`,
    {
      create: waitForSshScript({ name, address, seconds, explain }),
      interpreter: ["/bin/bash", "-c"],
      triggers: [trigger],
    },
    { ...options, dependsOn: [domain], deletedWith: domain },
  );
}
