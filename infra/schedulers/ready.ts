import { digestOf } from "./digest";
import { script } from "./shell";
import type { BootstrapStep } from "./step";

export interface ReadyOptions {
  /** Name of the node that the step runs on. */
  readonly host: string;
  /** What the cluster is set up by: when that changes, its nodes are awaited again. */
  readonly configuration: string;
  /** What the step knows, as shell text, `readiness` among it. */
  readonly functions: readonly string[];
  /** Until the step gives up. */
  readonly seconds: number;
  /** Between two looks. */
  readonly pauseSeconds: number;
}

/** The last step of a cluster, which ends when every node can take jobs. */
export function awaitingStep(options: ReadyOptions): Omit<BootstrapStep, "needs"> {
  const { host, configuration, functions, seconds, pauseSeconds } = options;
  return {
    name: "ready",
    host,
    create: script(
      `# configuration ${digestOf(configuration)}`,
      ...functions,
      `await_readiness ${seconds} ${pauseSeconds}`,
    ),
    check: script(...functions, "check_readiness"),
  };
}
