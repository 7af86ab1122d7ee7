import { expandNames, HostlistError } from "../../../hostlist";
import type { SiteProblem } from "../../site-problem";
import { type Including, type Pair, printLine, readLines, type SiteLine } from "./lines";

/** A setting, or one of a line's fields, as it was written. */
export interface Setting {
  readonly key: string;
  readonly value: string;
  readonly file: string;
  readonly line: number;
}

/** A line that says what nodes, a partition or the like are. */
export interface SiteRecord {
  /** The line's first key, as written. */
  readonly beginning: string;
  /** Its value; nodes and switches may be many at once. */
  readonly name: string;
  /** By the key in lower case, without the name and with the defaults of earlier lines. */
  readonly fields: ReadonlyMap<string, Setting>;
  readonly file: string;
  readonly line: number;
}

/** slurm.conf. */
export interface SlurmConf {
  /** By the key in lower case, in the order in which they came; the last one of a key counts. */
  readonly settings: ReadonlyMap<string, Setting>;
  readonly nodes: readonly SiteRecord[];
  readonly partitions: readonly SiteRecord[];
  readonly nodeSets: readonly SiteRecord[];
  readonly downNodes: readonly SiteRecord[];
  /** Whose names this reader knows and that mean something else: a problem each, later. */
  readonly others: readonly SiteRecord[];
}

export interface ReadConf {
  readonly conf: SlurmConf;
  readonly problems: readonly SiteProblem[];
}

/** The first key of a line that is a record, by the key in lower case. */
const kinds = {
  nodename: "nodes",
  partitionname: "partitions",
  nodeset: "nodeSets",
  downnodes: "downNodes",
  frontendname: "others",
  slurmdbdname: "others",
} as const satisfies Record<string, keyof SlurmConf>;

/** Keys of settings that may stand in several lines, each of which counts. */
const repeated = new Set([
  "slurmctldhost",
  "prolog",
  "epilog",
  "prologslurmctld",
  "epilogslurmctld",
]);

/** slurm.conf with everything that it includes. Never throws. */
export function readConf(file: string, text: string, including?: Including): ReadConf {
  const { lines, problems } = readLines(file, text, including);
  const found: SiteProblem[] = [...problems];
  const settings = new Map<string, Setting>();
  const records = {
    nodes: [] as SiteRecord[],
    partitions: [] as SiteRecord[],
    nodeSets: [] as SiteRecord[],
    downNodes: [] as SiteRecord[],
    others: [] as SiteRecord[],
  };
  const defaults = new Map<string, Map<string, Setting>>();
  for (const line of lines) {
    const first = line.pairs[0];
    const kind = first === undefined ? undefined : kindOf(first.key);
    if (first === undefined || kind === undefined) {
      for (const pair of line.pairs) addSetting(settings, line, pair);
      continue;
    }
    const record = recordOf(line, found);
    const lower = first.key.toLowerCase();
    const own = defaults.get(lower) ?? new Map<string, Setting>();
    if (first.value.toUpperCase() === "DEFAULT") {
      for (const [key, field] of record.fields) own.set(key, field);
      defaults.set(lower, own);
      continue;
    }
    const fields = new Map([...own, ...record.fields]);
    records[kind].push({ ...record, fields });
    if (kind === "nodes" || kind === "partitions") checkNames(first, line, found);
  }
  return { conf: { settings, ...records }, problems: found };
}

function kindOf(key: string): (typeof kinds)[keyof typeof kinds] | undefined {
  const lower = key.toLowerCase();
  return Object.hasOwn(kinds, lower) ? kinds[lower as keyof typeof kinds] : undefined;
}

/** Whether a value is added to those before it and takes the place of none. */
export function addsUp({ key, adds }: Pick<Pair, "key" | "adds">): boolean {
  return adds || repeated.has(key.toLowerCase());
}

function addSetting(settings: Map<string, Setting>, { file, line }: SiteLine, pair: Pair): void {
  const lower = pair.key.toLowerCase();
  const earlier = addsUp(pair) ? settings.get(lower)?.value : undefined;
  const value = [earlier, pair.value].filter(Boolean).join(",");
  settings.set(lower, { key: pair.key, value, file, line });
}

/** The line's first pair is its name. */
export function recordOf({ file, line, pairs }: SiteLine, problems: SiteProblem[]): SiteRecord {
  const [first, ...others] = pairs;
  const fields = new Map<string, Setting>();
  for (const { key, value } of others) {
    const lower = key.toLowerCase();
    if (fields.has(lower)) {
      problems.push({ file, line, key, message: "expected it once in a line" });
    }
    fields.set(lower, { key, value, file, line });
  }
  return { beginning: first?.key ?? "", name: first?.value ?? "", fields, file, line };
}

function checkNames({ key, value }: Pair, { file, line }: SiteLine, problems: SiteProblem[]): void {
  const problem = (message: string) => problems.push({ file, line, key, message });
  try {
    if (expandNames(value).length === 0) problem("expected a name");
  } catch (error) {
    if (!(error instanceof HostlistError)) throw error;
    problem(error.message);
  }
}

/** The text of slurm.conf: settings, then nodes, sets of nodes, nodes that are down, and partitions. */
export function printConf(conf: SlurmConf): string {
  const settings = [...conf.settings.values()].map(({ key, value }) => printPairs([[key, value]]));
  const lines = [
    ...settings,
    ...conf.nodes.map(printRecord),
    ...conf.nodeSets.map(printRecord),
    ...conf.downNodes.map(printRecord),
    ...conf.partitions.map(printRecord),
    ...conf.others.map(printRecord),
  ];
  return lines.map((line) => `${line}\n`).join("");
}

export function printRecord({
  beginning,
  name,
  fields,
}: Pick<SiteRecord, "beginning" | "name" | "fields">): string {
  const rest = [...fields.values()].map(({ key, value }): [string, string] => [key, value]);
  return printPairs([[beginning, name], ...rest]);
}

export function printPairs(pairs: readonly (readonly [key: string, value: string])[]): string {
  return printLine(pairs.map(([key, value]) => ({ key, value, adds: false })));
}

/** The value of a setting; undefined where it is not said. */
export function settingOf(conf: Pick<SlurmConf, "settings">, key: string): string | undefined {
  return conf.settings.get(key.toLowerCase())?.value;
}

/** The parts of a list with commas, without empty ones. */
export function listOf(value: string | undefined): string[] {
  return (value ?? "")
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
}
