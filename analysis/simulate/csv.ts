import { exactDifference, exactSum } from "../../workloads/decimal";
import type { SimJob } from "./job";
import type { Schedule } from "./simulation";

/** One line for each job, in the order of the input; times are in seconds of the log's own origin. */
export function scheduleCsv(jobs: readonly SimJob[], { starts }: Schedule): string {
  const lines = ["job,submit,size,run,estimate,start,end,wait"];
  for (const [index, { job, submit, size, run, estimate }] of jobs.entries()) {
    const start = starts[index] ?? Number.NaN;
    const [end, wait] = [exactSum(start, run), exactDifference(start, submit)];
    lines.push([job, submit, size, run, estimate, start, end, wait].join(","));
  }
  return `${lines.join("\n")}\n`;
}
