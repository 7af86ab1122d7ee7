import type { DuckDBConnection } from "@duckdb/node-api";
import type { Dependency, JobAsks } from "../asks";
import type { LogJob } from "../swf/log";
import type { LogState } from "./mapping";

/** Status of the standard: 1 completed, 0 failed, 5 cancelled, −1 not known or not ended. */
export const swfStatus: Record<LogState, number> = {
  completed: 1,
  failed: 0,
  cancelled: 5,
  timeout: 0,
  "node-failed": 0,
  "out-of-memory": 0,
  preempted: 0,
  requeued: -1,
  running: -1,
  waiting: -1,
};

/** In order of submission; numbered in that order from 1. */
const select = `
  SELECT job, label, "array", array_task, array_limit, submit, eligible, start, "end", state,
    "user", "group", account, partition, qos, name, requested_cores, allocated_cores, nodes,
    memory_mib, gpus, gpu_type, limit_s, "constraint", dependency, priority, run_s
  FROM log_jobs ORDER BY submit, place`;

type Text = string | null;
type Numeric = number | null;
type Row = readonly [
  job: Text,
  label: Text,
  array: Text,
  arrayTask: Numeric,
  arrayLimit: Numeric,
  submit: number,
  eligible: Numeric,
  start: Numeric,
  end: Numeric,
  state: LogState | null,
  user: Text,
  group: Text,
  account: Text,
  partition: Text,
  qos: Text,
  name: Text,
  requestedCores: Numeric,
  allocatedCores: Numeric,
  nodes: Numeric,
  memory: Numeric,
  gpus: Numeric,
  gpuType: Text,
  limit: Numeric,
  constraint: Text,
  dependency: Text,
  priority: Numeric,
  /** Where the start is unknown. */
  run: Numeric,
];

/** Numbers for names from 1 on, in the order in which they appear; −1 for none. */
class Numbers {
  private readonly numbers = new Map<string, number>();

  of(name: Text): number {
    if (name === null) return -1;
    const known = this.numbers.get(name);
    if (known !== undefined) return known;
    this.numbers.set(name, this.numbers.size + 1);
    return this.numbers.size;
  }
}

/** Makes jobs of the rows of `log_jobs`. */
export class JobMaker {
  private readonly users = new Numbers();
  private readonly groups = new Numbers();
  private readonly executables = new Numbers();
  private readonly queues = new Numbers();
  private readonly partitions = new Numbers();
  private readonly arrays = new Numbers();
  private number = 0;

  private constructor(
    private readonly origin: number,
    /** Ids of the log to the numbers of the jobs; empty where no job depends on another. */
    private readonly ids: ReadonlyMap<string, number>,
  ) {}

  /** @param origin the first submission, in seconds since 1970. */
  static async over(connection: DuckDBConnection, origin: number): Promise<JobMaker> {
    const found = await connection.runAndReadAll("SELECT count(dependency) > 0 FROM log_jobs");
    const ids = new Map<string, number>();
    if (found.getRows()[0]?.[0] === true) {
      const rows = await connection.stream(
        "SELECT job, label FROM log_jobs ORDER BY submit, place",
      );
      let number = 0;
      for await (const chunk of rows) {
        for (const names of chunk.getRows()) {
          number += 1;
          for (const name of names) if (name !== null) ids.set(String(name), number);
        }
      }
    }
    return new JobMaker(origin, ids);
  }

  async *jobs(connection: DuckDBConnection): AsyncGenerator<LogJob, void, undefined> {
    for await (const chunk of await connection.stream(select)) {
      for (const row of chunk.getRows()) yield this.job(row as unknown as Row);
    }
  }

  private job(row: Row): LogJob {
    const [, , , , , submit, , start, end, state] = row;
    const [user, group, , partition, qos, name, requested, allocated, , memory] = row.slice(
      10,
    ) as unknown as [Text, Text, Text, Text, Text, Text, Numeric, Numeric, Numeric, Numeric];
    this.number += 1;
    const cores = requested ?? allocated;
    return {
      job: this.number,
      submit: milliseconds(submit - this.origin),
      wait: start === null ? -1 : milliseconds(start - submit),
      run: start === null || end === null ? (row[26] ?? -1) : milliseconds(end - start),
      // What a job would have had that never started is not what it had.
      allocated: start === null ? -1 : positive(allocated),
      cpu: -1,
      memory: -1,
      requested: positive(cores),
      estimate: row[22] ?? -1,
      requestedMemory:
        memory === null || cores === null || cores === 0 ? -1 : Math.ceil((memory * 1024) / cores),
      status: state === null ? -1 : swfStatus[state],
      user: this.users.of(user),
      group: this.groups.of(group),
      executable: this.executables.of(name),
      queue: this.queues.of(qos),
      partition: this.partitions.of(partition),
      preceding: -1,
      think: -1,
      asks: this.asks(row, cores),
    };
  }

  private asks(row: Row, cores: Numeric): JobAsks {
    const [, , array, task, arrayLimit, , eligible] = row;
    const nodes = row[18];
    const even = nodes !== null && nodes > 0 && cores !== null && cores % nodes === 0;
    const dependencies = this.dependencies(row[24]);
    return present({
      memoryMiB: row[19],
      gpus: row[20],
      gpuType: row[21],
      nodes: nodes === 0 ? null : nodes,
      coresPerNode: even ? cores / nodes : null,
      constraint: row[23],
      user: row[10],
      group: row[11],
      account: row[12],
      partition: row[13],
      qos: row[14],
      name: row[15],
      eligible: eligible === null ? null : milliseconds(eligible - this.origin),
      dependencies: dependencies.length === 0 ? null : dependencies,
      array:
        array === null || task === null
          ? null
          : present({ array: this.arrays.of(array), task, limit: arrayLimit }),
      priority: row[25],
    }) as JobAsks;
  }

  /** `afterok:12:13,afterany:14`; what names no job of the log is left out, since it has ended before. */
  private dependencies(text: Text): Dependency[] {
    if (text === null) return [];
    return text.split(",").flatMap((part) => {
      const [type, ...ids] = part.split(":");
      if (type !== "afterok" && type !== "afterany") return [];
      const jobs = ids.flatMap((id) => this.ids.get(id.replace(/[+(].*$/, "")) ?? []);
      return jobs.length === 0 ? [] : [{ type, jobs }];
    });
  }
}

function positive(count: Numeric): number {
  return count === null || count <= 0 ? -1 : count;
}

/** Without the noise of a difference of large doubles. */
function milliseconds(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}

function present(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null));
}
