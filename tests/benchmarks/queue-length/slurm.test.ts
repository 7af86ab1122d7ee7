import { expect, test } from "vitest";
import { parseSdiag } from "../../../benchmarks/queue-length/slurm";

/** Of Slurm 24.11.5 with 50 waiting jobs, as far as it matters. */
const busy = `*******************************************************
sdiag output at Thu Nov 26 09:44:07 2026 (1795686247)
Data since      Thu Nov 26 09:43:47 2026 (1795686227)
*******************************************************
Server thread count:  1

Jobs submitted: 44

Main schedule statistics (microseconds):
	Last cycle:   322
	Max cycle:    4375
	Total cycles: 17
	Mean cycle:   676
	Mean depth cycle:  50
	Last queue length: 51

Main scheduler exit:
	End of job queue:17
	Hit default_queue_depth: 0

Backfilling stats
	Total backfilled jobs (since last slurm start): 23
	Total cycles: 10
	Last cycle when: Thu Nov 26 09:44:05 2026 (1795686245)
	Last cycle: 5255
	Max cycle:  9033
	Mean cycle: 5977
	Last depth cycle: 50
	Depth Mean: 51

Backfill exit
	End of job queue:10

Latency for 1000 calls to gettimeofday(): 28 microseconds
`;

/** Just after a reset: the last cycle is one from before it. */
const fresh = `Main schedule statistics (microseconds):
	Last cycle:   15
	Max cycle:    0
	Total cycles: 0
	Last queue length: 0

Backfilling stats
	Total cycles: 0
	Last cycle when: N/A
	Last cycle: 0
	Max cycle:  0
`;

test("both loops' cycles are in milliseconds", () => {
  expect(parseSdiag(busy)).toEqual([
    { name: "main", count: 17, meanMs: 0.676, lastMs: 0.322, maxMs: 4.375 },
    { name: "backfill", count: 10, meanMs: 5.977, lastMs: 5.255, maxMs: 9.033 },
  ]);
});

test("of no cycle since the reset no time is known", () => {
  const none = { count: 0, meanMs: null, lastMs: null, maxMs: null };
  expect(parseSdiag(fresh)).toEqual([
    { name: "main", ...none },
    { name: "backfill", ...none },
  ]);
});

test("a scheduler without backfill has its main loop only", () => {
  const [main = ""] = busy.split("Backfilling stats");
  expect(parseSdiag(main).map(({ name }) => name)).toEqual(["main"]);
});

test("another text is refused", () => {
  expect(() => parseSdiag("sdiag: error: slurm_get_statistics: Zero Bytes")).toThrow(/main cycles/);
});
