import { states } from "./mapping";

/** Words that a written log has whatever its jobs are: titles of columns, states, and the header of an SWF file. */
const ofTheFormat = `
  job label array array_task array_limit array_tasks het submit eligible start end run_s state user group account
  partition qos name requested_cores allocated_cores nodes allocated_nodes memory_mib gpus gpu_type limit_s constraint
  dependency priority node_list afterok afterany
  Version Conversion schedlab from the format csv UnixStartTime MaxJobs MaxRecords MaxProcs MaxNodes Note
  lost in conversion jobs ids order submission names of users and groups which become numbers partitions accounts numbers GPUs constraints
  moments becoming after submission places an dependencies on several or with a condition parts heterogeneous
  priorities lists ends by time limit out memory preemption node failed earlier attempts that were requeued QOS`;

/**
 * Names that queues, constraints and kinds of GPU have nearly everywhere, so that one of them says nothing of whoever
 * has the same name; in lower case.
 */
const ofQueues = `
  batch debug devel normal short long medium large small high standard regular default general interactive test work
  main compute shared serial parallel express priority preempt preemptable scavenger idle free unlimited
  visualization transfer queue bigmem fat thin exclusive
  gpu gpus cpu cpus mem all any low mid big max min std def gen ib mpi smp io dev qa hi lo ssd nvme hdr edr fdr
  t4 l4 p4 k80 p100 v100 a100 h100`;

const words = (text: string) => text.split(/\s+/).filter((word) => word !== "");

export const queueWords: ReadonlySet<string> = new Set(words(ofQueues));

/** What may stand in a written log although a name is spelt like that. */
export const ordinaryWords: ReadonlySet<string> = new Set([
  ...words(ofTheFormat),
  ...queueWords,
  ...states.flatMap((state) => state.split("-")),
]);
