import { type FieldName, fieldOf, type Mapping, memoryUnits, timeUnits } from "./mapping";
import { identifier, literal } from "./source";

type Kind = "name" | "count" | "number" | "time" | "duration" | "memory" | "state";

/** What each field is, and so what is expected of its text. */
export const kinds: Record<FieldName, Kind> = {
  job: "name",
  label: "name",
  array: "name",
  array_task: "count",
  array_limit: "count",
  array_tasks: "name",
  het: "name",
  submit: "time",
  eligible: "time",
  start: "time",
  end: "time",
  elapsed: "duration",
  state: "state",
  user: "name",
  group: "name",
  account: "name",
  partition: "name",
  qos: "name",
  name: "name",
  requested_cores: "count",
  allocated_cores: "count",
  nodes: "count",
  allocated_nodes: "count",
  memory: "memory",
  memory_per_node: "memory",
  memory_per_core: "memory",
  gpus: "count",
  gpu_type: "name",
  limit: "duration",
  constraint: "name",
  dependency: "name",
  priority: "number",
  node_list: "name",
};
const fieldNames = Object.keys(kinds) as FieldName[];

const sqlTypes: Record<Kind, string> = {
  name: "VARCHAR",
  count: "INTEGER",
  number: "DOUBLE",
  time: "DOUBLE",
  duration: "DOUBLE",
  memory: "DOUBLE",
  state: "VARCHAR",
};

export const expectations: Record<Kind, string> = {
  name: "expected a name",
  count: "expected a whole number from 0 to 2147483647",
  number: "expected a number",
  time: "expected a date and time such as 2024-01-31T12:00:00, or seconds since 1970",
  duration: "expected a number, or a time such as 1-02:03:04",
  memory: "expected a number, or an amount of memory such as 4G",
  state: "expected a state that the mapping knows",
};

/** Texts of the file as they are, one column for each field: `r_submit`, … */
export function rawSql(mapping: Mapping): string {
  const { unread } = mapping;
  const fields = fieldNames.map((name) => {
    const field = fieldOf(mapping, name);
    if (field === undefined) return `NULL::VARCHAR AS ${raw(name)}`;
    const text = field.sql === undefined ? identifier(field.column ?? "") : `(${field.sql})`;
    return `${text} AS ${raw(name)}`;
  });
  const left = unread === undefined ? "NULL::VARCHAR" : identifier(unread.column);
  return [...fields, `${left} AS r_unread`].join(", ");
}

/**
 * The same without the texts that mean "unknown". Only names and numbers need it: of the other kinds,
 * such a text has no value anyway, and is asked for where there is none. DuckDB computes what stands twice
 * in a CASE twice, so that this is a layer of its own, and makes a join of each IN.
 */
export function knownSql(mapping: Mapping): string {
  const replaced = given(mapping).flatMap((name) => {
    const texts = nullTexts(mapping, name);
    const early =
      kinds[name] === "name" ? texts : texts.filter((each) => !Number.isNaN(Number(each)));
    if (early.length === 0) return [];
    const list = early.map(literal).join(", ");
    return [
      `CASE WHEN NOT list_contains([${list}], ${raw(name)}) THEN ${raw(name)} END AS ${raw(name)}`,
    ];
  });
  return replaced.length === 0 ? "*" : `* REPLACE (${replaced.join(", ")})`;
}

function given(mapping: Mapping): FieldName[] {
  return fieldNames.filter((name) => fieldOf(mapping, name) !== undefined);
}

/** Values of ours, one column for each field: `p_submit`, …; `utc`: the session's zone. */
export function parsedSql(mapping: Mapping, utc: boolean): string {
  return fieldNames
    .map((name) => {
      const value =
        fieldOf(mapping, name) === undefined
          ? `NULL::${sqlTypes[kinds[name]]}`
          : valueSql(mapping, name, utc);
      return `${value} AS ${parsed(name)}`;
    })
    .join(", ");
}

/** Seconds and MiB beyond every log's. */
const ranges: Partial<Record<Kind, string>> = {
  time: "-1e12 AND 1e15",
  duration: "0 AND 1e15",
  memory: "0 AND 1e15",
  count: "0 AND 2147483647",
};

/** `field`, a separator and the text of the first field of a row that has a text but no value; else NULL. */
export function problemSql(mapping: Mapping): string {
  const fields = given(mapping).filter((name) => kinds[name] !== "name");
  const beyond = (name: FieldName) => {
    const range = ranges[kinds[name]];
    return range === undefined ? [] : [`${parsed(name)} NOT BETWEEN ${range}`];
  };
  const suspect = fields.flatMap((name) => [
    `(${parsed(name)} IS NULL AND ${raw(name)} IS NOT NULL)`,
    ...beyond(name),
  ]);
  const told = fields.map((name) => {
    const nulls = nullTexts(mapping, name).map(literal).join(", ");
    const wrong = [
      `${parsed(name)} IS NULL AND ${raw(name)} IS NOT NULL AND NOT list_contains([${nulls}], trim(${raw(name)}))`,
      ...beyond(name),
    ];
    return `WHEN ${wrong.join(" OR ")} THEN ${literal(`${name}${separator}`)} || ${raw(name)}`;
  });
  const rows = Object.entries(rowProblems);
  // The first condition holds for few rows, and only these go through the long one.
  const unread = `WHEN r_unread IS NOT NULL THEN ${literal(`unread${separator}`)} || r_unread`;
  return `CASE WHEN ${["r_unread IS NOT NULL", ...suspect, ...rows.map(([, { when }]) => `(${when})`)].join(" OR ")} THEN
    CASE ${unread} ${told.join(" ")} ${rows
      .map(
        ([kind, { when, text }]) =>
          `WHEN ${when} THEN ${literal(`${kind}${separator}`)} || ${text}`,
      )
      .join(" ")} END END`;
}

export const separator = "\u001f";

/** Seconds since 1970 in the year 2200, and earlier than any log in milliseconds. */
const farFuture = 7_258_118_400;

/**
 * Seconds by which a start may be before its submission: schedulers write whole seconds, and slurmctld may read
 * the one of the start before the second changes and that of the submission after it.
 */
const tick = 1;

/** A moment that is no later than the start, where it is so by such a tick. */
export function noLaterThanStart(name: "submit" | "eligible"): string {
  const [moment, start] = [parsed(name), parsed("start")];
  return `CASE WHEN ${start} < ${moment} AND ${moment} - ${start} <= ${tick} THEN ${start} ELSE ${moment} END`;
}

const texts = (...names: FieldName[]) =>
  names.map((name) => `coalesce(${raw(name)}, 'unknown')`).join(" || ' and ' || ");

/** What is wrong with a row rather than a field. */
export const rowProblems: Readonly<
  Record<string, { readonly when: string; readonly text: string; readonly expected: string }>
> = {
  "no submit": {
    when: `${parsed("submit")} IS NULL`,
    text: texts("submit"),
    expected: "expected a time of submission",
  },
  "too late": {
    when: `greatest(${parsed("submit")}, ${parsed("start")}, ${parsed("end")}) > ${farFuture}`,
    text: texts("submit", "start", "end"),
    expected: "expected moments before the year 2200",
  },
  "ends early": {
    when: `${parsed("end")} < ${parsed("start")}`,
    text: texts("start", "end"),
    expected: "expected an end no earlier than the start",
  },
  "starts early": {
    when: `${parsed("start")} < ${parsed("submit")} - ${tick}`,
    text: texts("submit", "start"),
    expected: "expected a start no earlier than the submission, but for a second",
  },
  "many tasks": {
    when: `${raw("array_tasks")} IS NOT NULL AND log_tasks(${raw("array_tasks")}) IS NULL`,
    text: texts("array_tasks"),
    expected: "expected the whole list of an array of at most 1000000 tasks, such as 1-9:2,12",
  },
};

function raw(name: FieldName): string {
  return `r_${name}`;
}

export function parsed(name: FieldName): string {
  return `p_${name}`;
}

/** The file's own name for a field's column, for a person. */
export function columnLabel(mapping: Mapping, columns: ReadonlyMap<string, string>, name: string) {
  const field = fieldOf(mapping, name as FieldName);
  if (field === undefined) return null;
  const direct = field.column === undefined ? undefined : columns.get(field.column);
  if (direct !== undefined) return direct;
  const mentioned = [...columns].filter(
    ([column]) => field.sql !== undefined && new RegExp(`\\b${column}\\b`).test(field.sql),
  );
  return mentioned.length > 0 ? mentioned.map(([, own]) => own).join(" or ") : name;
}

function nullTexts(mapping: Mapping, name: FieldName): string[] {
  return [...new Set(["", ...mapping.nulls, ...(fieldOf(mapping, name)?.nulls ?? [])])];
}

function valueSql(mapping: Mapping, name: FieldName, utc: boolean): string {
  const value = raw(name);
  const { unit, format } = fieldOf(mapping, name) ?? {};
  switch (kinds[name]) {
    case "name":
      return value;
    case "count":
      return `log_count(${value})`;
    case "number":
      return `try_cast(${value} AS DOUBLE)`;
    case "time": {
      const factor = timeUnits[(unit as keyof typeof timeUnits | undefined) ?? "seconds"];
      if (format !== undefined) {
        return `epoch(try_strptime(${value}, ${literal(format)})::TIMESTAMPTZ)`;
      }
      return `${utc ? "log_time_utc" : "log_time"}(${value}, ${factor})`;
    }
    case "duration": {
      const factor = timeUnits[(unit as keyof typeof timeUnits | undefined) ?? "seconds"];
      return `log_seconds(${value}, ${factor})`;
    }
    case "memory": {
      const factor = memoryUnits[(unit as keyof typeof memoryUnits | undefined) ?? "MiB"];
      return `log_mib(${value}, ${factor})`;
    }
    case "state":
      return stateSql(mapping, value);
  }
}

function stateSql(mapping: Mapping, value: string): string {
  const cases = Object.entries(fieldOf(mapping, "state")?.is ?? {}).map(
    ([theirs, ours]) => `WHEN ${literal(theirs.toUpperCase())} THEN ${literal(ours)}`,
  );
  return `CASE upper(split_part(${value}, ' ', 1)) ${cases.join(" ")} END`;
}
