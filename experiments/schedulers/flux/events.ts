import { z } from "zod";

/** One event of a job, as journal.py prints it; `at` in seconds since the epoch, to the microsecond. */
const eventSchema = z.object({
  job: z.string(),
  event: z.string(),
  at: z.number().positive(),
  context: z.record(z.string(), z.unknown()),
  /** With `submit` only. */
  name: z.string().exactOptional(),
  user: z.string().exactOptional(),
  /** With `alloc` only. */
  nodes: z.array(z.string()).exactOptional(),
  cores: z.int().positive().exactOptional(),
});
export type FluxEvent = z.infer<typeof eventSchema>;

/** What a line of the journal says: an event, or that all before it is the past. */
export type JournalLine =
  | { readonly kind: "event"; readonly event: FluxEvent }
  | { readonly kind: "present" };

/** Null for a line that is neither. */
export function parseJournalLine(line: string): JournalLine | null {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return null;
  }
  if (value === null) return { kind: "present" };
  const parsed = eventSchema.safeParse(value);
  return parsed.success ? { kind: "event", event: parsed.data } : null;
}

/** The exception that ended a job: RFC 21 calls severity 0 fatal. */
interface FatalException {
  readonly type: string;
  readonly note: string;
}

/** What the journal has said of a job so far. Times in milliseconds, the controller's clock. */
export interface FluxJob {
  readonly schedulerJob: string;
  readonly name: string;
  readonly user: string;
  readonly submitAt: number | null;
  /** Its dependencies are met and it has a priority: the scheduler may start it. */
  readonly eligibleAt: number | null;
  readonly startAt: number | null;
  /** Its tasks have ended. */
  readonly finishAt: number | null;
  /** It holds nothing any more, and nothing more will be said of it. */
  readonly cleanAt: number | null;
  readonly nodes: readonly string[];
  readonly cores: number | null;
  readonly exception: FatalException | null;
  /** As wait(2) has it. */
  readonly status: number | null;
}

function newJob(schedulerJob: string): FluxJob {
  return {
    schedulerJob,
    name: "",
    user: "",
    submitAt: null,
    eligibleAt: null,
    startAt: null,
    finishAt: null,
    cleanAt: null,
    nodes: [],
    cores: null,
    exception: null,
    status: null,
  };
}

/** The job after one more event. The same event again changes nothing. */
export function withEvent(job: FluxJob | undefined, event: FluxEvent): FluxJob {
  const before = job ?? newJob(event.job);
  const at = event.at * 1000;
  switch (event.event) {
    case "submit":
      return { ...before, name: event.name ?? "", user: event.user ?? "", submitAt: at };
    case "priority":
      return { ...before, eligibleAt: before.eligibleAt ?? at };
    case "alloc":
      return { ...before, nodes: event.nodes ?? [], cores: event.cores ?? null };
    case "start":
      return { ...before, startAt: at };
    case "exception":
      return { ...before, exception: before.exception ?? fatal(event.context) };
    case "finish":
      return { ...before, finishAt: at, status: numberOf(event.context.status) };
    case "clean":
      return { ...before, cleanAt: at };
    default:
      return before;
  }
}

/** All jobs of a journal's lines, by id; null when it does not go up to the present. */
export function readJournal(output: string): FluxJob[] | null {
  const jobs = new Map<string, FluxJob>();
  for (const line of output.split("\n")) {
    const read = parseJournalLine(line);
    if (read?.kind === "present") return [...jobs.values()];
    if (read === null) continue;
    const { event } = read;
    jobs.set(event.job, withEvent(jobs.get(event.job), event));
  }
  return null;
}

function fatal(context: Readonly<Record<string, unknown>>): FatalException | null {
  if (context.severity !== 0) return null;
  return { type: String(context.type ?? ""), note: String(context.note ?? "") };
}

function numberOf(value: unknown): number | null {
  return typeof value === "number" ? value : null;
}
