/** The definitions of elasticity in docs/metrics.md in plain TypeScript, second by second. */

/** Whole seconds. */
export interface ElasticJob {
  readonly submit: number;
  readonly start: number;
  readonly end: number;
  readonly cores: number;
}

/** Cores that can be scheduled on from `at`, in whole seconds, on; the first step holds before it too. */
export interface Step {
  readonly at: number;
  readonly cores: number;
}

export interface Pool {
  readonly min: number;
  readonly max: number;
  /** Of each node. */
  readonly cores: number;
  /** Of the cluster, as its run recorded it. */
  readonly capacity: number;
}

export function referenceElasticity(
  jobs: readonly ElasticJob[],
  steps: readonly Step[],
  { min, max, cores, capacity }: Pool,
) {
  const first = Math.min(...jobs.map(({ submit }) => submit));
  const last = Math.max(...jobs.map(({ end }) => end));
  const largest = Math.max(capacity, ...steps.map((step) => step.cores));
  const ordered = [...steps].sort((a, b) => a.at - b.at);
  const wanted = (second: number) =>
    jobs
      .filter(({ submit, end }) => submit <= second && second < end)
      .reduce((sum, job) => sum + job.cores, 0);
  const demand = (second: number) => Math.min(largest, wanted(second));
  const supply = (second: number) =>
    (ordered.findLast(({ at }) => at <= second) ?? ordered[0])?.cores ?? 0;
  const seconds = Array.from({ length: Math.max(0, last - first) }, (_, index) => first + index);
  const busy = seconds.filter((second) => demand(second) > 0);
  const sum = (of: (second: number) => number) =>
    busy.reduce((total, second) => total + of(second), 0);
  const percent = (value: number) => (busy.length === 0 ? null : (100 * value) / busy.length);
  const changes = (level: (second: number) => number) =>
    seconds.slice(1).filter((second) => level(second) !== level(second - 1)).length;
  const someSupply = seconds.some((second) => supply(second) > 0);
  const known = (value: number | null) => (someSupply ? value : null);
  return {
    theta_u: known(percent(sum((at) => Math.max(0, demand(at) - supply(at)) / demand(at)))),
    theta_o: known(percent(sum((at) => Math.max(0, supply(at) - demand(at)) / demand(at)))),
    tau_u: known(percent(busy.filter((at) => demand(at) > supply(at)).length)),
    tau_o: known(percent(busy.filter((at) => demand(at) < supply(at)).length)),
    jitter: last > first ? ((changes(supply) - changes(demand)) / (last - first)) * 60 : null,
    oracle_node_seconds: seconds.reduce(
      (total, at) => total + Math.min(max, Math.max(min, Math.ceil(wanted(at) / cores))),
      0,
    ),
  };
}
