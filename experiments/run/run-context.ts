import type { Handle } from "../../infra/handle";
import type { Executor } from "../remote/executor";
import type { RunDirectory } from "./directory";
import type { Logger } from "./logger";
import type { PreparedRun } from "./prepare";
import type { Progress } from "./progress";

/** What every phase of a run on its live cluster works with. */
export interface RunContext {
  readonly handle: Handle;
  readonly executor: Executor;
  readonly prepared: PreparedRun;
  readonly directory: RunDirectory;
  readonly logger: Logger;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}
