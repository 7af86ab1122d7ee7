import { messageOf } from "../../base/thrown";
import type { RunRecord } from "../../store/record";
import { LiveRun } from "./live-run";
import { tidyNodes } from "./node-setup";
import type { RunContext } from "./run-context";
import { RunStopped } from "./stop";

/**
 * Warm-up, replay, drain, collection. Always returns the closed run record: whatever goes wrong
 * becomes its status and reason, after the run's jobs have been cancelled.
 */
export async function conductRun(context: RunContext): Promise<RunRecord> {
  const { directory, logger, prepared, progress, executor, handle } = context;
  const run = new LiveRun(context);
  try {
    await run.go();
    await run.close("completed", null);
  } catch (error) {
    const stopped =
      error instanceof RunStopped ? error : new RunStopped("failed", messageOf(error), error);
    if (stopped.status === "interrupted") logger.warn(stopped.message);
    else logger.error({ err: stopped.cause }, stopped.message);
    await run.abandon();
    await run.close(stopped.status, stopped.message);
  } finally {
    progress.stop();
    directory.close();
  }
  await tidyNodes(executor, handle.cluster.nodes, prepared.directory);
  return directory.run;
}
