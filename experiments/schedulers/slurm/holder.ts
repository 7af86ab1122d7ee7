import { messageOf } from "../../../base/thrown";
import { clockPath } from "../../../spec/clock";
import { type Channel, type Executor, RemoteError, tailOf } from "../../remote/executor";
import { jobName } from "../job-name";
import { perlProgram } from "./perl";

const AGAIN_MS = 1_000;
/** Slurm's library asks slurmctld before the process is ready; a busy one answers within seconds. */
const READY_MS = 60_000;

export interface HolderOptions {
  readonly runId: string;
  /** The run's, on the controller. */
  readonly directory: string;
  readonly readyMs?: number;
}

/**
 * Keeps a process on the controller that ends the run's jobs of the body `hold`, each when its time is over.
 * A new one takes the place of one that is lost. After `close`, or when this side is killed, the last one
 * stays until the run has no job left.
 * @throws RemoteError when the first one cannot be started, or is not ready in time.
 */
export async function openHolder(
  executor: Executor,
  controller: string,
  { runId, directory, readyMs = READY_MS }: HolderOptions,
  warn: (message: string) => void,
): Promise<{ close(): void }> {
  const step = "end jobs without a process";
  const prefix = jobName(runId, 1).slice(0, -1);
  let closed = false;
  let number = 0;
  let channel: Channel | undefined;
  let timer: NodeJS.Timeout | undefined;

  const again = () => {
    if (closed) return;
    timer = setTimeout(() => {
      open().catch((error: unknown) => {
        warn(messageOf(error));
        again();
      });
    }, AGAIN_MS);
  };
  const open = async (): Promise<void> => {
    number += 1;
    const command = perlProgram("holder.pl", directory, prefix, number, clockPath);
    let ready: () => void = () => {};
    const began = new Promise<void>((resolve) => {
      ready = resolve;
    });
    const opened = await executor.open(controller, command, { step, onLine: () => ready() });
    const fields = { host: controller, step, command: "holder.pl" };
    const lost = opened.ended.then(({ stderr, code }) => {
      const what = "the process that ends jobs without a process is gone";
      return new RemoteError(what, { ...fields, exitCode: code, tail: tailOf(stderr) });
    });
    const what = `the process that ends jobs without a process was not ready within ${readyMs / 1000} s`;
    let deadline: NodeJS.Timeout | undefined;
    const late = new Promise<RemoteError>((resolve) => {
      deadline = setTimeout(() => resolve(new RemoteError(what, fields)), readyMs);
    });
    const failed = await Promise.race([began, lost, late]);
    clearTimeout(deadline);
    if (failed instanceof RemoteError) {
      opened.close();
      throw failed;
    }
    channel = opened;
    if (closed) opened.close();
    lost.then((error) => {
      if (closed) return;
      warn(error.message);
      again();
    });
  };

  await open();
  return {
    close() {
      closed = true;
      clearTimeout(timer);
      channel?.close();
    },
  };
}
