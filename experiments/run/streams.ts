import pLimit from "p-limit";
import { shellQuote } from "../../base/quote";
import type { HandleNode } from "../../infra/handle";
import type { SampleRecord } from "../../store/record";
import { type Channel, type Executor, RemoteError } from "../remote/executor";
import { type Follow, follow } from "../remote/follow";
import { EVENTS_FILE, parseWrapperLine, type WrapperEvent } from "../schedulers/wrapper";
import { parseSample, samplerScript } from "./sampler";

const NODES_AT_ONCE = 8;
const RESAMPLE_PAUSE_MS = 5_000;

export interface StreamOptions {
  /** Of the run, on every node. */
  readonly directory: string;
  readonly sampleSeconds: number;
  /** Whether jobs run the wrapper; absent: they do. */
  readonly wraps?: boolean;
}

export interface StreamHandlers {
  wrapper(event: WrapperEvent): void;
  sample(record: SampleRecord): void;
  warning(message: string): void;
  /** A node's events cannot be read any more. */
  lostNode(node: string, error: Error): void;
  /** One of the handlers threw this: what came in could not be kept. */
  failure(error: Error): void;
}

/**
 * Opens one stream of wrapper events and one of samples for every node. Events resume without loss;
 * samples that fall into a lost connection are missed.
 */
export async function openStreams(
  executor: Executor,
  nodes: readonly HandleNode[],
  options: StreamOptions,
  handlers: StreamHandlers,
): Promise<{ close(): void }> {
  const limit = pLimit(NODES_AT_ONCE);
  const follows: Follow[] = [];
  const samplers = new Map<string, Channel>();
  const timers = new Set<NodeJS.Timeout>();
  let closed = false;

  const samplerCommand = `bash -c ${shellQuote(samplerScript(options.sampleSeconds))}`;
  const sample = async (node: string): Promise<void> => {
    const channel = await executor.open(node, samplerCommand, {
      step: "sample the node's CPU",
      onLine: (line) => {
        const record = parseSample(node, line);
        if (record !== null && !closed) handlers.sample(record);
      },
    });
    if (closed) {
      channel.close();
      return;
    }
    samplers.set(node, channel);
    channel.ended.then(({ error }) => {
      if (error === undefined) again(node);
      else if (!closed) handlers.failure(error);
    });
  };
  const again = (node: string): void => {
    if (closed) return;
    const timer = setTimeout(() => {
      timers.delete(timer);
      sample(node).catch(() => again(node));
    }, RESAMPLE_PAUSE_MS);
    timers.add(timer);
  };

  const open = async ({ name, role }: HandleNode): Promise<void> => {
    await sample(name);
    if (role === "controller" || options.wraps === false) return;
    const events = await follow(executor, {
      host: name,
      file: `${options.directory}/${EVENTS_FILE}`,
      step: "follow the job wrapper's events",
      offset: 0,
      onLine: (line) => {
        const event = parseWrapperLine(line);
        if (event !== null) handlers.wrapper(event);
        else handlers.warning(`${name}: not a wrapper event: ${line.slice(0, 120)}`);
      },
      onInterruption: (error) => handlers.warning(error.message),
      onFailure: (error) => {
        if (error instanceof RemoteError) handlers.lostNode(name, error);
        else handlers.failure(error);
      },
    });
    follows.push(events);
  };

  const close = () => {
    closed = true;
    for (const timer of timers) clearTimeout(timer);
    for (const events of follows) events.close();
    for (const channel of samplers.values()) channel.close();
  };
  try {
    await Promise.all(nodes.map((node) => limit(() => open(node))));
  } catch (error) {
    close();
    throw error;
  }
  return { close };
}
