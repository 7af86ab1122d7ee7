import { expect, test } from "vitest";
import type { Policy } from "../../../analysis/simulate/policy";
import { simulate } from "../../../analysis/simulate/simulation";
import { summarise } from "../../../analysis/simulate/summary";
import { JobSelection } from "../../../analysis/simulate/trace";
import { readSwf } from "../../../workloads/swf/read";
import { realLog } from "../../workloads/swf-fixture";

/** Two independent computations agree on these, for the first 500 jobs of each log. */
const figures: [string, number, Policy, number, string][] = [
  ["SDSC-SP2-1998-first-5000.swf", 128, "fcfs", 681220, "125.7701"],
  ["SDSC-SP2-1998-first-5000.swf", 128, "easy", 675184, "29.9399"],
  ["lublin_256.swf", 256, "fcfs", 602861, "1552.6626"],
  ["lublin_256.swf", 256, "easy", 545750, "73.7462"],
];

for (const [name, procs, policy, makespan, slowdown] of figures) {
  test(`${name} on ${procs} processors, ${policy}`, async ({ skip }) => {
    const file = realLog(name);
    if (file === null) return skip("no ../shared/traces");
    const { records } = await readSwf(file, "tolerant");
    const selection = new JobSelection(procs, 500);
    for (const record of records) if (!selection.full) selection.add(record);
    const summary = summarise(selection.jobs, simulate(selection.jobs, { procs, policy }));
    expect(summary.jobs).toBe(500);
    expect(summary.makespan).toBe(makespan);
    expect(summary.mean_bounded_slowdown?.toFixed(4)).toBe(slowdown);
  });
}
