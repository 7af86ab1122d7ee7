import type { KubernetesPolicy } from "../../../spec/schedulers/kubernetes/policy";
import type { WorkloadJob } from "../../../workloads/job";

/** What a manifest needs beside the job. */
export interface ManifestContext {
  readonly runId: string;
  /** Directory of the run on every node. */
  readonly directory: string;
  readonly namespace: string;
  /** The Unix user that the job's processes run as. */
  readonly user: { readonly uid: number; readonly gid: number };
  readonly policy: KubernetesPolicy;
  readonly defaultPartition: string;
  /** Memory of each of the job's cores. */
  readonly memoryPerCoreMiB: (job: WorkloadJob) => number;
  /** The job goes back to the queue when one of its nodes leaves. */
  readonly requeues: (job: WorkloadJob) => boolean;
  /** The nodes are emulated: kwok plays the pods, and runs nothing. */
  readonly emulated: boolean;
  /** The nodes are below leaf switches: a job's pods should be below few of them. */
  readonly switches: boolean;
  readonly apiServer: { readonly host: string; readonly port: number };
}
