import { exactSum } from "../decimal";
import type { SwfRow } from "./batch";
import { isPart } from "./fields";
import type { NumberSet } from "./number-set";
import type { SwfRecord } from "./record";

/** Partial executions of a job whose own line, if it has one, was not read yet. */
interface Group {
  readonly parts: SwfRecord[];
  readonly line: number;
}

/** Reports what the standard forbids. Throws in strict mode. */
export type Odd = (name: string, problem: string, line?: number) => void;

/** A sum of rounded times may differ by this many seconds for each of them. */
const rounding = 1;

/**
 * Puts the lines of jobs together that were preempted (checkpointed, swapped out, requeued). By the
 * standard, each execution has a line of its own with status 2 (to be continued), 3 (the last one, the
 * job completed) or 4 (the last one, the job failed), one after the other; with `Preemption: Double`, a
 * line of status 0 or 1 that sums up the whole job comes before them. Here it may also come after them,
 * and other jobs may come between them. Memory holds the jobs whose last execution has not been read
 * yet.
 */
export class Executions {
  /** How many lines described partial executions. */
  parts = 0;
  private readonly open = new Map<number, Group>();
  /** The open job whose lines are being read. */
  private reading: number | null = null;
  /** The job that was handed out last, and the executions that follow its line. */
  private readonly last = { job: Number.NaN, run: -1, line: 0, sum: 0, parts: 0 };

  /** @param numbers of the jobs that were handed out. */
  constructor(
    private readonly numbers: NumberSet,
    private readonly odd: Odd,
  ) {}

  /** Notes a line of a whole job that is handed out at once. False: the job has to be taken. */
  pass(job: number, run: number, line: number): boolean {
    if (this.reading !== null || (this.open.size > 0 && this.open.has(job))) return false;
    this.follow(job, run, line);
    return true;
  }

  /** Whether lines of this job were read before. */
  knows(job: number): boolean {
    return job === this.last.job || this.open.has(job) || this.numbers.has(job);
  }

  /** What can be handed out after this line. Does not check whether its number is new. */
  take(record: SwfRecord, line: number): SwfRow[] {
    return isPart(record) ? this.part(record, line) : this.whole(record, line);
  }

  /** What was held back, at the end of the log. */
  end(): SwfRow[] {
    this.follow(Number.NaN, -1, 0);
    this.reading = null;
    return [...this.open.keys()].flatMap((number) => this.made(number));
  }

  private whole(record: SwfRecord, line: number): SwfRow[] {
    const parts = this.open.get(record.job)?.parts ?? [];
    const before = this.turnTo(record.job);
    this.open.delete(record.job);
    this.reading = null;
    this.follow(record.job, record.run, line);
    for (const { run } of parts) this.addUp(run);
    return [
      ...before,
      { kind: "job", record },
      ...parts.map((part) => ({ kind: "part" as const, record: part })),
    ];
  }

  private part(record: SwfRecord, line: number): SwfRow[] {
    this.parts += 1;
    const { job } = record;
    if (job === this.last.job) {
      this.addUp(record.run);
      return [{ kind: "part", record }];
    }
    this.follow(Number.NaN, -1, 0);
    const before = this.turnTo(job);
    const group = this.open.get(job);
    if (group !== undefined) {
      group.parts.push(record);
      this.reading = job;
      return before;
    }
    if (this.numbers.has(job)) {
      this.apart(job);
      return [...before, { kind: "part", record }];
    }
    this.open.set(job, { parts: [record], line });
    this.reading = job;
    return before;
  }

  /** Ends the reading of another job's lines; that job is handed out when its last line has been read. */
  private turnTo(job: number): SwfRow[] {
    const { reading } = this;
    if (reading === job) return [];
    if (this.open.has(job)) this.apart(job);
    this.reading = null;
    const last = reading === null ? undefined : this.open.get(reading)?.parts.at(-1);
    return reading === null || last?.status === 2 ? [] : this.made(reading);
  }

  private made(number: number): SwfRow[] {
    const group = this.open.get(number);
    this.open.delete(number);
    if (group === undefined) return [];
    const { parts, line } = group;
    if (parts.at(-1)?.status === 2) {
      this.odd("job without its last execution", `job ${number} is to be continued`, line);
    }
    if (!parts.some(({ submit }) => submit >= 0)) {
      this.odd("executions without a submit time", `job ${number} has no submit time`, line);
      return [];
    }
    const record = sumUp(parts);
    return [
      { kind: "made", record },
      ...parts.map((part) => ({ kind: "part" as const, record: part })),
    ];
  }

  private apart(job: number): void {
    this.odd("execution apart from its job's other lines", `job ${job} has lines further up`);
  }

  private addUp(run: number): void {
    const { last } = this;
    last.sum = last.sum < 0 || run < 0 ? -1 : last.sum + run;
    last.parts += 1;
  }

  /** Makes another job the last one, and checks the sum of the former one's executions. */
  private follow(job: number, run: number, line: number): void {
    const { last } = this;
    const { job: former, run: told, line: place, sum, parts } = last;
    last.job = job;
    last.run = run;
    last.line = line;
    last.sum = 0;
    last.parts = 0;
    if (parts === 0 || sum < 0 || told < 0 || Math.abs(sum - told) <= parts * rounding) return;
    const problem = `job ${former} ran for ${told} s, its executions for ${sum} s`;
    this.odd("job whose executions do not add up to its run time", problem, place);
  }
}

function total(parts: readonly SwfRecord[]): number {
  return parts.some(({ run }) => run < 0)
    ? -1
    : parts.reduce((sum, { run }) => exactSum(sum, run), 0);
}

/**
 * The line that sums up a job: submitted and started with its first execution, with the run time of all
 * executions.
 */
function sumUp(parts: readonly SwfRecord[]): SwfRecord {
  const [first] = parts;
  if (first === undefined) throw new Error("a job without an execution");
  const known = (field: keyof SwfRecord) =>
    parts.map((part) => part[field]).find((value) => value >= 0) ?? -1;
  const most = (field: keyof SwfRecord) => Math.max(...parts.map((part) => part[field]));
  const cpus = parts.map(({ cpu }) => cpu);
  const status = parts.at(-1)?.status;
  return {
    ...first,
    submit: known("submit"),
    run: total(parts),
    allocated: most("allocated"),
    cpu: cpus.some((cpu) => cpu < 0) ? -1 : cpus.reduce((sum, cpu) => sum + cpu, 0),
    memory: most("memory"),
    requested: known("requested"),
    estimate: known("estimate"),
    requestedMemory: known("requestedMemory"),
    status: status === 3 ? 1 : status === 4 ? 0 : -1,
    user: known("user"),
  };
}

/** When an execution held its processors, in seconds of the log; null where that is not known. */
export interface Span {
  readonly start: number | null;
  readonly end: number | null;
}

/**
 * The executions' spans, given one after the other: the first waits from the job's submit time, each of
 * the others from the end of the one before, or from a later submit time of its own. Memory holds the
 * jobs whose last execution is still to come.
 */
export class Spans {
  private readonly ends = new Map<number, number | null>();

  /** @param submitted when the job was submitted, if its line is directly above; else null. */
  add(part: SwfRecord, submitted: number | null): Span {
    const before = this.ends.get(part.job);
    const start = startOf(part, before === undefined ? submitted : before);
    const end = start === null || part.run < 0 ? null : exactSum(start, part.run);
    if (part.status === 2) this.ends.set(part.job, end);
    else this.ends.delete(part.job);
    return { start, end };
  }
}

function startOf({ submit, wait }: SwfRecord, before: number | null): number | null {
  if (wait < 0) return null;
  const own = submit < 0 ? null : exactSum(submit, wait);
  if (own !== null && (before === null || own >= before)) return own;
  return before === null ? null : exactSum(before, wait);
}
