import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { Handle } from "./handle";

/** Commands start where the program lies, in infra/. */
export const projectDirectory = "..";

/**
 * Runs the workload once the cluster is ready, and again whenever the tuple's hash changes. The
 * handle holds the access key, so it goes by standard input. Measurements stay when the stack goes.
 */
export function experimentCommand(
  handle: pulumi.Output<Handle>,
  tupleHash: string,
  ready: readonly pulumi.Resource[],
): command.local.Command {
  return new command.local.Command(
    "experiment",
    {
      create: "exec node bin/schedlab.js run --handle -",
      // A change of the handle alone, such as a new host key, does not start another run.
      update: 'printf %s "$PULUMI_COMMAND_STDOUT"',
      dir: projectDirectory,
      stdin: pulumi.secret(handle.apply((value) => JSON.stringify(value))),
      triggers: [tupleHash],
    },
    { dependsOn: [...ready], deleteBeforeReplace: true },
  );
}
