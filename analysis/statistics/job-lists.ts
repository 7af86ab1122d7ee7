/** What the repeats of one tuple measured on one job list. `T` is a figure, or one for each objective. */
export interface JobListRepeats<T> {
  /** Identity of the job list: equal for all tuples that were given the same jobs. */
  readonly jobList: string;
  /** At least one. */
  readonly repeats: readonly T[];
}

/** A tuple's measurements, by job list. */
export type Sample<T> = readonly JobListRepeats<T>[];

export interface CommonSamples<T> {
  /** The job lists that every tuple has, in the order of the first tuple. */
  readonly jobLists: readonly string[];
  /** The tuples on these job lists alone, in their order. */
  readonly samples: readonly Sample<T>[];
  /** Job lists that some tuple lacks. */
  readonly leftOut: readonly string[];
}

/** Tuples are compared on the job lists that all of them have. */
export function onCommonLists<T>(samples: readonly Sample<T>[]): CommonSamples<T> {
  const byList = samples.map(
    (sample) => new Map(sample.map((entry) => [entry.jobList, entry] as const)),
  );
  const all = [...new Set(samples.flatMap((sample) => sample.map(({ jobList }) => jobList)))];
  const jobLists = all.filter((jobList) => byList.every((lists) => lists.has(jobList)));
  return {
    jobLists,
    samples: byList.map((lists) => jobLists.flatMap((jobList) => lists.get(jobList) ?? [])),
    leftOut: all.filter((jobList) => !jobLists.includes(jobList)),
  };
}

/** Groups measurements by their job list, in the order of the first ones. */
export function byJobList<T>(
  measurements: readonly { readonly jobList: string; readonly value: T }[],
): Sample<T> {
  const lists = new Map<string, T[]>();
  for (const { jobList, value } of measurements) {
    const repeats = lists.get(jobList);
    if (repeats === undefined) lists.set(jobList, [value]);
    else repeats.push(value);
  }
  return [...lists].map(([jobList, repeats]) => ({ jobList, repeats }));
}
