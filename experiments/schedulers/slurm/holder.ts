import { messageOf } from "../../../base/thrown";
import { clockPath } from "../../../spec/clock";
import { type Channel, type Executor, RemoteError, tailOf } from "../../remote/executor";
import { jobName } from "../job-name";
import { perlProgram } from "./perl";

const AGAIN_MS = 1_000;

/**
 * Keeps a process on the controller that ends the run's jobs of the body `hold`, each when its time is over.
 * A new one takes the place of one that is lost. After `close`, or when this side is killed, the last one
 * stays until the run has no job left.
 * @throws RemoteError when the first one cannot be started.
 */
export async function openHolder(
  executor: Executor,
  controller: string,
  { runId, directory }: { readonly runId: string; readonly directory: string },
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
    const lost = opened.ended.then(({ stderr, code }) => {
      const what = "the process that ends jobs without a process is gone";
      return new RemoteError(what, {
        host: controller,
        step,
        command: "holder.pl",
        exitCode: code,
        tail: tailOf(stderr),
      });
    });
    const failed = await Promise.race([began, lost]);
    if (failed instanceof RemoteError) throw failed;
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
