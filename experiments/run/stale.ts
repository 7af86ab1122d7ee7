import fs from "node:fs";
import path from "node:path";
import { Failure } from "../../base/failure";
import type { Reporter } from "../../base/reporter";
import { messageOf } from "../../base/thrown";
import { writeWhole } from "../../base/whole-file";
import { type RunRecord, runFiles, runIdSchema, runRecordSchema } from "../../store/record";
import { releaseReserves } from "./directory";
import { lifeOf, type Owner, readOwner } from "./owner";
import { simulatedInstant } from "./simulated-records";

export interface CloseOptions {
  /** Only the runs of this experiment; of all when it is left out. */
  readonly experiment?: string;
  readonly report: Reporter;
  /** A run that is closed although its process may be alive, as far as can be seen from here. */
  readonly takeOver?: string | undefined;
}

export interface EarlierRun {
  readonly directory: string;
  readonly run: RunRecord;
}

/**
 * Marks runs whose process is gone as interrupted; their jobs and events stay as they are. What
 * cannot be read, closed or looked at is reported and passed by: the next call tries again.
 * @returns every run that is closed now, by age.
 * @throws Failure when there is no run to take over, or it is this machine's and alive.
 */
export function closeStaleRuns(runsDir: string, options: CloseOptions): EarlierRun[] {
  const { report, takeOver } = options;
  const runs = runsOf(runsDir, options);
  return runs.flatMap(({ directory, run }) => {
    if (run.status !== "running") return [{ directory, run }];
    const owner = readOwner(directory);
    const life = owner === null ? "gone" : lifeOf(owner);
    if (run.id === takeOver) refuseAlive(run, owner, life);
    else if (life === "alive") return [];
    else if (life === "unknown") {
      report(
        `run ${run.id} belongs to process ${owner?.pid} on host ${owner?.hostname}, which cannot be looked at ` +
          `from here; if it is gone: schedlab run --handle HANDLE --take-over ${run.id}`,
      );
      return [];
    }
    const reason =
      life === "gone"
        ? "the harness ended without closing the run (killed, or the machine went down)"
        : `taken over from process ${owner?.pid} on host ${owner?.hostname}, which did not close it`;
    const time = { factor: run.provenance.clockFactor, startedAt: run.startedAt };
    const finishedAt = simulatedInstant(time, Date.now());
    const closed = { ...run, status: "interrupted" as const, reason, finishedAt };
    try {
      releaseReserves(directory);
      writeWhole(path.join(directory, runFiles.run), `${JSON.stringify(closed, null, 2)}\n`);
    } catch (error) {
      report(`run ${run.id} could not be closed: ${messageOf(error)}; the next run tries again`);
      return [];
    }
    report(`run ${run.id} was left behind by its harness: marked as interrupted`);
    return [{ directory, run: closed }];
  });
}

function refuseAlive(run: RunRecord, owner: Owner | null, life: string): void {
  if (life !== "alive") return;
  throw new Failure(`run ${run.id} is still going: process ${owner?.pid} on this host`, {
    remedy: "end that process first; a run that is alive is not taken over",
  });
}

function runsOf(runsDir: string, { experiment, report }: CloseOptions): EarlierRun[] {
  const names = fs.existsSync(runsDir) ? fs.readdirSync(runsDir).sort() : [];
  // What is being made has another name, such as .ID.tmp.
  const ids = names.filter((name) => runIdSchema.safeParse(name).success);
  return ids.flatMap((name) => {
    const directory = path.join(runsDir, name);
    const file = path.join(directory, runFiles.run);
    try {
      const run = runRecordSchema.parse(JSON.parse(fs.readFileSync(file, "utf8")));
      return experiment === undefined || run.experiment === experiment ? [{ directory, run }] : [];
    } catch (error) {
      report(`${file} cannot be read and is passed by: ${messageOf(error).split("\n")[0]}`);
      return [];
    }
  });
}
