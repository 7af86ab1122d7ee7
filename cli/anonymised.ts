import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { stringify } from "yaml";
import { Failure } from "../base/failure";
import type { Resample } from "../spec/resample";
import { secretWeeks } from "../workloads/logs/anonymise";
import { isRelative, writeAnonymous } from "../workloads/logs/anonymous-log";
import { type OpenedLog, openLog } from "../workloads/logs/open";
import { maxProcs } from "../workloads/swf/header";
import type { Transform } from "../workloads/swf/transform";
import { keyOf } from "./anonymise-key";
import { writeFileOut } from "./file-out";
import { writeTransformed } from "./transformed";

export interface AnonymisedOptions {
  readonly keyFile: string;
  readonly out: string;
  readonly format: "swf" | "parquet" | "csv";
  readonly queues: boolean;
  /** Weeks by which the calendar goes back; `secret`: a number that the key gives. */
  readonly weeks: number | "secret";
  readonly transform: Transform;
  readonly resample: Resample | undefined;
}

export interface Anonymised {
  readonly written: number;
  readonly lost: readonly string[];
  /** How many names of each kind have aliases. */
  readonly aliases: Readonly<Record<string, number>>;
  /** Whether the key has been made now. */
  readonly key: "made" | "used";
}

/** Writes a log without its names. Throws Failure; then nothing is written, or what was there is untouched. */
export async function writeAnonymised(
  opened: OpenedLog,
  { keyFile, out, format, queues, weeks, transform, resample }: AnonymisedOptions,
): Promise<Anonymised> {
  if (path.resolve(keyFile) === path.resolve(out)) {
    throw new Failure(`${out} is the file of the key`, { remedy: "name another file after --out" });
  }
  const { key, made } = await keyOf(keyFile);
  const scratch = await mkdtemp(path.join(tmpdir(), "schedlab-anonymous-"));
  let swf: { written: number; lost: readonly string[] } | undefined;
  try {
    const rows = await writeFileOut(out, (draft) =>
      writeAnonymous(opened, draft, {
        ...{ key, queues, format, scratch },
        weeks: weeks === "secret" ? secretWeeks(key) : weeks,
        toSwf: async (parquet, file) => {
          const mapping = path.join(scratch, "anonymous.yaml");
          await writeFile(mapping, mappingOf(opened));
          swf = await asSwf(parquet, mapping, file, transform, resample);
        },
      }),
    );
    const counted = [...rows.names].filter(
      ([kind, of]) =>
        of.length > 0 && (queues || !["partition", "qos", "constraint"].includes(kind)),
    );
    const lists = rows.lostLists === 0 ? [] : [`${rows.lostLists} lists of nodes in an odd form`];
    return {
      written: swf?.written ?? rows.written,
      lost: [...rows.lost, ...(swf?.lost ?? []), ...lists],
      aliases: Object.fromEntries(counted.map(([kind, of]) => [kind, of.length])),
      key: made ? "made" : "used",
    };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** What the header says beyond the jobs that is no text with a name in it. */
function mappingOf(opened: OpenedLog): string {
  const procs = maxProcs(opened.log.header);
  return stringify({
    extends: "schedlab",
    ...(procs === null ? {} : { procs }),
    ...(isRelative(opened) ? { relative: true } : {}),
  });
}

function asSwf(
  parquet: string,
  format: string,
  file: string,
  transform: Transform,
  resample: Resample | undefined,
): Promise<{ written: number; lost: readonly string[] }> {
  return openLog(parquet, { mode: "strict", format }, async ({ swf, log }) => {
    const written = await writeTransformed(log, file, transform, resample);
    return { ...written, lost: swf === null ? log.lost : [] };
  });
}
