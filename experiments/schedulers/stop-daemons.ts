import { type Executor, RemoteError, runChecked } from "../remote/executor";

/** A node that is not busy beyond measure answers at once. */
const ANSWER_MS = 5_000;
const STOP_MS = 60_000;

/**
 * Stops a node's daemons by a command. A node that does not answer is no error: it has none any more, or is
 * dealt with when it joins again.
 * @throws RemoteError when it answers, and they do not stop.
 */
export async function stopDaemons(
  executor: Executor,
  node: string,
  step: string,
  command: string,
): Promise<void> {
  try {
    await executor.run(node, "true", { step, deadlineMs: ANSWER_MS });
  } catch (error) {
    if (error instanceof RemoteError) return;
    throw error;
  }
  await runChecked(executor, node, command, { step, deadlineMs: STOP_MS });
}
