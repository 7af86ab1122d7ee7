import path from "node:path";
import { query } from "../../analysis/query";
import { loadRun } from "../../store/load";
import type { EventRecord, JobRecord, NodeRecord } from "../../store/record";
import { runRecord, temporaryDirectory, writeRun } from "../store/run-fixture";

/** A store with a run of these. */
export async function loaded(
  nodes: readonly NodeRecord[],
  jobs: readonly JobRecord[],
  events: readonly EventRecord[] = [],
): Promise<string> {
  const directory = temporaryDirectory();
  const store = path.join(directory, "s.duckdb");
  const capacityCores = nodes.reduce((sum, { vcpus }) => sum + vcpus, 0);
  await loadRun(
    writeRun(directory, { run: runRecord({ capacityCores }), nodes, jobs, events }),
    store,
  );
  return store;
}

/** The metrics of that run by name. */
export async function figuresOf(
  store: string,
): Promise<Map<string, { value: unknown; reason: unknown }>> {
  const rows = await query(store, "SELECT name, value, reason FROM metrics WHERE scope = 'run'");
  return new Map(rows.map(({ name, value, reason }) => [String(name), { value, reason }]));
}

interface Asks {
  readonly gpus?: number;
  readonly memoryMiB?: number;
  readonly nodes?: readonly string[];
  /** How many nodes it asks for. */
  readonly apart?: number;
}

/** The job with what it asks for, on its nodes. */
export function asking(job: JobRecord, { gpus = 0, memoryMiB, nodes, apart }: Asks): JobRecord {
  const planned = { ...job.planned, gpus, memoryMiB: memoryMiB ?? null };
  return {
    ...job,
    planned: apart === undefined ? planned : { ...planned, nodes: apart },
    nodes: [...(nodes ?? job.nodes ?? [])],
  };
}
