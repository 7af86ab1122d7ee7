import type {
  KubeConfig,
  KubernetesListObject,
  KubernetesObject,
  Watch,
} from "@kubernetes/client-node";
import { errorOf } from "../../../base/thrown";
import { RemoteError } from "../../remote/executor";
import { describeError, loadClient } from "./connection";

export interface WatchOptions {
  readonly host: string;
  readonly step: string;
  /** Path of the collection, such as `/api/v1/pods`. */
  readonly path: string;
  readonly selector: string;
  readonly list: () => Promise<KubernetesListObject<KubernetesObject>>;
  /** An object as it is now; the same version comes once. */
  readonly onObject: (object: unknown) => void;
  /** An object that is gone, as it was last. */
  readonly onGone: (object: unknown) => void;
  /** The connection was lost and is being taken up again. */
  readonly onInterruption: (error: RemoteError) => void;
  /** It could not be taken up within the resume limit, or an object could not be read. */
  readonly onFailure: (error: Error) => void;
  /** How long a lost watch is tried again; default 120 s. */
  readonly resumeMs?: number;
  readonly pauseMs?: number;
}

const RESUME_MS = 120_000;
const PAUSE_MS = 1_000;
const PAUSE_LIMIT_MS = 10_000;
/** The API server sends a bookmark about every minute; without one the connection is dead. */
const SILENCE_MS = 150_000;

/** Asks for bookmarks, and gives a connection up on which nothing comes any more. */
function attentive(watch: Watch): Watch {
  const start = watch.watch.bind(watch);
  watch.watch = async (path, query, onEvent, onEnd) => {
    let silence: NodeJS.Timeout | undefined;
    const listen = () => {
      clearTimeout(silence);
      silence = setTimeout(() => controller.abort(), SILENCE_MS);
    };
    const controller = await start(
      path,
      { ...query, allowWatchBookmarks: true },
      (...event) => {
        listen();
        onEvent(...event);
      },
      (error) => {
        clearTimeout(silence);
        onEnd(error);
      },
    );
    if (!controller.signal.aborted) listen();
    return controller;
  };
  return watch;
}

/**
 * Lists a collection and follows its changes. A lost watch goes on behind the last change that was
 * seen; where the API server has forgotten that version (410), the collection is listed anew and what
 * is gone is told from what was known. So nothing is lost while the API server is away.
 * @throws RemoteError when the first list or watch fails.
 */
export async function watchObjects(
  config: KubeConfig,
  options: WatchOptions,
): Promise<{ close(): void }> {
  const { host, step } = options;
  let closed = false;
  let trouble: unknown = null;
  let pausing: NodeJS.Timeout | undefined;
  let resuming = false;

  const remote = (error: unknown) =>
    new RemoteError(describeError(error).message, { host, step, command: options.path });
  const { ListWatch, Watch } = await loadClient();
  const watch = new ListWatch(
    options.path,
    attentive(new Watch(config)),
    options.list,
    false,
    options.selector,
  );
  // An error thrown into the client would be lost in its stream.
  const guarded = (deliver: (object: unknown) => void) => (object: unknown) => {
    if (closed) return;
    try {
      deliver(object);
    } catch (error) {
      options.onFailure(errorOf(error));
    }
  };
  watch.on("add", guarded(options.onObject));
  watch.on("update", guarded(options.onObject));
  watch.on("delete", guarded(options.onGone));
  watch.on("error", (error: unknown) => {
    trouble = error ?? new Error("the watch ended");
    if (resuming && !closed) resume();
  });

  const attempt = async (): Promise<boolean> => {
    trouble = null;
    await watch.start();
    return trouble === null;
  };

  const resume = () => {
    resuming = false;
    const until = performance.now() + (options.resumeMs ?? RESUME_MS);
    let pauseMs = options.pauseMs ?? PAUSE_MS;
    options.onInterruption(remote(trouble));
    const again = async () => {
      if (closed) return;
      if (await attempt()) {
        resuming = true;
      } else if (performance.now() + pauseMs > until) {
        options.onFailure(remote(trouble));
      } else {
        pausing = setTimeout(again, pauseMs);
        pauseMs = Math.min(pauseMs * 2, PAUSE_LIMIT_MS);
      }
    };
    pausing = setTimeout(again, pauseMs);
  };

  if (!(await attempt())) throw remote(trouble);
  resuming = true;
  return {
    close: () => {
      closed = true;
      clearTimeout(pausing);
      watch.stop().catch(() => {});
    },
  };
}
