import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { askFacts } from "../spec/schedulers/facts";
import type { ExperimentSpec } from "../spec/spec";
import type { PlannedWorkload } from "../workloads/planned";
import type { Handle } from "./handle";

/** Commands start where the program lies, in infra/. */
export const projectDirectory = "..";

export interface Experiment {
  readonly stack: string;
  readonly spec: ExperimentSpec;
  readonly workload: PlannedWorkload;
  readonly tupleHash: string;
  readonly handle: pulumi.Output<Handle>;
  /** What the cluster is ready with. */
  readonly ready: readonly pulumi.Resource[];
  /** Whether `up` runs the workload. */
  readonly onUp: boolean;
}

/**
 * The run that `up` starts, or none. A preview says which: only Pulumi's engine knows whether this tuple
 * has been run already, and shows it beside those words.
 */
export async function experimentOf(
  experiment: Experiment,
): Promise<command.local.Command | undefined> {
  const started = experiment.onUp ? experimentCommand(experiment) : undefined;
  if (pulumi.runtime.isDryRun()) await pulumi.log.info(runText(experiment), started);
  return started;
}

/**
 * Runs the workload once the cluster is ready, and again whenever the tuple's hash changes. The
 * handle holds the access key, so it goes by standard input. Measurements stay when the stack goes.
 */
function experimentCommand({ handle, tupleHash, ready }: Experiment): command.local.Command {
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

function runText({ stack, spec, workload, tupleHash, onUp }: Experiment): string {
  const { scheduler, run } = spec;
  const policy = askFacts(scheduler, (facts, own) => facts.policyLabel(own)).join(", ");
  const what =
    `${workload.jobs.length} jobs (${spec.workload.kind}, seed ${spec.workload.seed}) under ` +
    `${scheduler.kind}${policy === "" ? "" : ` (${policy})`}, ` +
    `${run.repeat === 1 ? "once" : `${run.repeat} times`}, into ${run.store}; ` +
    `tuple ${tupleHash.slice(0, 12)}`;
  return onUp
    ? `if this is created or replaced, up runs ${what}; if it stays, this tuple has been run`
    : `run.onUp is false: up builds the cluster and runs nothing; npx schedlab run --stack ${stack} then runs ${what}`;
}
