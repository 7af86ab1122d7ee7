import { z } from "zod";
import { choice, distinguished, flag, named, strict, text } from "../../spec/fields";

const word = () => text(/\S/, "text");
/** Lower-case, as a column of the query over the file. */
const columnName = /^[a-z][a-z0-9_]{0,40}$/;

/** How the bytes are read; gzip and zstd are recognised by their first bytes. */
const readSchema = distinguished(
  "as",
  ["delimited", "lines", "json", "parquet"],
  [
    strict({
      /** A row a line, its values between delimiters. */
      as: z.literal("delimited"),
      /** One character each; the one that the first line has most often is taken. */
      delimiters: z
        .array(text(/^[\s\S]$/, "one character"))
        .min(1)
        .default([",", "|", ";", "\t"]),
      /** The character around values that hold the delimiter; none where a comma is not the delimiter. */
      quote: text(/^.?$/, "one character, or nothing").optional(),
      /** Names for files without a header, by the number of their columns. */
      headerless: z.array(z.array(word()).min(2)).optional(),
    }),
    strict({
      /** A row a line, in one column that is called `line`. */
      as: z.literal("lines"),
    }),
    strict({
      /** A row an object: one a line, or in the array at `records` of one large object. */
      as: z.literal("json"),
      /** Key of the array in the outermost object; "" for an outermost array. Left out: an object a line. */
      records: z.string().optional(),
    }),
    strict({ as: z.literal("parquet") }),
  ],
);

/** Texts of the file for each state of ours; the first word counts, without regard to case. */
export const states = [
  "completed",
  "failed",
  "cancelled",
  "timeout",
  "node-failed",
  "out-of-memory",
  "preempted",
  // Put back into the queue: the job goes on in another row with its id.
  "requeued",
  // Neither has ended when the log was written.
  "running",
  "waiting",
] as const;
export type LogState = (typeof states)[number];

const seconds = { seconds: 1, milliseconds: 1e-3, microseconds: 1e-6, nanoseconds: 1e-9 };
/** In seconds. */
export const timeUnits = { ...seconds, minutes: 60, hours: 3600, days: 86_400 };
/** In MiB. */
export const memoryUnits = {
  bytes: 2 ** -20,
  KiB: 2 ** -10,
  MiB: 1,
  GiB: 2 ** 10,
  TiB: 2 ** 20,
  KB: 1e3 / 2 ** 20,
  MB: 1e6 / 2 ** 20,
  GB: 1e9 / 2 ** 20,
  TB: 1e12 / 2 ** 20,
};

type Names<T> = readonly [keyof T & string, ...(keyof T & string)[]];
const namesOf = <T extends object>(units: T) => Object.keys(units) as unknown as Names<T>;

/** Where the value comes from: a column of `columns`, or an SQL expression over them. */
const from = {
  column: text(columnName, "a name of `columns`").optional(),
  sql: word().optional(),
  /** Texts that mean "unknown" in this field, beside those of the mapping. */
  nulls: z.array(z.string()).optional(),
};

function field<T extends z.core.$ZodLooseShape>(more: T) {
  return z.preprocess(
    (value) => (typeof value === "string" ? { column: value } : value),
    strict({ ...from, ...more }),
  );
}

/** Seconds since 1970, or a date and time: with its offset from UTC, or in the zone of the log. */
const time = () =>
  field({
    /** Of a number. */
    unit: choice(namesOf(seconds)).optional(),
    /** For DuckDB's strptime, where it is not ISO 8601. */
    format: word().optional(),
  });
/** A number, or `[days-]hours:minutes:seconds`. */
const duration = () => field({ unit: choice(namesOf(timeUnits)).optional() });
/** A number, or one with a suffix such as `4G` or `512mb`, whose units are binary. */
const memory = () => field({ unit: choice(namesOf(memoryUnits)).optional() });
/** A whole number of at least 0. */
const count = () => field({});
/** Any number. */
const number = () => field({});
const name = () => field({});

/** What a log can say of a job. A field that is left out is unknown. */
const fieldShapes = {
  /** Tells the jobs apart; rows with one id are attempts of one job. Left out: every row is a job. */
  job: name().optional(),
  /** As people know it, where it differs from `job`: with the place in an array, for example. */
  label: name().optional(),
  array: name().optional(),
  array_task: count().optional(),
  /** How many tasks of the array may run at once. */
  array_limit: count().optional(),
  /** Tasks such as `5-9,12` for which the row stands together, because none has started. */
  array_tasks: name().optional(),
  /** Of the components of one heterogeneous job. */
  het: name().optional(),
  submit: time(),
  eligible: time().optional(),
  start: time().optional(),
  end: time().optional(),
  /** Of the run; used where `end` is unknown. */
  elapsed: duration().optional(),
  state: field({
    /** Text of the file to state of ours. */
    is: z.record(z.string(), choice(states)),
  }).optional(),
  user: name().optional(),
  group: name().optional(),
  account: name().optional(),
  partition: name().optional(),
  qos: name().optional(),
  name: name().optional(),
  requested_cores: count().optional(),
  allocated_cores: count().optional(),
  /** Asked for; where a log does not tell, as many as were given. */
  nodes: count().optional(),
  /** Given. */
  allocated_nodes: count().optional(),
  /** Requested, for the whole job; else for each node (of `nodes`, else of `allocated_nodes`); else for each core. 0 is unknown. */
  memory: memory().optional(),
  memory_per_node: memory().optional(),
  memory_per_core: memory().optional(),
  /** For the whole job. */
  gpus: count().optional(),
  gpu_type: name().optional(),
  /** The requested run time. */
  limit: duration().optional(),
  constraint: name().optional(),
  /** `afterok:12:13,afterany:14`, with ids of `job` or `label`. */
  dependency: name().optional(),
  /** Higher goes first. */
  priority: number().optional(),
  /** `node[01-04,07],gpu1` or a plain list. */
  node_list: name().optional(),
};
export type FieldName = keyof typeof fieldShapes;

export const mappingSchema = strict({
  /** What `--format` and messages call it. */
  name: text(/^[a-z][a-z0-9-]{0,40}$/, "a name of lower-case letters, digits and -"),
  title: word(),
  /** Where the format is described. */
  see: word().optional(),
  read: readSchema,
  /**
   * Name in this mapping to the file's own name, or to several of which the first that the file has is
   * taken. Without regard to case; dots go into JSON objects. One that the file lacks is NULL.
   */
  columns: named(
    columnName,
    "a column's name of lower-case letters, digits and _",
    z.preprocess((value) => (typeof value === "string" ? [value] : value), z.array(word()).min(1)),
  ),
  /** All that is given has to hold for a file to be of this format. */
  recognise: strict({
    /** Of `columns`: those that the file has to have. */
    columns: z.array(word()).optional(),
    /** A regular expression that the beginning of the file matches. */
    text: word().optional(),
    /** One that the first value of the first row matches, where there is no header. */
    first: word().optional(),
    /** Taken before other formats that fit as well; those with the higher number first. */
    rank: z.int().default(0),
  }),
  /** SQL over the table `source`, which has `columns`; its result takes the place of `source`. */
  query: word().optional(),
  /**
   * A column of the query's result with the text of what the query could not take apart, and what it
   * expected there, such as "a record of the log".
   */
  unread: strict({
    column: text(columnName, "a column of the query"),
    expected: word(),
  }).optional(),
  /** An SQL condition on a row; others, such as the steps of a job, are left out. */
  where: word().optional(),
  /** A column that has one value in every row that has any, or the log is refused with these words. */
  single: strict({
    column: text(columnName, "a name of `columns`"),
    /** What a log with several values is, such as "a dump of several clusters". */
    otherwise: word(),
    remedy: word(),
  }).optional(),
  /** Texts that mean "unknown" in every field. */
  nulls: z
    .array(z.string())
    .default(["", "Unknown", "None", "N/A", "n/a", "NULL", "null", "NaN", "nan"]),
  /** Zone of times without one, such as Europe/Berlin. */
  zone: word().default("UTC"),
  /** Whether times count from a moment of the log's own, and not from 1970. */
  relative: flag().optional(),
  /** Whether the log is of use without names: users are numbers or hashes, for example. */
  anonymous: flag().optional(),
  /** Cores of the machine, where the publication gives them. */
  procs: z.int().min(1).optional(),
  /** Why logs of this format are recognised but cannot be used. */
  refused: word().optional(),
  fields: strict(fieldShapes),
});

export type Mapping = z.infer<typeof mappingSchema>;

/** Where a field comes from; the keys that its kind lacks are never there. */
export interface Field {
  readonly column?: string;
  readonly sql?: string;
  readonly nulls?: readonly string[];
  readonly unit?: string;
  readonly format?: string;
  readonly is?: Readonly<Record<string, LogState>>;
}

export function fieldOf(mapping: Mapping, name: FieldName): Field | undefined {
  return mapping.fields[name] as Field | undefined;
}
