import type { Handle } from "../../infra/handle";
import { clockFactor, clockPath } from "../../spec/clock";
import { type Executor, runChecked } from "../remote/executor";
import type { AcceleratedClock } from "../schedulers/accelerated";
import { controllerOf } from "../schedulers/controller";
import { ClusterNotReady } from "../schedulers/not-ready";

const CALL_MS = 30_000;

/**
 * The clock of the scheduler's daemons; null where they have the host's. @throws RemoteError, and
 * ClusterNotReady when they have another than the run's configuration says.
 */
export async function schedulerClock(
  { cluster, spec }: Handle,
  executor: Executor,
): Promise<AcceleratedClock | null> {
  const { name } = controllerOf(cluster);
  const { stdout } = await runChecked(executor, name, `cat ${clockPath} 2>/dev/null || true`, {
    step: "read the scheduler's clock",
    deadlineMs: CALL_MS,
  });
  // Without the file the daemons have the host's clock.
  const [factor = 1, origin = Number.NaN] = (stdout.trim().match(/\S+/g) ?? []).map(Number);
  const wanted = clockFactor(spec.run);
  if (factor !== wanted || (factor !== 1 && Number.isNaN(origin))) {
    const asked = wanted === 1 ? "the host's" : `a factor of ${wanted}`;
    const clock = factor === 1 ? "the host's clock" : `a clock of factor ${factor}`;
    throw new ClusterNotReady(
      `the scheduler of ${cluster.name} has ${clock}, but run.clock asks for ${asked}`,
      {
        remedy: "Run `pulumi up` again; it gives the daemons the clock of run.clock.",
      },
    );
  }
  return factor === 1 ? null : { factor, originMs: origin * 1000 };
}
