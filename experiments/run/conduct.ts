import { messageOf } from "../../base/thrown";
import type { Handle } from "../../infra/handle";
import type { RunRecord } from "../../store/record";
import type { Executor } from "../remote/executor";
import type { RunDirectory } from "./directory";
import { LiveRun } from "./live-run";
import type { Logger } from "./logger";
import { tidyNodes } from "./node-setup";
import type { PreparedRun } from "./prepare";
import type { Progress } from "./progress";
import { RunStopped } from "./stop";

export interface Conduct {
  readonly handle: Handle;
  readonly executor: Executor;
  readonly prepared: PreparedRun;
  readonly directory: RunDirectory;
  readonly logger: Logger;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/**
 * Warm-up, replay, drain, collection. Always returns the closed run record: whatever goes wrong
 * becomes its status and reason, after the run's jobs have been cancelled.
 */
export async function conductRun(conduct: Conduct): Promise<RunRecord> {
  const { directory, logger, prepared, progress, executor, handle } = conduct;
  const run = new LiveRun(conduct);
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
