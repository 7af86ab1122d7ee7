import fs from "node:fs";
import path from "node:path";
import { Failure } from "../../host/failure";
import { type RunRecord, runFiles, runRecordSchema } from "../store/record";
import { writeWhole } from "./directory";
import { isAlive, ownerFile, ownerSchema } from "./owner";

/**
 * Marks runs of this experiment whose process is gone as interrupted. Their jobs and events stay as
 * they are.
 * @returns the runs that were marked.
 * @throws Failure when a run of this experiment is still going.
 */
export function closeStaleRuns(runsDir: string, experiment: string, now: number): string[] {
  const marked: string[] = [];
  for (const { directory, run } of runsOf(runsDir, experiment)) {
    if (run.status !== "running") continue;
    const owner = readOwner(directory);
    if (owner !== null && isAlive(owner)) {
      throw new Failure(`run ${run.id} of ${experiment} is still going (process ${owner.pid})`, {
        remedy:
          "Wait for it, or end it with Ctrl-C; two runs on one cluster would disturb each other.",
      });
    }
    const reason = "the harness ended without closing the run (killed, or the machine went down)";
    writeWhole(
      path.join(directory, runFiles.run),
      `${JSON.stringify({ ...run, status: "interrupted", reason, finishedAt: now }, null, 2)}\n`,
    );
    marked.push(run.id);
  }
  return marked;
}

function runsOf(runsDir: string, experiment: string): { directory: string; run: RunRecord }[] {
  const names = fs.existsSync(runsDir) ? fs.readdirSync(runsDir).sort() : [];
  return names.flatMap((name) => {
    const directory = path.join(runsDir, name);
    const parsed = runRecordSchema.safeParse(readJson(path.join(directory, runFiles.run)));
    return parsed.success && parsed.data.experiment === experiment
      ? [{ directory, run: parsed.data }]
      : [];
  });
}

function readOwner(directory: string) {
  return ownerSchema.safeParse(readJson(path.join(directory, ownerFile))).data ?? null;
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(fs.readFileSync(file, "utf8"));
  } catch {
    return null;
  }
}
