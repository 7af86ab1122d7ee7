import { featuresOf } from "../../../spec/node-traits";
import { gpuTypeProperty, urgencyOf } from "../../../spec/schedulers/flux/asks";
import { nodeShare } from "../../../workloads/fit";
import type { WorkloadJob } from "../../../workloads/job";

/** Of a job, or of each of its nodes: `cores / count` cores and `gpus / count` GPUs, which are on one node. */
interface Slots {
  readonly count: number;
  readonly cores: number;
  readonly gpus: number;
}

/**
 * A slot a core, as Slurm has a task a core: the scheduler may spread them over nodes as it likes. All
 * slots of a jobspec are alike, so a job with GPUs has as many as divide both its cores and its GPUs.
 */
export function slotsOf(cores: number, gpus: number): Slots {
  const count = greatestCommonDivisor(cores, gpus);
  return { count, cores: cores / count, gpus: gpus / count };
}

function greatestCommonDivisor(left: number, right: number): number {
  return right === 0 ? left : greatestCommonDivisor(right, left % right);
}

/** The resources of a jobspec: slots, or nodes with as many slots each where the job says how many. */
export function resourcesOf(job: WorkloadJob): object[] {
  const share = nodeShare(job);
  const slots = share === null ? slotsOf(job.cores, job.gpus) : slotsOf(share.cores, share.gpus);
  const slot = {
    type: "slot",
    label: "task",
    count: slots.count,
    with: [
      { type: "core", count: slots.cores },
      ...(slots.gpus === 0 ? [] : [{ type: "gpu", count: slots.gpus }]),
    ],
  };
  return [share === null ? slot : { type: "node", count: share.nodes, with: [slot] }];
}

/** The job's constraint by properties that all of its nodes have (RFC 31), as a system attribute. */
export function constraintsOf({ constraint, gpuType, gpus }: WorkloadJob): object {
  const properties = [
    ...(constraint === undefined ? [] : (featuresOf(constraint) ?? [])),
    ...(gpuType === undefined || gpus === 0 ? [] : [gpuTypeProperty(gpuType)]),
  ];
  return properties.length === 0 ? {} : { constraints: { properties } };
}

/**
 * What submitter.py gives to Flux beside the jobspec, or only knows at the submission: the urgency, and the
 * seconds from then on until the job may start.
 */
export function submissionAttributes({ priority, eligibleAfterSeconds }: WorkloadJob): object {
  const schedlab = {
    ...(priority === undefined ? {} : { urgency: urgencyOf(priority) }),
    ...(eligibleAfterSeconds === undefined ? {} : { beginAfter: eligibleAfterSeconds }),
  };
  return Object.keys(schedlab).length === 0 ? {} : { user: { schedlab } };
}
