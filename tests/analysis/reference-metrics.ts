import type { SwfRecord } from "../../workloads/swf/record";

/** The definitions of docs/metrics.md in plain TypeScript, job by job and second by second. */
export function referenceMetrics(records: readonly SwfRecord[], procs: number, tau: number) {
  const jobs = records.filter(({ wait, run, allocated }) => wait >= 0 && run >= 0 && allocated > 0);
  const mean = (values: readonly number[]) =>
    values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
  const bounded = ({ wait, run }: SwfRecord) => Math.max(1, (wait + run) / Math.max(run, tau));
  const users = [...new Set(jobs.map(({ user }) => user))].filter((user) => user >= 0);
  const of = (user: number) => jobs.filter((job) => job.user === user);
  const jain = (values: readonly number[]) => {
    const [sum, squares] = [mean(values) ?? 0, mean(values.map((value) => value * value)) ?? 0];
    return values.length === 0 || squares === 0 ? null : sum ** 2 / squares;
  };
  const work = (list: readonly SwfRecord[]) =>
    list.reduce((sum, { allocated, run }) => sum + allocated * run, 0);
  const first = Math.min(...jobs.map(({ submit }) => submit));
  const last = Math.max(...jobs.map(({ submit, wait, run }) => submit + wait + run));
  const makespan = last - first;

  let [over, demanded, idle, queued, longest, peak] = [0, 0, 0, 0, 0, 0];
  for (let second = first; second < last; second += 1) {
    const starts = ({ submit, wait }: SwfRecord) => submit + wait;
    const running = jobs.filter((job) => starts(job) <= second && second < starts(job) + job.run);
    const waiting = jobs.filter((job) => job.submit <= second && second < starts(job));
    const used = running.reduce((sum, { allocated }) => sum + allocated, 0);
    const wanted = waiting.reduce(
      (sum, { requested, allocated }) => sum + (requested > 0 ? requested : allocated),
      0,
    );
    const demand = Math.min(procs, used + wanted);
    if (demand > 0) {
      demanded += 1;
      over += Math.max(0, procs - demand) / demand;
    } else idle += 1;
    queued += waiting.length;
    longest = Math.max(longest, waiting.length);
    peak = Math.max(peak, used);
  }
  const some = jobs.length > 0;
  const submits = jobs.map(({ submit }) => submit);
  const [early, late] = [Math.min(...submits), Math.max(...submits)];
  const steady = jobs.filter(
    ({ submit }) => late > early && submit >= early + 0.1 * (late - early),
  );
  return {
    n: jobs.length,
    makespan: some ? makespan : null,
    mean_wait: mean(jobs.map(({ wait }) => wait)),
    max_wait: some ? Math.max(...jobs.map(({ wait }) => wait)) : null,
    mean_turnaround: mean(jobs.map(({ wait, run }) => wait + run)),
    mean_slowdown: mean(
      jobs.filter(({ run }) => run > 0).map(({ wait, run }) => (wait + run) / run),
    ),
    mean_bounded_slowdown: mean(jobs.map(bounded)),
    ...tails(jobs, bounded),
    steady_n: steady.length > 0 ? steady.length : null,
    steady_mean_wait: mean(steady.map(({ wait }) => wait)),
    steady_mean_turnaround: mean(steady.map(({ wait, run }) => wait + run)),
    steady_mean_slowdown: mean(
      steady.filter(({ run }) => run > 0).map(({ wait, run }) => (wait + run) / run),
    ),
    steady_mean_bounded_slowdown: mean(steady.map(bounded)),
    ...Object.fromEntries(
      Object.entries(tails(steady, bounded)).map(([name, value]) => [`steady_${name}`, value]),
    ),
    utilisation: makespan > 0 ? work(jobs) / (procs * makespan) : null,
    backfilled_share: backfilled(records),
    users: users.length === 0 ? null : users.length,
    jain: jain(users.map((user) => mean(of(user).map(bounded)) ?? 0)),
    jain_core_seconds: jain(users.map((user) => work(of(user)))),
    mean_normalised_wait: mean(
      users
        .filter((user) => work(of(user)) > 0)
        .map((user) => of(user).reduce((sum, { wait }) => sum + wait, 0) / work(of(user))),
    ),
    mean_queue_length: makespan > 0 ? queued / makespan : null,
    max_queue_length: makespan > 0 ? longest : null,
    peak_cores: makespan > 0 ? peak : null,
    theta_u: demanded > 0 ? 0 : null,
    theta_o: demanded > 0 ? (100 * over) / demanded : null,
    no_demand_share: makespan > 0 ? idle / makespan : null,
  };
}

/**
 * The share of the jobs with a start, whether they count or not, that started while one of their queue that was
 * submitted before them went on waiting for a second or more.
 */
function backfilled(records: readonly SwfRecord[]): number | null {
  const started = records.filter(({ wait }) => wait >= 0);
  const start = ({ submit, wait }: SwfRecord) => submit + wait;
  const overtakes = (job: SwfRecord) =>
    started.some(
      (other) =>
        other.queue === job.queue && other.submit < job.submit && start(other) >= start(job) + 1,
    );
  return started.length === 0 ? null : started.filter(overtakes).length / started.length;
}

/** Quantiles of waits and bounded slowdowns, and means weighted with cores x run time. */
function tails(jobs: readonly SwfRecord[], bounded: (job: SwfRecord) => number) {
  const area = ({ allocated, run }: SwfRecord) => allocated * run;
  const areas = jobs.reduce((sum, job) => sum + area(job), 0);
  const weighted = (of: (job: SwfRecord) => number) =>
    areas === 0 ? null : jobs.reduce((sum, job) => sum + area(job) * of(job), 0) / areas;
  const waits = jobs.map(({ wait }) => wait);
  const slowdowns = jobs.map(bounded);
  return {
    p50_wait: quantile(waits, 0.5),
    p90_wait: quantile(waits, 0.9),
    p99_wait: quantile(waits, 0.99),
    p50_bounded_slowdown: quantile(slowdowns, 0.5),
    p90_bounded_slowdown: quantile(slowdowns, 0.9),
    p99_bounded_slowdown: quantile(slowdowns, 0.99),
    area_weighted_response_time: weighted(({ wait, run }) => wait + run),
    area_weighted_bounded_slowdown: weighted(bounded),
  };
}

/** Between the two neighbours of the place (n - 1) · share in the sorted values. */
function quantile(values: readonly number[], share: number): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  const place = (sorted.length - 1) * share;
  const [below, above] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
  if (below === undefined || above === undefined) return null;
  return below + (above - below) * (place - Math.floor(place));
}
