import fc from "fast-check";
import { expect, test } from "vitest";
import { parseEstimates } from "../../../../experiments/schedulers/slurm/estimates";
import { parseInternals } from "../../../../experiments/schedulers/slurm/internals";
import { propertyRuns } from "../../../property-runs";

const run = "20261126T140000Z-abc123";

test("an expected start is of a waiting job of this run, in whole seconds; N/A is none", () => {
  const output = [
    `2026-11-26T14:05:00|Resources|schedlab-${run}-7`,
    `2026-11-26T14:06:30|Priority|schedlab-${run}-8-2`,
    `N/A|None|schedlab-${run}-9`,
    `2026-11-26T14:07:00|Resources|schedlab-20261126T130000Z-abc123-7`,
    "2026-11-26T14:07:00|Resources|a name | of somebody's",
    "Unknown|None|x",
    "",
  ].join("\n");
  expect(parseEstimates(output, run)).toEqual([
    { job: 7, startAt: Date.UTC(2026, 10, 26, 14, 5), resolutionMs: 1000 },
    { job: 8, startAt: Date.UTC(2026, 10, 26, 14, 6, 30), resolutionMs: 1000 },
  ]);
});

test("the time before which a job may not start, or that of one that waits for others, is no expected start", () => {
  const of = (reason: string) =>
    parseEstimates(`2026-11-26T14:05:00|${reason}|schedlab-${run}-7`, run);
  expect(of("BeginTime")).toEqual([]);
  expect(of("Dependency")).toEqual([]);
  expect(of("Nodes required for job are DOWN, DRAINED or reserved")).toHaveLength(1);
});

/** After sdiag(1), with the figures of Slurm 24.11.5. */
const sdiag = `*******************************************************
sdiag output at Thu Nov 26 09:44:07 2026 (1795686247)
Data since      Thu Nov 26 09:43:47 2026 (1795686227)
*******************************************************
Server thread count:  1
RPC queue enabled:    0
Agent queue size:     3
Agent count:          2
Agent thread count:   4
DBD Agent queue size: 0

Jobs submitted: 44
Jobs started:   40
Jobs completed: 38
Jobs canceled:  1
Jobs failed:    0

Job states ts:  Thu Nov 26 09:44:01 2026 (1795686241)
Jobs pending:   51
Jobs running:   2

Main schedule statistics (microseconds):
	Last cycle:   322
	Max cycle:    4375
	Total cycles: 17
	Mean cycle:   676
	Mean depth cycle:  50
	Cycles per minute: 51
	Last queue length: 51

Main scheduler exit:
	End of job queue:17
	Hit default_queue_depth: 0

Backfilling stats
	Total backfilled jobs (since last slurm start): 23
	Total backfilled jobs (since last stats cycle start): 9
	Total backfilled heterogeneous job components: 0
	Total cycles: 10
	Last cycle when: Thu Nov 26 09:44:05 2026 (1795686245)
	Last cycle: 5255
	Max cycle:  9033
	Mean cycle: 5977
	Last depth cycle: 50
	Last depth cycle (try sched): 12
	Depth Mean: 51
	Depth Mean (try depth): 13
	Last queue length: 49
	Queue length mean: 47
	Last table size: 8
	Mean table size: 7

Backfill exit
	End of job queue:10

Latency for 1000 calls to gettimeofday(): 28 microseconds

Remote Procedure Call statistics by message type
	REQUEST_PARTITION_INFO                  ( 2009) count:31     ave_time:161    total_time:5003
	REQUEST_SUBMIT_BATCH_JOB                ( 4003) count:44     queued:1 dropped:0 cycle_last:1 cycle_max:2 ave_time:900    total_time:39600

Remote Procedure Call statistics by user
	root            (       0) count:62     ave_time:150    total_time:9300

Pending RPC statistics
	No pending RPCs
`;

test("sdiag's counters become series with their unit in the name", () => {
  expect(parseInternals(sdiag)).toEqual({
    server_threads: 1,
    agent_queue_messages: 3,
    agents: 2,
    agent_threads: 4,
    dbd_agent_queue_messages: 0,
    submitted_jobs: 44,
    started_jobs: 40,
    completed_jobs: 38,
    canceled_jobs: 1,
    failed_jobs: 0,
    pending_jobs: 51,
    running_jobs: 2,
    main_last_cycle_us: 322,
    main_max_cycle_us: 4375,
    main_cycles: 17,
    main_mean_cycle_us: 676,
    main_mean_depth_jobs: 50,
    main_queue_jobs: 51,
    bf_backfilled_jobs: 23,
    bf_cycles: 10,
    bf_last_cycle_us: 5255,
    bf_max_cycle_us: 9033,
    bf_mean_cycle_us: 5977,
    bf_last_depth_jobs: 50,
    bf_last_depth_tried_jobs: 12,
    bf_mean_depth_jobs: 51,
    bf_mean_depth_tried_jobs: 13,
    bf_queue_jobs: 49,
    bf_mean_queue_jobs: 47,
    bf_table_entries: 8,
    bf_mean_table_entries: 7,
    rpc_REQUEST_PARTITION_INFO_calls: 31,
    rpc_REQUEST_PARTITION_INFO_total_us: 5003,
    rpc_REQUEST_SUBMIT_BATCH_JOB_calls: 44,
    rpc_REQUEST_SUBMIT_BATCH_JOB_total_us: 39600,
  });
});

test("a scheduler without backfill has no counters of it; an error has none at all", () => {
  const [head = ""] = sdiag.split("Backfilling stats");
  expect(Object.keys(parseInternals(head)).filter((name) => name.startsWith("bf_"))).toEqual([]);
  expect(parseInternals("slurm_get_statistics: Unable to contact slurm controller")).toEqual({});
});

test("whatever is cut off or added, no value is anything but a number that was printed", () => {
  fc.assert(
    fc.property(fc.nat(sdiag.length), fc.string(), (at, text) => {
      const whole = parseInternals(sdiag);
      const values = parseInternals(`${sdiag.slice(0, at)}\n${text.replaceAll(":", "")}`);
      for (const [name, value] of Object.entries(values)) {
        expect(Number.isInteger(value)).toBe(true);
        // Cut in the middle of a number, its first digits are left.
        expect(String(whole[name]).startsWith(String(value))).toBe(true);
      }
    }),
    { numRuns: propertyRuns(100) },
  );
});
