import pLimit from "p-limit";
import { printingFunction, shellScript } from "../../base/shell-script";
import type { HandleNode } from "../../infra/handle";
import { type Executor, runChecked } from "../remote/executor";
import { EVENTS_FILE, OUTPUT_DIRECTORY, WRAPPER_FILE, wrapperScript } from "../schedulers/wrapper";
import { alignClock, type ClockOffset } from "./clock";
import { parseSoftware, softwareScript } from "./node-software";

const BASE = "/var/spool/schedlab";
/** More at once would only queue up on the harness's own cores. */
const NODES_AT_ONCE = 8;
const SET_UP_MS = 120_000;

export function nodeDirectory(runId: string): string {
  return `${BASE}/${runId}`;
}

/** What set-up learnt of a node. */
export interface NodeFacts {
  readonly kernel: string | null;
  readonly cpuModel: string | null;
  /** What jobs run with, as JSON; null where it cannot be told. */
  readonly software: string | null;
  readonly clock: ClockOffset;
}

/**
 * Places the wrapper and an empty events file, and removes what former runs left. The directory
 * belongs to root, so that users can append to the events but not replace them.
 */
function setUpScript(directory: string, packages: readonly string[]): string {
  const values = [BASE, directory, OUTPUT_DIRECTORY, WRAPPER_FILE, EVENTS_FILE];
  return [
    printingFunction("wrapper", wrapperScript),
    shellScript(__dirname, ["node-setup.sh"], values),
    softwareScript(packages),
  ].join("\n");
}

/**
 * Prepares every node, and asks it for the versions of these packages.
 * @throws RemoteError naming the first node that could not be prepared.
 */
export async function setUpNodes(
  executor: Executor,
  nodes: readonly HandleNode[],
  directory: string,
  packages: readonly string[],
): Promise<Map<string, NodeFacts>> {
  const limit = pLimit(NODES_AT_ONCE);
  const script = setUpScript(directory, packages);
  const facts = await Promise.all(
    nodes.map((node) =>
      limit(async (): Promise<[string, NodeFacts]> => {
        const { stdout } = await runChecked(executor, node.name, "bash -s", {
          step: "place the job wrapper",
          deadlineMs: SET_UP_MS,
          stdin: script,
        });
        const [kernel = "", cpuModel = "", ...rest] = stdout.split("\n");
        const clock = await alignClock(executor, node.name);
        const software = parseSoftware(rest);
        return [node.name, { kernel: kernel || null, cpuModel: cpuModel || null, software, clock }];
      }),
    ),
  );
  return new Map(facts);
}

/** Removes this run's directory everywhere; nodes that do not answer are left to the next run. */
export async function tidyNodes(
  executor: Executor,
  nodes: readonly HandleNode[],
  directory: string,
): Promise<void> {
  const limit = pLimit(NODES_AT_ONCE);
  await Promise.allSettled(
    nodes.map((node) =>
      limit(() =>
        executor.run(node.name, `rm -rf ${directory}`, {
          step: "remove the job wrapper",
          deadlineMs: 15_000,
        }),
      ),
    ),
  );
}

/** The end of a job's output, from its first node; empty when it cannot be had. */
export async function outputTail(
  executor: Executor,
  node: string,
  directory: string,
  job: number,
): Promise<string> {
  try {
    const file = `${directory}/${OUTPUT_DIRECTORY}/${job}`;
    const { stdout } = await executor.run(node, `tail -c 2000 ${file} 2>/dev/null`, {
      step: "read a job's output",
      deadlineMs: 15_000,
    });
    return stdout.trim();
  } catch {
    return "";
  }
}
