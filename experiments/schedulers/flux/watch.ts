import { setTimeout as delay } from "node:timers/promises";
import { type Channel, type Executor, RemoteError } from "../../remote/executor";
import type { Observer } from "../adapter";
import { jobName, parseJobName } from "../job-name";
import { type FluxEvent, type FluxJob, parseJournalLine, withEvent } from "./events";
import { momentsOf, outcomeOf } from "./outcome";
import { fluxPython } from "./python";

const STEP = "follow Flux's journal";
const PAUSE_MS = 500;
/** How long the journal may stay away: the broker is restarted, or a link is down. */
const RESUME_MS = 120_000;
/** From opening the journal to its present: it is read whole. */
const PRESENT_MS = 60_000;

export interface JournalWatch {
  readonly executor: Executor;
  readonly controller: string;
  readonly runId: string;
  readonly observer: Observer;
}

/** The start of the names of a run's jobs. */
export function namePrefix(runId: string): string {
  return jobName(runId, 1).slice(0, -1);
}

/**
 * Follows the events of one run's jobs. The journal is told from its beginning whenever it is opened, so
 * nothing is missed while it is away; each moment and each outcome is passed on once.
 * @throws RemoteError when it cannot be opened.
 */
export async function watchJournal(watch: JournalWatch): Promise<{ close(): void }> {
  const { observer } = watch;
  const teller = new Teller(watch.runId, observer);
  let channel = await openJournal(watch, teller);
  let closed = false;

  const goOn = async () => {
    for (;;) {
      const { code, error, stderr } = await channel.ended;
      if (closed) return;
      if (error !== undefined) {
        observer.failure(error);
        return;
      }
      observer.warning(
        lost(watch, code === null ? "connection lost" : `ended with code ${code}`, stderr).message,
      );
      const until = performance.now() + RESUME_MS;
      let next: Channel | undefined;
      while (next === undefined && !closed) {
        await delay(PAUSE_MS);
        try {
          next = await openJournal(watch, teller);
        } catch (reason) {
          if (!(reason instanceof RemoteError) || performance.now() > until) {
            if (!closed) observer.failure(reason as Error);
            return;
          }
        }
      }
      if (next === undefined) return;
      channel = next;
      if (closed) channel.close();
    }
  };
  goOn();
  return {
    close: () => {
      closed = true;
      channel.close();
    },
  };
}

/** Opens the journal and waits until it has told the past. @throws RemoteError. */
async function openJournal(watch: JournalWatch, teller: Teller): Promise<Channel> {
  const { executor, controller, runId } = watch;
  let present = () => {};
  const told = new Promise<void>((resolve) => {
    present = resolve;
  });
  const channel = await executor.open(
    controller,
    fluxPython("journal.py", "follow", namePrefix(runId)),
    {
      step: STEP,
      onLine: (line) => {
        const read = parseJournalLine(line);
        if (read?.kind === "present") present();
        else if (read !== null) teller.event(read.event);
      },
    },
  );
  const deadline = new AbortController();
  const ended = await Promise.race([
    told,
    channel.ended,
    delay(PRESENT_MS, "late" as const, { signal: deadline.signal }).catch(() => "late" as const),
  ]);
  deadline.abort();
  if (ended === undefined) return channel;
  channel.close();
  throw ended === "late"
    ? lost(watch, `it was not told within ${PRESENT_MS / 1000} s`, "")
    : lost(watch, `it ended with code ${ended.code}`, ended.stderr);
}

function lost({ controller }: JournalWatch, what: string, tail: string): RemoteError {
  return new RemoteError(what, { host: controller, step: STEP, command: "journal.py", tail });
}

/** Passes on what is new in the events of one run's jobs. */
class Teller {
  readonly #jobs = new Map<string, FluxJob>();
  readonly #told = new Set<string>();

  constructor(
    private readonly runId: string,
    private readonly observer: Pick<Observer, "moment" | "outcome">,
  ) {}

  event(event: FluxEvent): void {
    const after = withEvent(this.#jobs.get(event.job), event);
    this.#jobs.set(event.job, after);
    const own = parseJobName(after.name);
    if (own?.run !== this.runId) return;
    for (const moment of momentsOf(own.job, after)) {
      if (this.#isNew(`${after.schedulerJob} ${moment.event}`)) this.observer.moment(moment);
    }
    if (after.cleanAt !== null && this.#isNew(`${after.schedulerJob} outcome`)) {
      this.observer.outcome(outcomeOf(own.job, after));
    }
  }

  #isNew(what: string): boolean {
    if (this.#told.has(what)) return false;
    this.#told.add(what);
    return true;
  }
}
