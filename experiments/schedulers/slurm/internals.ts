import type { Internals } from "../foretold";

export const internalsCommand = "sdiag";

const general = {
  "Server thread count": "server_threads",
  "Agent queue size": "agent_queue_messages",
  "Agent count": "agents",
  "Agent thread count": "agent_threads",
  "DBD Agent queue size": "dbd_agent_queue_messages",
  "Jobs submitted": "submitted_jobs",
  "Jobs started": "started_jobs",
  "Jobs completed": "completed_jobs",
  "Jobs canceled": "canceled_jobs",
  "Jobs failed": "failed_jobs",
  "Jobs pending": "pending_jobs",
  "Jobs running": "running_jobs",
};

const main = {
  "Last cycle": "main_last_cycle_us",
  "Max cycle": "main_max_cycle_us",
  "Mean cycle": "main_mean_cycle_us",
  "Total cycles": "main_cycles",
  "Mean depth cycle": "main_mean_depth_jobs",
  "Last queue length": "main_queue_jobs",
};

const backfill = {
  "Total backfilled jobs (since last slurm start)": "bf_backfilled_jobs",
  "Last cycle": "bf_last_cycle_us",
  "Max cycle": "bf_max_cycle_us",
  "Mean cycle": "bf_mean_cycle_us",
  "Total cycles": "bf_cycles",
  "Last depth cycle": "bf_last_depth_jobs",
  "Last depth cycle (try sched)": "bf_last_depth_tried_jobs",
  "Depth Mean": "bf_mean_depth_jobs",
  "Depth Mean (try depth)": "bf_mean_depth_tried_jobs",
  "Last queue length": "bf_queue_jobs",
  "Queue length mean": "bf_mean_queue_jobs",
  "Last table size": "bf_table_entries",
  "Mean table size": "bf_mean_table_entries",
};

type Names = Readonly<Record<string, string>>;

/** Where in sdiag's text which figures are, by the start of a line without its indentation. */
const sections: readonly { readonly head: string; readonly names: Names | "rpc" }[] = [
  { head: "Main schedule statistics", names: main },
  { head: "Main scheduler exit", names: {} },
  { head: "Backfilling stats", names: backfill },
  { head: "Backfill exit", names: {} },
  { head: "Latency for", names: {} },
  { head: "Remote Procedure Call statistics by message type", names: "rpc" },
  { head: "Remote Procedure Call statistics by user", names: {} },
  { head: "Pending RPC", names: {} },
];

/**
 * What sdiag(1) tells: counters since slurmctld's start, which slurmctld itself sets back at midnight UTC, in
 * microseconds, jobs, or numbers. What a version does not tell is not in it; an answer that is none of
 * sdiag's has nothing.
 */
export function parseInternals(text: string): Internals {
  const values: Record<string, number> = {};
  let names: Names | "rpc" = general;
  for (const line of text.split("\n").map((part) => part.trim())) {
    const section = sections.find(({ head }) => line.startsWith(head));
    if (section !== undefined) names = section.names;
    else if (names === "rpc") Object.assign(values, messageCounts(line));
    else {
      const [, key = "", value = ""] = /^([^:]+):\s*(\d+)$/.exec(line) ?? [];
      const name = Object.hasOwn(names, key) ? names[key] : undefined;
      if (name !== undefined) values[name] = Number(value);
    }
  }
  return values;
}

/** `REQUEST_PARTITION_INFO ( 2009) count:31 ave_time:161 total_time:5003`, with further fields in some versions. */
function messageCounts(line: string): Internals {
  const match = /^(\w+)\s+\(\s*\d+\)\s+count:(\d+)\s.*total_time:(\d+)/.exec(line);
  if (match === null) return {};
  const [, message = "", count, microseconds] = match;
  return {
    [`rpc_${message}_calls`]: Number(count),
    [`rpc_${message}_total_us`]: Number(microseconds),
  };
}
