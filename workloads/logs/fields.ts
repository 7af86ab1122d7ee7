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
export const fieldNames = Object.keys(kinds) as FieldName[];

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
  const left = unread === undefined ? "NULL::VARCHAR" : identifier(unread.column);
  const texts = fieldNames.map((name) => {
    const field = fieldOf(mapping, name);
    const kind = kinds[name];
    if (field === undefined) return `NULL::VARCHAR AS ${raw(name)}`;
    const text = field.sql === undefined ? identifier(field.column ?? "") : `(${field.sql})`;
    const nulls = nullTexts(mapping, name);
    // Names are taken as they are; what else is NULL is asked for only where the text has no value.
    const early = kind === "name" ? nulls : nulls.filter((each) => Number.isFinite(Number(each)));
    return `${without(
      text,
      early.filter((each) => each !== ""),
    )} AS ${raw(name)}`;
  });
  return `${texts.join(", ")}, ${left} AS r_unread`;
}

/** Values of ours, one column for each field: `p_submit`, … */
export function parsedSql(mapping: Mapping): string {
  return fieldNames
    .map((name) => {
      if (fieldOf(mapping, name) === undefined) {
        return `NULL::${sqlTypes[kinds[name]]} AS ${parsed(name)}`;
      }
      return `${valueSql(mapping, name)} AS ${parsed(name)}`;
    })
    .join(", ");
}

/** `field`, a separator and the text of the first field of a row that has a text but no value; else NULL. */
export function problemSql(mapping: Mapping): string {
  const branches = fieldNames
    .filter((name) => fieldOf(mapping, name) !== undefined && kinds[name] !== "name")
    .map((name) => {
      const nulls = nullTexts(mapping, name).map(literal).join(", ");
      return `WHEN ${parsed(name)} IS NULL AND ${raw(name)} IS NOT NULL
        AND trim(${raw(name)}) NOT IN (${nulls}) THEN ${literal(`${name}${separator}`)} || ${raw(name)}`;
    });
  const unread = `WHEN r_unread IS NOT NULL THEN ${literal(`unread${separator}`)} || r_unread`;
  return `CASE ${unread} ${branches.join(" ")} ${rowProblems} END`;
}

export const separator = "\u001f";
/** What is wrong with a row rather than a field. */
export const rowExpectations: Readonly<Record<string, string>> = {
  "no submit": "expected a time of submission",
  "ends early": "expected an end no earlier than the start",
  "starts early": "expected a start no earlier than the submission",
  "many tasks": "expected an array of at most 1000000 tasks, such as 1-9:2,12",
};
const text = (...names: FieldName[]) =>
  names.map((name) => `coalesce(${raw(name)}, 'unknown')`).join(" || ' and ' || ");
const rowProblems = `
  WHEN ${parsed("submit")} IS NULL THEN 'no submit${separator}' || coalesce(${raw("submit")}, '')
  WHEN ${parsed("end")} < ${parsed("start")}
    THEN 'ends early${separator}' || ${text("start", "end")}
  WHEN ${parsed("start")} < ${parsed("submit")}
    THEN 'starts early${separator}' || ${text("submit", "start")}
  WHEN ${raw("array_tasks")} IS NOT NULL AND log_tasks(${raw("array_tasks")}) IS NULL
    THEN 'many tasks${separator}' || ${raw("array_tasks")}`;

export function raw(name: FieldName): string {
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

function without(sql: string, nulls: readonly string[]): string {
  if (nulls.length === 0) return sql;
  if (nulls.length === 1) return `nullif(${sql}, ${literal(nulls[0] ?? "")})`;
  return `CASE WHEN ${sql} NOT IN (${nulls.map(literal).join(", ")}) THEN ${sql} END`;
}

function valueSql(mapping: Mapping, name: FieldName): string {
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
        return `log_finite(epoch(try_strptime(${value}, ${literal(format)})::TIMESTAMPTZ))`;
      }
      return `log_finite(log_time(${value}, ${factor}))`;
    }
    case "duration": {
      const factor = timeUnits[(unit as keyof typeof timeUnits | undefined) ?? "seconds"];
      return `log_positive(log_seconds(${value}, ${factor}))`;
    }
    case "memory": {
      const factor = memoryUnits[(unit as keyof typeof memoryUnits | undefined) ?? "MiB"];
      return `log_positive(log_mib(${value}, ${factor}))`;
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
