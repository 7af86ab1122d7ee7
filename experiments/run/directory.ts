import { randomInt } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import {
  type BenchmarkRecord,
  type DaemonRecord,
  type EventRecord,
  type JobRecord,
  type NodeRecord,
  type RunRecord,
  runFiles,
  type SampleRecord,
  type SchedulerJobRecord,
} from "../store/record";
import { type Owner, ownerFile } from "./owner";

const fdatasync = promisify(fs.fdatasync);
const ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz";

/** Sortable by start: UTC time, then a random part. */
export function newRunId(at: Date): string {
  const stamp = at
    .toISOString()
    .replace(/\.\d+Z$/, "Z")
    .replaceAll(/[-:]/g, "");
  const random = Array.from({ length: 6 }, () => ALPHABET[randomInt(ALPHABET.length)]).join("");
  return `${stamp}-${random}`;
}

/** Replaces a file whole: a reader sees the old or the new one, also after a power cut. */
export function writeWhole(file: string, text: string): void {
  const temporary = `${file}.${process.pid}.tmp`;
  const fd = fs.openSync(temporary, "w", 0o644);
  try {
    fs.writeSync(fd, text);
    fs.fsyncSync(fd);
  } finally {
    fs.closeSync(fd);
  }
  fs.renameSync(temporary, file);
}

/**
 * The files of one run. A record is with the kernel when the call returns, so it outlives this
 * process; `sync` makes it outlive the machine.
 */
export class RunDirectory {
  readonly path: string;
  #run: RunRecord;
  readonly #streams: Readonly<Record<"jobs" | "events" | "samples", number>>;
  #open = true;

  private constructor(directory: string, run: RunRecord) {
    this.path = directory;
    this.#run = run;
    const append = (name: string) => fs.openSync(path.join(directory, name), "a", 0o644);
    this.#streams = {
      jobs: append(runFiles.jobs),
      events: append(runFiles.events),
      samples: append(runFiles.samples),
    };
  }

  /** Made under another name first: a run directory with files missing is never seen. */
  static create(runsDir: string, run: RunRecord, owner: Owner): RunDirectory {
    const directory = path.join(runsDir, run.id);
    const temporary = path.join(runsDir, `.${run.id}.tmp`);
    fs.mkdirSync(temporary, { recursive: true });
    writeWhole(path.join(temporary, ownerFile), `${JSON.stringify(owner)}\n`);
    writeWhole(path.join(temporary, runFiles.run), render(run));
    fs.renameSync(temporary, directory);
    return new RunDirectory(directory, run);
  }

  get run(): RunRecord {
    return this.#run;
  }

  update(change: Partial<RunRecord>): void {
    this.#run = { ...this.#run, ...change };
    writeWhole(path.join(this.path, runFiles.run), render(this.#run));
  }

  nodes(nodes: readonly NodeRecord[]): void {
    writeWhole(path.join(this.path, runFiles.nodes), render(nodes));
  }

  /** The jobs' results, once they are all known. */
  benchmarks(records: readonly BenchmarkRecord[]): void {
    const lines = records.map((record) => `${JSON.stringify(record)}\n`);
    writeWhole(path.join(this.path, runFiles.benchmarks), lines.join(""));
  }

  /** What the scheduler itself knows of the run's jobs, once they are over. */
  accounting(records: readonly SchedulerJobRecord[]): void {
    const lines = records.map((record) => `${JSON.stringify(record)}\n`);
    writeWhole(path.join(this.path, runFiles.accounting), lines.join(""));
  }

  daemons(daemons: readonly DaemonRecord[]): void {
    writeWhole(path.join(this.path, runFiles.daemons), render(daemons));
  }

  job(record: JobRecord): void {
    this.#append("jobs", record);
  }

  event(record: EventRecord): void {
    this.#append("events", record);
  }

  sample(record: SampleRecord): void {
    this.#append("samples", record);
  }

  /** Does not hold up the event loop: the schedule depends on it. */
  async sync(): Promise<void> {
    const all = Object.values(this.#streams);
    if (this.#open) await Promise.all(all.map((fd) => fdatasync(fd)));
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    for (const fd of Object.values(this.#streams)) {
      fs.fdatasyncSync(fd);
      fs.closeSync(fd);
    }
  }

  #append(stream: "jobs" | "events" | "samples", record: unknown): void {
    if (this.#open) fs.writeSync(this.#streams[stream], `${JSON.stringify(record)}\n`);
  }
}

function render(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
