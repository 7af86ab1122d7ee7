import { drawFields, type RunConditions } from "../../conditions";

/** Where a run belongs when the job lists of one workload are compared together. */
export interface Place {
  /** Of the configuration: its conditions without the draw of its jobs. */
  readonly configuration: string;
  /** Which draw of the workload its jobs are. */
  readonly jobList: string;
}

export interface Pool {
  readonly places: ReadonlyMap<string, Place>;
  /** The job lists that every configuration has. */
  readonly common: readonly string[];
  /** Those that some configuration lacks. */
  readonly others: readonly string[];
}

/** The conditions without those that another draw of the same workload changes. */
export function withoutDraw({ run, fields }: RunConditions): RunConditions {
  return {
    run,
    fields: Object.fromEntries(Object.entries(fields).filter(([name]) => !draws.has(name))),
  };
}

const draws: ReadonlySet<string> = new Set(drawFields);

/** Groups runs by configuration and job list. */
export function poolOf(conditions: readonly RunConditions[]): Pool {
  const places = new Map(conditions.map((run) => [run.run, placeOf(run)]));
  const lists = new Map<string, Set<string>>();
  for (const { configuration, jobList } of places.values()) {
    lists.set(configuration, (lists.get(configuration) ?? new Set()).add(jobList));
  }
  const all = [...new Set([...places.values()].map(({ jobList }) => jobList))];
  const common = all.filter((jobList) => [...lists.values()].every((own) => own.has(jobList)));
  return { places, common, others: all.filter((jobList) => !common.includes(jobList)) };
}

/**
 * The configuration and the job list of a run. Conditions of one store have their names in one order. The
 * text is put together by hand, because JSON would escape kilobytes of JSON for each of many runs.
 */
export function placeOf({ fields }: RunConditions): Place {
  let configuration = "";
  for (const [name, value] of Object.entries(fields)) {
    if (!draws.has(name)) configuration += `${name}\0${value ?? "\0"}\0`;
  }
  const { job_list: jobList = null, seed = null } = fields;
  return { configuration, jobList: jobList ?? JSON.stringify({ seed }) };
}
