import type { DuckDBConnection } from "@duckdb/node-api";

/** What the Standard Workload Format cannot hold, with a condition on the rows of `log_jobs` that have it. */
const losses: Readonly<Record<string, string>> = {
  "names of users and groups, which become numbers": '"user" IS NOT NULL OR "group" IS NOT NULL',
  "names of partitions and jobs, which become numbers":
    '"partition" IS NOT NULL OR name IS NOT NULL',
  accounts: "account IS NOT NULL",
  QOS: "qos IS NOT NULL",
  "numbers of nodes": "nodes IS NOT NULL",
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

/** `12 jobs: GPUs`, for each thing that is lost. */
export async function swfLosses(connection: DuckDBConnection): Promise<string[]> {
  const entries = Object.entries(losses);
  const counts = entries.map(([, condition]) => `(count(*) FILTER (${condition}))::DOUBLE`);
  const found = await connection.runAndReadAll(`SELECT ${counts.join(", ")} FROM log_jobs`);
  const row = found.getRows()[0] ?? [];
  return entries.flatMap(([what], index) => {
    const jobs = Number(row[index]);
    return jobs === 0 ? [] : [`${jobs} ${jobs === 1 ? "job" : "jobs"}: ${what}`];
  });
}
