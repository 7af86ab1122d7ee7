/** The definitions of docs/metrics.md on what nodes have free, in plain TypeScript, second by second. */

export interface PlacedJob {
  readonly start: number;
  readonly end: number;
  readonly cores: number;
  /** 0: it names none. */
  readonly memory: number;
  readonly gpus: number;
  /** How many nodes it asked for; 0: it left that to the scheduler. */
  readonly apart: number;
  /** Cores on each node that it ran on, by number of the node. */
  readonly on: ReadonlyMap<number, number>;
}

export interface FreeNode {
  readonly cores: number;
  readonly memory: number;
  readonly gpus: number;
}

const forJobs = (memory: number) => Math.floor((memory * 7) / 8);

/** What it names, or for each of its cores what the scarcest node has for one. */
export function memoryOf({ memory, cores }: PlacedJob, nodes: readonly FreeNode[]): number {
  const share = Math.min(...nodes.map((node) => forJobs(node.memory) / node.cores));
  return memory > 0 ? memory : cores * (share < 1 ? share : Math.floor(share));
}

/** All times are whole seconds; `first` and `last` bound the window. */
export function referencePlacement(
  sizes: readonly FreeNode[],
  asked: readonly PlacedJob[],
  first: number,
  last: number,
) {
  const nodes = sizes.map((node) => ({ ...node, memory: forJobs(node.memory) }));
  const jobs = asked.map((job) => ({ ...job, memory: memoryOf(job, sizes) }));
  const most = (of: (node: FreeNode) => number) => Math.max(...nodes.map(of));
  const limits = {
    cores: most((n) => n.cores),
    memory: most((n) => n.memory),
    gpus: most((n) => n.gpus),
  };
  const tasks = jobs.map(({ cores, memory, gpus, apart }) => {
    const parts = Math.max(
      1,
      apart,
      Math.ceil(cores / limits.cores),
      Math.ceil(memory / limits.memory),
      gpus > 0 && limits.gpus > 0 ? Math.ceil(gpus / limits.gpus) : 1,
    );
    return {
      cores: Math.ceil(cores / parts),
      memory: memory / parts,
      gpus: Math.ceil(gpus / parts),
    };
  });
  const fits = (task: FreeNode, node: FreeNode) =>
    task.gpus > 0 &&
    task.gpus <= node.gpus &&
    task.cores <= node.cores &&
    task.memory <= node.memory + 0.01;
  const lost = (node: FreeNode, some: readonly FreeNode[]) =>
    some.length === 0 || node.gpus === 0
      ? 0
      : (node.gpus * some.filter((task) => !fits(task, node)).length) / some.length;
  const withGpus = tasks.filter(({ gpus }) => gpus > 0);
  const sums = { fragmented: 0, gpuTask: 0, freeGpus: 0 };
  const fitting = { cores: 0, gpus: 0, nodeCores: 0, nodeGpus: 0 };
  for (let second = first; second < last; second += 1) {
    const free = nodes.map((node, number) => {
      const held = jobs.filter(
        ({ start, end, on }) => start <= second && second < end && on.has(number),
      );
      const sum = (of: (job: PlacedJob) => number) => held.reduce((all, job) => all + of(job), 0);
      return {
        cores: node.cores - sum((job) => job.on.get(number) ?? 0),
        memory: node.memory - sum((job) => (job.memory * (job.on.get(number) ?? 0)) / job.cores),
        // On one node, or in equal parts on those that it asked for.
        gpus: node.gpus - sum((job) => job.gpus / job.on.size),
      };
    });
    for (const node of free) {
      sums.fragmented += lost(node, tasks);
      sums.gpuTask += lost(node, withGpus);
      sums.freeGpus += node.gpus;
    }
    // A job has some memory and a core on each of its nodes; what is below 0.001 MiB is rounding.
    const slots = free
      .map((node) => (node.memory < 0.0005 ? { cores: 0, gpus: 0 } : node))
      .map(({ cores, gpus }) => ({ cores, gpus: cores === 0 ? 0 : gpus }));
    for (const { cores, gpus } of slots) {
      fitting.cores += cores;
      fitting.gpus += gpus;
    }
    fitting.nodeCores += Math.max(...slots.map(({ cores }) => cores));
    fitting.nodeGpus += Math.max(...slots.map(({ gpus }) => gpus));
  }
  const span = last - first;
  const ofFree = (value: number) => (sums.freeGpus === 0 ? null : value / sums.freeGpus);
  return {
    mean_gpu_fragmentation: sums.fragmented / span,
    gpu_fragmentation_rate: ofFree(sums.fragmented),
    gpu_task_fragmentation_rate: withGpus.length === 0 ? null : ofFree(sums.gpuTask),
    mean_largest_fit_cores: fitting.cores / span,
    mean_largest_fit_gpus: fitting.gpus / span,
    mean_largest_node_fit_cores: fitting.nodeCores / span,
    mean_largest_node_fit_gpus: fitting.nodeGpus / span,
  };
}
