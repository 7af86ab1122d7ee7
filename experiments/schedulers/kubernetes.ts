import { Failure } from "../../host/failure";
import type { AdapterContext, SchedulerAdapter } from "./adapter";

/** @throws Failure always: this version bootstraps Kubernetes but cannot run a workload on it. */
export function kubernetesAdapter({ cluster }: AdapterContext): SchedulerAdapter {
  throw new Failure(`cluster ${cluster.name}: workloads cannot run on Kubernetes yet`);
}
