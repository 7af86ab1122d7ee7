import { constraintOf, featuresOf, isExpression, traitPattern } from "../spec/node-traits";
import type { ReplayWorkload } from "../spec/workload";
import { type JobAsks, numberInLog } from "./asks";
import type { Choice } from "./choose";
import { type ClusterCapacity, nodesOf } from "./cluster";
import { misfit } from "./fit";
import { bareName, type WorkloadJob } from "./job";
import { keeps, LostAsks } from "./keep";
import { milliseconds } from "./milliseconds";
import { levelsNote, priorityLevels } from "./priorities";
import { headerNumber, type SwfHeader } from "./swf/header";
import { size as sizeOf } from "./swf/record";

/** Why a feature or a type of GPUs is not kept, which the cluster has under no other name either. */
const unusual = "not every scheduler takes such a name";

/**
 * Seconds of the log. Whole seconds leave it open whether a job that was eligible a second after its submission had to
 * wait for anything, and finer ones tell in how short a time the scheduler looked at it.
 */
const mostUncertainDelay = 1;

/** How often something was rounded. */
interface Rounded {
  memory: number;
  gpus: number;
  nodes: number;
  /** Jobs that have more cores, so that each of their nodes has as many. */
  cores: number;
}

/**
 * What jobs keep of that which their log says beyond the standard's fields, in this cluster's size. Memory,
 * GPUs and nodes are scaled as the cores were.
 */
export class KeptAsks {
  private readonly lost = new LostAsks();
  private readonly rounded: Rounded = { memory: 0, gpus: 0, nodes: 0, cores: 0 };
  private readonly levels: ReadonlyMap<number, number>;

  constructor(
    private readonly workload: ReplayWorkload,
    private readonly cluster: ClusterCapacity,
    private readonly header: SwfHeader,
    choices: readonly Choice[],
  ) {
    this.levels = priorityLevels(
      keeps(workload, "priority")
        ? choices.flatMap(({ record }) => record.asks?.priority ?? [])
        : [],
    );
  }

  /** The job with what it keeps. */
  keep(job: WorkloadJob, choice: Choice): WorkloadJob {
    const { asks } = choice.record;
    if (asks === undefined) return job;
    const scale = job.cores / (sizeOf(choice.record) ?? job.cores);
    const memoryMiB = this.memory(asks, scale) ?? job.memoryMiB;
    const gpus = this.gpus(job, asks, scale);
    const kept = { ...job, memoryMiB, gpus, ...this.named(job, choice, asks) };
    const nodes = this.nodes(kept, choice, asks, scale);
    return nodes === null ? kept : this.shaped(kept, nodes);
  }

  /** For a person. Throws Failure where jobs cannot keep what the user insists on. */
  notes(): string[] {
    const { memory, gpus, nodes, cores } = this.rounded;
    const what = [
      [memory, "memory of", "to whole MiB"],
      [gpus, "GPUs of", "to whole ones, at least one"],
      [nodes, "nodes of", "to whole ones that this cluster has"],
    ] as const;
    return [
      ...what.flatMap(([jobs, of, to]) =>
        jobs === 0
          ? []
          : [`${of} ${jobs} jobs of the trace, scaled with their cores, were rounded ${to}`],
      ),
      ...(cores === 0
        ? []
        : [
            `${cores} jobs of the trace have more cores or GPUs, so that each of their nodes has as many`,
          ]),
      ...levelsNote(this.levels),
      ...this.lost.notes(this.workload),
    ];
  }

  private memory({ memoryMiB = 0 }: JobAsks, scale: number): number | undefined {
    if (!keeps(this.workload, "memory") || memoryMiB <= 0) return undefined;
    const scaled = memoryMiB * scale;
    const whole = Math.max(1, Math.ceil(scaled));
    if (whole !== scaled) this.rounded.memory += 1;
    return whole;
  }

  private gpus(job: WorkloadJob, { gpus = 0 }: JobAsks, scale: number): number {
    if (!keeps(this.workload, "gpus") || gpus <= 0) return job.gpus;
    const scaled = gpus * scale;
    const whole = Math.max(1, Math.round(scaled));
    if (whole !== scaled) this.rounded.gpus += 1;
    return whole;
  }

  /** What is a name or a number of its own, and is not scaled. */
  private named(job: WorkloadJob, choice: Choice, asks: JobAsks): Partial<WorkloadJob> {
    const { workload } = this;
    const number = numberInLog(choice.record) ?? choice.record.job;
    const nodes = nodesOf(this.cluster, job.partition) ?? [];
    const kept: { -readonly [Key in keyof WorkloadJob]?: WorkloadJob[Key] } = {};
    if (asks.partition !== undefined && asks.partition !== choice.partition) {
      if (keeps(workload, "partition")) {
        const given = workload.users.partitions[choice.user] !== undefined;
        const why = given
          ? "workload.users.partitions names another"
          : "the cluster has no such partition";
        this.lost.add("partition", asks.partition, why, number);
      }
    }
    if (asks.gpuType !== undefined && (asks.gpus ?? 0) > 0 && keeps(workload, "gpus")) {
      const type = `of the type ${asks.gpuType}`;
      if (!traitPattern.test(asks.gpuType)) this.lost.add("gpus", type, unusual, number);
      else if (nodes.some(({ gpuType }) => gpuType !== undefined)) kept.gpuType = asks.gpuType;
      else this.lost.add("gpus", type, "no node has a gpuType", number);
    }
    if (asks.constraint !== undefined && keeps(workload, "constraint")) {
      const features = featuresOf(asks.constraint);
      const why =
        features !== null
          ? "no node has features"
          : isExpression(asks.constraint)
            ? "only names with & between them are understood"
            : unusual;
      if (features !== null && nodes.some((node) => node.features !== undefined)) {
        kept.constraint = constraintOf(features);
      } else this.lost.add("constraint", asks.constraint, why, number);
    }
    for (const attribute of ["qos", "account"] as const) {
      const name = asks[attribute];
      if (name === undefined || !keeps(workload, attribute)) continue;
      if (bareName.test(name)) kept[attribute] = name;
      else this.lost.add(attribute, JSON.stringify(name), "no scheduler takes such a name", number);
    }
    const level = asks.priority === undefined ? undefined : this.levels.get(asks.priority);
    if (level !== undefined) kept.priority = level;
    const delay = this.delay(choice, asks);
    if (delay > 0) kept.eligibleAfterSeconds = delay;
    return kept;
  }

  /**
   * Seconds of the replay from the submission until the job may start. A job that waits for others, or for its
   * place in an array, becomes eligible through them.
   */
  private delay({ record }: Choice, { eligible, dependencies = [], array }: JobAsks): number {
    if (eligible === undefined || !keeps(this.workload, "eligible")) return 0;
    if (dependencies.length > 0 || array?.limit !== undefined) return 0;
    const logged = milliseconds(eligible - record.submit);
    return logged > mostUncertainDelay ? milliseconds(logged * this.workload.timeFactor) : 0;
  }

  /** How many nodes the job has here; null where it does not say. */
  private nodes(job: WorkloadJob, { record }: Choice, asks: JobAsks, scale: number): number | null {
    if (!keeps(this.workload, "nodes")) return null;
    const { coresPerNode } = asks;
    const size = sizeOf(record) ?? job.cores;
    const asked =
      asks.nodes ?? (coresPerNode === undefined ? undefined : Math.ceil(size / coresPerNode));
    if (asked === undefined || asked <= 0) return null;
    const { mode } = this.workload.sizes;
    if (mode === "full" || mode === "skip") return asked;
    const scaled = asked * (mode === "scale" ? this.nodeScale(job, scale) : scale);
    const known = nodesOf(this.cluster, job.partition);
    const most = Math.min(
      job.cores,
      known?.reduce((sum, { count }) => sum + count, 0) ?? job.cores,
    );
    const wanted = Math.min(Math.max(1, Math.round(scaled)), most);
    let nodes = wanted;
    // On too few nodes the cores may be more than each of them has.
    while (nodes < most && misfit(spread(job, nodes), this.cluster) !== null) nodes += 1;
    if (misfit(spread(job, nodes), this.cluster) !== null) nodes = wanted;
    if (nodes !== scaled) this.rounded.nodes += 1;
    return nodes;
  }

  /** Nodes here for a node of the traced machine: by the numbers of nodes, where the log has its own. */
  private nodeScale(job: WorkloadJob, scale: number): number {
    const traced = headerNumber(this.header, "MaxNodes");
    const known = nodesOf(this.cluster, job.partition);
    if (traced === null || traced <= 0 || known === undefined) return scale;
    return known.reduce((sum, { count }) => sum + count, 0) / traced;
  }

  private shaped(job: WorkloadJob, nodes: number): WorkloadJob {
    const shaped = spread(job, nodes);
    if (shaped.cores !== job.cores || shaped.gpus !== job.gpus) this.rounded.cores += 1;
    return shaped;
  }
}

/** The job on so many nodes, with as many cores and GPUs on each. */
function spread(job: WorkloadJob, nodes: number): WorkloadJob {
  const up = (amount: number) => Math.ceil(amount / nodes) * nodes;
  return { ...job, nodes, cores: up(job.cores), gpus: up(job.gpus) };
}
