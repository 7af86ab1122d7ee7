import fs from "node:fs";
import path from "node:path";
import { type RunRecord, runFiles, runIdSchema, runRecordSchema } from "../../store/record";
import { type Life, lifeOf, readOwner } from "./owner";

export interface GoingRun {
  readonly directory: string;
  readonly run: RunRecord;
  readonly life: Exclude<Life, "gone">;
}

/**
 * Runs that a harness is at work on, here or where it cannot be looked at. `passBy` are ids of runs that
 * are known to have ended; their directories are not looked into. Changes nothing.
 */
export function goingRuns(runsDir: string, passBy: ReadonlySet<string>): GoingRun[] {
  const names = fs.existsSync(runsDir) ? fs.readdirSync(runsDir) : [];
  return names
    .filter((name) => !passBy.has(name) && runIdSchema.safeParse(name).success)
    .sort()
    .flatMap((name) => {
      const directory = path.join(runsDir, name);
      const run = readRun(path.join(directory, runFiles.run));
      if (run?.status !== "running") return [];
      const owner = readOwner(directory);
      const life = owner === null ? "gone" : lifeOf(owner);
      return life === "gone" ? [] : [{ directory, run, life }];
    });
}

function readRun(file: string): RunRecord | undefined {
  try {
    return runRecordSchema.safeParse(JSON.parse(fs.readFileSync(file, "utf8"))).data;
  } catch {
    return undefined;
  }
}
