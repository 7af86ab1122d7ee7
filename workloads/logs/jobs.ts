import type { DuckDBConnection } from "@duckdb/node-api";
import type { ArrayPlace, Dependency, JobAsks } from "../asks";
import { milliseconds } from "../milliseconds";
import type { LogJob } from "../swf/log";
import { keptDependencies } from "./dependencies";
import type { LogState } from "./mapping";

/** Status of the standard: 1 completed, 0 failed, 5 cancelled, −1 not known or not ended. */
const swfStatus: Record<LogState, number> = {
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

type Text = string | null;
type Numeric = number | null;

/** Of `log_jobs`; times in seconds since 1970. */
interface Row {
  /** The id, if it is a number; as in the column `trace_job` of an imported log. */
  readonly id: Numeric;
  readonly array: Text;
  readonly array_task: Numeric;
  readonly array_limit: Numeric;
  readonly submit: number;
  readonly eligible: Numeric;
  readonly start: Numeric;
  readonly end: Numeric;
  readonly state: LogState | null;
  readonly user: Text;
  readonly group: Text;
  readonly account: Text;
  readonly partition: Text;
  readonly qos: Text;
  readonly name: Text;
  readonly requested_cores: Numeric;
  readonly allocated_cores: Numeric;
  readonly nodes: Numeric;
  readonly memory_mib: Numeric;
  readonly gpus: Numeric;
  readonly gpu_type: Text;
  readonly limit_s: Numeric;
  readonly constraint: Text;
  readonly dependency: Text;
  readonly priority: Numeric;
  /** Of a job whose start is unknown. */
  readonly run_s: Numeric;
}

const columns = Object.keys({
  id: true,
  array: true,
  array_task: true,
  array_limit: true,
  submit: true,
  eligible: true,
  start: true,
  end: true,
  state: true,
  user: true,
  group: true,
  account: true,
  partition: true,
  qos: true,
  name: true,
  requested_cores: true,
  allocated_cores: true,
  nodes: true,
  memory_mib: true,
  gpus: true,
  gpu_type: true,
  limit_s: true,
  constraint: true,
  dependency: true,
  priority: true,
  run_s: true,
} satisfies Record<keyof Row, true>);
/** In order of submission, in which the jobs are numbered from 1. */
const inOrder = "FROM log_jobs ORDER BY submit, place";
/** Larger ones are no exact numbers here; a cast alone takes 12_3 for 123. */
const id = `CASE WHEN regexp_full_match(job, '[0-9]+') AND try_cast(job AS BIGINT) <= ${Number.MAX_SAFE_INTEGER}
  THEN try_cast(job AS BIGINT)::DOUBLE END`;
const select = `SELECT ${columns.map((name) => (name === "id" ? `${id} AS id` : `"${name}"`)).join(", ")} ${inOrder}`;

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

/** The jobs of the table `log_jobs`; `origin` is the first submission, in seconds since 1970. */
export async function* jobsOf(
  connection: DuckDBConnection,
  origin: number,
): AsyncGenerator<LogJob[], void, undefined> {
  const maker = new JobMaker(origin, await numbersOfIds(connection), await hasNumbers(connection));
  for await (const chunk of await connection.stream(select)) {
    yield chunk.getRowObjects(columns).map((row) => maker.job(row as unknown as Row));
  }
}

/** Ids of the log to the numbers of the jobs; empty where no job depends on another. */
async function numbersOfIds(connection: DuckDBConnection): Promise<Map<string, number>> {
  const found = await connection.runAndReadAll("SELECT count(dependency) > 0 FROM log_jobs");
  const ids = new Map<string, number>();
  if (found.getRows()[0]?.[0] !== true) return ids;
  let number = 0;
  for await (const chunk of await connection.stream(`SELECT job, label ${inOrder}`)) {
    for (const names of chunk.getRows()) {
      number += 1;
      for (const name of names) if (name !== null) ids.set(String(name), number);
    }
  }
  return ids;
}

async function hasNumbers(connection: DuckDBConnection): Promise<boolean> {
  const found = await connection.runAndReadAll(`SELECT count(${id}) > 0 FROM log_jobs`);
  return found.getRows()[0]?.[0] === true;
}

class JobMaker {
  private readonly users = new Numbers();
  private readonly groups = new Numbers();
  private readonly executables = new Numbers();
  private readonly partitions = new Numbers();
  private readonly arrays = new Numbers();
  private number = 0;

  constructor(
    private readonly origin: number,
    private readonly ids: ReadonlyMap<string, number>,
    /** Whether any id of the log is a number. */
    private readonly numbered: boolean,
  ) {}

  job(row: Row): LogJob {
    this.number += 1;
    const { submit, start, end, state, memory_mib: memory } = row;
    const cores = row.requested_cores ?? row.allocated_cores;
    const partition = this.partitions.of(row.partition);
    return {
      job: this.number,
      submit: milliseconds(submit - this.origin),
      wait: start === null ? -1 : milliseconds(start - submit),
      run: start === null || end === null ? (row.run_s ?? -1) : milliseconds(end - start),
      // What a log says of a job that never started is not what it had.
      allocated: start === null ? -1 : positive(row.allocated_cores),
      cpu: -1,
      memory: -1,
      requested: positive(cores),
      estimate: row.limit_s ?? -1,
      requestedMemory:
        memory === null || cores === null || cores === 0 ? -1 : Math.ceil((memory * 1024) / cores),
      status: state === null ? -1 : swfStatus[state],
      user: this.users.of(row.user),
      group: this.groups.of(row.group),
      executable: this.executables.of(row.name),
      queue: partition,
      partition,
      preceding: -1,
      think: -1,
      asks: this.asks(row, cores),
    };
  }

  private asks(row: Row, cores: Numeric): JobAsks {
    const { nodes, eligible } = row;
    const even = nodes !== null && nodes > 0 && cores !== null && cores % nodes === 0;
    const asks = present<JobAsks>({
      memoryMiB: row.memory_mib,
      gpus: row.gpus,
      gpuType: row.gpu_type,
      nodes: nodes === 0 ? null : nodes,
      coresPerNode: even ? cores / nodes : null,
      constraint: row.constraint,
      user: row.user,
      group: row.group,
      account: row.account,
      partition: row.partition,
      qos: row.qos,
      name: row.name,
      eligible: eligible === null ? null : milliseconds(eligible - this.origin),
      dependencies: this.dependencies(row.dependency),
      array: this.place(row),
      priority: row.priority,
    });
    return this.numbered ? { ...asks, id: row.id } : asks;
  }

  private place({ array, array_task: task, array_limit: limit }: Row): ArrayPlace | null {
    if (array === null || task === null) return null;
    return present<ArrayPlace>({ array: this.arrays.of(array), task, limit });
  }

  /** `afterok:12:13,afterany:14`; a job that the log does not have has ended before it begins. */
  private dependencies(text: Text): Dependency[] | null {
    if (text === null) return null;
    const found = keptDependencies(text).flatMap(({ type, ids }): Dependency[] => {
      const jobs = ids.flatMap((id) => this.ids.get(id) ?? []);
      return jobs.length === 0 ? [] : [{ type, jobs }];
    });
    return found.length === 0 ? null : found;
  }
}

function positive(count: Numeric): number {
  return count === null || count <= 0 ? -1 : count;
}

/** The keys that are known. */
function present<T>(values: { readonly [key in keyof T]: T[key] | null }): T {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null)) as T;
}
