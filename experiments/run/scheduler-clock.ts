import { Failure } from "../../base/failure";
import type { Handle } from "../../infra/handle";
import { clockFactor, clockOriginPath } from "../../spec/clock";
import { type Executor, runChecked } from "../remote/executor";
import type { AcceleratedClock } from "../schedulers/accelerated";
import { controllerOf } from "../schedulers/controller";

const CALL_MS = 30_000;

/** The clock of the scheduler's daemons; null where they have the host's. @throws RemoteError, Failure. */
export async function schedulerClock(
  handle: Handle,
  executor: Executor,
): Promise<AcceleratedClock | null> {
  const factor = clockFactor(handle.spec.run);
  if (factor === 1) return null;
  const { name } = controllerOf(handle.cluster);
  const { stdout } = await runChecked(executor, name, `cat ${clockOriginPath}`, {
    step: "read the origin of the scheduler's clock",
    deadlineMs: CALL_MS,
  });
  const originMs = Number(stdout.trim()) * 1000;
  if (Number.isFinite(originMs) && originMs > 0) return { factor, originMs };
  throw new Failure(`${name}: ${clockOriginPath} holds no time: ${stdout.trim()}`, {
    remedy: "Run `pulumi up` again: the bootstrap writes it when the daemons first start.",
  });
}
