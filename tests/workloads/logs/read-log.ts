import { type OpenOptions, openLog } from "../../../workloads/logs/open";
import type { LogJob } from "../../../workloads/swf/log";
import type { SwfMode } from "../../../workloads/swf/parse";
import { logFile } from "../swf-fixture";

export interface ReadLog {
  readonly jobs: readonly LogJob[];
  readonly records: number;
  readonly oddities: Readonly<Record<string, number>>;
  readonly start: string | undefined;
  readonly why: string;
}

/** The jobs of a log at a path. */
export function readPath(file: string, options: Partial<OpenOptions> = {}): Promise<ReadLog> {
  const mode: SwfMode = options.mode ?? "tolerant";
  return openLog(file, { ...options, mode }, async ({ log, why }) => {
    const jobs: LogJob[] = [];
    for await (const batch of log.batches()) jobs.push(...batch);
    const { records, oddities } = log;
    const start = log.header.get("UnixStartTime")?.[0];
    return { jobs, records, oddities: Object.fromEntries(oddities), start, why };
  });
}

/** The jobs of a log with this content. */
export function readText(
  content: string | Buffer,
  options: Partial<OpenOptions> = {},
): Promise<ReadLog> {
  return readPath(logFile(content, "log.txt"), options);
}

/** A dump of sacct: a header, then rows. Fields that a row does not give have these values. */
export function sacct(
  rows: readonly Readonly<Record<string, string>>[],
  { header = Object.keys(plain), delimiter = "|", end = "" } = {},
): string {
  const lines = rows.map((row) => header.map((name) => row[name] ?? plain[name] ?? ""));
  return [header, ...lines].map((cells) => `${cells.join(delimiter)}${end}\n`).join("");
}

const plain: Readonly<Record<string, string>> = {
  JobID: "1",
  JobIDRaw: "1",
  User: "ann",
  Submit: "2024-03-01T08:00:00",
  Eligible: "2024-03-01T08:00:00",
  Start: "2024-03-01T08:01:00",
  End: "2024-03-01T08:11:00",
  State: "COMPLETED",
  NNodes: "1",
  NCPUS: "4",
  ReqCPUS: "4",
  ReqMem: "4G",
  ReqTRES: "",
  AllocTRES: "",
  Timelimit: "01:00:00",
  NodeList: "node01",
  JobName: "solve",
};
