import type { DuckDBConnection } from "@duckdb/node-api";

/** What the Standard Workload Format cannot hold, with a condition on the rows of `log_jobs` that have it. */
const losses: Readonly<Record<string, string>> = {
  "ids of jobs, which become numbers in the order of submission": "job <> number::VARCHAR",
  "names of users and groups, which become numbers": '"user" IS NOT NULL OR "group" IS NOT NULL',
  "names of partitions and jobs, which become numbers":
    '"partition" IS NOT NULL OR name IS NOT NULL',
  accounts: "account IS NOT NULL",
  QOS: "qos IS NOT NULL",
  "numbers of nodes": "nodes IS NOT NULL OR allocated_nodes IS NOT NULL",
  GPUs: "gpus > 0",
  constraints: '"constraint" IS NOT NULL',
  "moments of becoming eligible after the submission": "eligible > submit",
  "places in an array": '"array" IS NOT NULL',
  "dependencies on several jobs or with a condition": "dependency IS NOT NULL",
  "parts of a heterogeneous job": "het IS NOT NULL",
  priorities: "priority IS NOT NULL",
  "lists of nodes": "node_list IS NOT NULL",
  "ends by time limit, out of memory, by preemption or with a node, which become failed":
    "state IN ('timeout', 'out-of-memory', 'preempted', 'node-failed')",
  "earlier attempts of jobs that were requeued": "attempts > 1",
};

/** What the rows of ours cannot hold of a log in the standard's format, with a condition on `swf_jobs`. */
const ofStandard: Readonly<Record<string, string>> = {
  "preceding jobs": "preceding > 0",
  "think times": "think >= 0",
  "processor times used": "cpu >= 0",
  "memory used": "memory >= 0",
  "numbers of partitions beside those of queues": '"partition" >= 0 AND "partition" <> queue',
};

/** `12 jobs: GPUs`, for each thing that is lost. */
export function swfLosses(connection: DuckDBConnection): Promise<string[]> {
  return counted(
    connection,
    losses,
    "(SELECT *, row_number() OVER (ORDER BY submit, place) AS number FROM log_jobs)",
  );
}

/** The same for `swf_jobs`, which are made into rows of ours; `executions` are the lines beside them. */
export async function rowLosses(
  connection: DuckDBConnection,
  executions: number,
): Promise<string[]> {
  const lost = await counted(connection, ofStandard, "swf_jobs");
  if (executions === 0) return lost;
  const lines = executions === 1 ? "1 line" : `${executions} lines`;
  return [`${lines}: partial executions of jobs`, ...lost];
}

async function counted(
  connection: DuckDBConnection,
  conditions: Readonly<Record<string, string>>,
  table: string,
): Promise<string[]> {
  const entries = Object.entries(conditions);
  const counts = entries.map(([, condition]) => `(count(*) FILTER (${condition}))::DOUBLE`);
  const found = await connection.runAndReadAll(`SELECT ${counts.join(", ")} FROM ${table}`);
  const row = found.getRows()[0] ?? [];
  return entries.flatMap(([what], index) => {
    const jobs = Number(row[index]);
    return jobs === 0 ? [] : [`${jobs} ${jobs === 1 ? "job" : "jobs"}: ${what}`];
  });
}
