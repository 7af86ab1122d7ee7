import type { JobRecord } from "../../store/record";
import type { Executor } from "../remote/executor";
import type { LiveCluster } from "../schedulers/adapter";
import { domainOf } from "./live-cluster";
import { outputTail } from "./node-setup";

const NAMED = 3;

/** One sentence a job for the first few that failed, each with the end of its output. */
export async function describeFailedJobs(
  records: readonly JobRecord[],
  executor: Executor,
  directory: string,
  cluster: Pick<LiveCluster, "schedulerNodes">,
): Promise<string> {
  const failed = records.filter((record) => record.state !== "completed");
  const named = await Promise.all(
    failed.slice(0, NAMED).map(async ({ job, state, exitCode, detail, nodes }) => {
      const node = nodes?.[0];
      const tail =
        node === undefined
          ? ""
          : await outputTail(executor, domainOf(cluster, node), directory, job);
      const code = exitCode === null ? "" : ` with exit code ${exitCode}`;
      const where = node === undefined ? "" : ` on ${node}`;
      const why = tail || (detail ?? "");
      return `job ${job} ${state}${code}${where}${why === "" ? "" : `: ${why}`}`;
    }),
  );
  const more = failed.length > NAMED ? `; and ${failed.length - NAMED} more` : "";
  return `${failed.length} of ${records.length} jobs did not complete: ${named.join("; ")}${more}`;
}
