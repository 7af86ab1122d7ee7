import { randomInt } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { errorOf } from "../../base/thrown";
import { unwritable, writeWhole } from "../../base/whole-file";
import type { DecisionRecord, NodeEventRecord, SupplyRecord } from "../../store/elastic-record";
import {
  type BenchmarkRecord,
  type DaemonRecord,
  type EventRecord,
  type HostSampleRecord,
  type JobRecord,
  type NodeRecord,
  type RunRecord,
  runFiles,
  type SampleRecord,
  type SchedulerJobRecord,
} from "../../store/record";
import type { EstimateRecord, InternalsRecord } from "../../store/scheduler-record";
import { type Owner, ownerFile } from "./owner";
import { RecordFile, reserve } from "./record-file";
import {
  type SimulatedTime,
  simulatedAccounting,
  simulatedDaemon,
  simulatedEstimate,
  simulatedEvent,
  simulatedHostSample,
  simulatedInstant,
  simulatedJob,
  simulatedSample,
} from "./simulated-records";

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

/** Of every run; the others are made by their first record. */
const streams = ["jobs", "events", "samples", "host"] as const;
type Stream =
  | (typeof streams)[number]
  | "nodeEvents"
  | "supply"
  | "decisions"
  | "estimates"
  | "internals";

/** Space on the disk that is given back when there is no other, and at the end of the run. */
const reserveFiles = { records: ".reserve-records", run: ".reserve-run" } as const;

/** Gives the space back that a run had set aside. */
export function releaseReserves(directory: string): void {
  for (const name of Object.values(reserveFiles)) {
    fs.rmSync(path.join(directory, name), { force: true });
  }
}

/** For the last records of a run whose disk is full, and for its run.json: some 1,500 and one. */
const RECORDS_RESERVE = 1024 * 1024;
const RUN_RESERVE = 64 * 1024;

/**
 * The files of one run. A record is with the kernel when the call returns, so it outlives this
 * process; `sync` makes it outlive the machine. The first failure to write is told to `onFailure`,
 * for the run has to end, and not to whoever brought the record, who has to go on to the end: that
 * record and those behind it are kept as far as a reserve goes.
 */
export class RunDirectory {
  readonly path: string;
  #run: RunRecord;
  readonly #streams = new Map<Stream, RecordFile>();
  readonly #time: SimulatedTime;
  #open = true;
  #onFailure: (error: Error) => void = () => {};
  #failure: Error | undefined;
  #unkept = 0;

  private constructor(directory: string, run: RunRecord) {
    this.path = directory;
    this.#run = run;
    this.#time = { factor: run.provenance.clockFactor, startedAt: run.startedAt };
    for (const stream of streams) this.#stream(stream);
  }

  /**
   * Made under another name first: a run directory with files missing is never seen. Throws Failure,
   * and leaves nothing then.
   */
  static create(
    runsDir: string,
    run: RunRecord,
    { owner, nodes }: { readonly owner: Owner; readonly nodes: readonly NodeRecord[] },
  ): RunDirectory {
    const directory = path.join(runsDir, run.id);
    const temporary = path.join(runsDir, `.${run.id}.tmp`);
    try {
      fs.mkdirSync(temporary, { recursive: true });
      writeWhole(path.join(temporary, ownerFile), `${JSON.stringify(owner)}\n`);
      writeWhole(path.join(temporary, runFiles.nodes), render(nodes));
      writeWhole(path.join(temporary, runFiles.run), render(run));
      reserve(path.join(temporary, reserveFiles.records), RECORDS_RESERVE);
      reserve(path.join(temporary, reserveFiles.run), RUN_RESERVE);
      fs.renameSync(temporary, directory);
      return new RunDirectory(directory, run);
    } catch (error) {
      fs.rmSync(temporary, { recursive: true, force: true });
      throw error;
    }
  }

  /** Called once, with a Failure that names the file and the reason. */
  onFailure(handler: (error: Error) => void): void {
    this.#onFailure = handler;
    if (this.#failure !== undefined) handler(this.#failure);
  }

  get run(): RunRecord {
    return this.#run;
  }

  /** Records that could not be written after the first one; 0 on a disk with room. */
  get unkept(): number {
    return this.#unkept;
  }

  /** `finishedAt` is the host's time, as everything that is told to this class. */
  update({ finishedAt, ...change }: Partial<RunRecord>): void {
    const finished =
      finishedAt == null ? {} : { finishedAt: simulatedInstant(this.#time, finishedAt) };
    this.#run = { ...this.#run, ...change, ...finished };
    const file = path.join(this.path, runFiles.run);
    try {
      writeWhole(file, render(this.#run));
    } catch {
      this.#release("run");
      writeWhole(file, render(this.#run));
    }
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
    const lines = records.map(
      (record) => `${JSON.stringify(simulatedAccounting(this.#time, record))}\n`,
    );
    writeWhole(path.join(this.path, runFiles.accounting), lines.join(""));
  }

  daemons(daemons: readonly DaemonRecord[]): void {
    const simulated = daemons.map((daemon) => simulatedDaemon(this.#time, daemon));
    writeWhole(path.join(this.path, runFiles.daemons), render(simulated));
  }

  job(record: JobRecord): void {
    this.#append("jobs", simulatedJob(this.#time, record));
  }

  event(record: EventRecord): void {
    this.#append("events", simulatedEvent(this.#time, record));
  }

  sample(record: SampleRecord): void {
    this.#append("samples", simulatedSample(this.#time, record));
  }

  hostSample(record: HostSampleRecord): void {
    this.#append("host", simulatedHostSample(this.#time, record));
  }

  nodeEvent(record: NodeEventRecord): void {
    this.#append("nodeEvents", record);
  }

  supply(record: SupplyRecord): void {
    this.#append("supply", record);
  }

  decision(record: DecisionRecord): void {
    this.#append("decisions", record);
  }

  estimate(record: EstimateRecord): void {
    this.#append("estimates", simulatedEstimate(this.#time, record));
  }

  /** Times among the values are the scheduler's own already. */
  internals(record: InternalsRecord): void {
    this.#append("internals", { ...record, at: simulatedInstant(this.#time, record.at) });
  }

  /** Does not hold up the event loop: the schedule depends on it. Never throws. */
  async sync(): Promise<void> {
    if (!this.#open) return;
    for (const { fd, path: file } of this.#streams.values()) {
      await fdatasync(fd).catch((error: unknown) => this.#fail(unwritable(file, error)));
    }
  }

  /** Never throws: whatever could be said has been said by `sync` and `update`. */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    for (const { fd } of this.#streams.values()) fs.closeSync(fd);
    releaseReserves(this.path);
  }

  #stream(stream: Stream): RecordFile {
    const known = this.#streams.get(stream);
    if (known !== undefined) return known;
    const file = new RecordFile(path.join(this.path, runFiles[stream]));
    this.#streams.set(stream, file);
    return file;
  }

  #append(stream: Stream, record: unknown): void {
    if (!this.#open) return;
    try {
      this.#stream(stream).append(record);
    } catch (first) {
      this.#release("records");
      try {
        this.#stream(stream).append(record);
      } catch {
        this.#unkept += 1;
      }
      this.#fail(first);
    }
  }

  #release(reserved: keyof typeof reserveFiles): void {
    fs.rmSync(path.join(this.path, reserveFiles[reserved]), { force: true });
  }

  #fail(error: unknown): void {
    if (this.#failure !== undefined) return;
    this.#failure = errorOf(error);
    this.#onFailure(this.#failure);
  }
}

function render(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
