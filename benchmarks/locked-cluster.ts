import type { Reporter } from "../base/reporter";
import type { Executor } from "../experiments/remote/executor";
import { SshExecutor } from "../experiments/remote/ssh";
import { ClusterLock } from "../experiments/run/cluster-lock";
import { newRunId } from "../experiments/run/directory";
import { orStopped } from "../experiments/run/stop";
import { controllerOf } from "../experiments/schedulers/controller";
import type { Handle } from "../infra/handle";

/**
 * Does the work on the cluster of a handle under the cluster's lock, as a run does: a benchmark takes away the jobs
 * that it finds.
 * @throws ClusterInUse while a run or another benchmark is going there; ClusterTaken when the lock is lost meanwhile;
 * RemoteError.
 */
export async function onLockedCluster<T>(
  handle: Handle,
  report: Reporter,
  work: (executor: Executor) => Promise<T>,
): Promise<T> {
  const executor = new SshExecutor(handle.cluster.nodes, handle.cluster);
  try {
    const lock = await ClusterLock.take(executor, {
      cluster: handle.cluster.name,
      controller: controllerOf(handle.cluster).name,
      experiment: `${handle.experiment}, a benchmark`,
      run: newRunId(new Date()),
      runsDir: process.cwd(),
      report,
    });
    try {
      return await orStopped(work(executor), lock.lost);
    } finally {
      await lock.release();
    }
  } finally {
    executor.close();
  }
}
