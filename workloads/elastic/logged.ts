import type { Reporter } from "../../base/reporter";
import type { Shape } from "../../spec/elastic-workload";
import { badRowNotes } from "../bad-rows";
import { batchesOf } from "../batches";
import type { JobLog } from "../swf/log";
import { size } from "../swf/record";
import { tracedMachine } from "../traced-machine";
import { unusable } from "../usable";
import { type Demand, demandOf, milliseconds } from "./demand";

type LoggedShape = Extract<Shape, { kind: "trace" }>;

/**
 * The cores that ran in a window of a log, as recorded, as a demand: the whole traced machine is the
 * largest supply. A job whose wait the log does not say counts from its submission on. Reads the whole
 * log. Throws SwfError, and Failure where the machine's size is unknown.
 */
export async function loggedDemand(
  reading: JobLog,
  { window, timeFactor, traceCores }: LoggedShape,
  supply: number,
  report: Reporter | undefined,
): Promise<{ readonly demand: Demand; readonly notes: readonly string[] }> {
  /** Cores more or less from each millisecond of the replay on. */
  const changes = new Map<number, number>();
  const change = (at: number, cores: number) => changes.set(at, (changes.get(at) ?? 0) + cores);
  const instant = (time: number) =>
    milliseconds(Math.min(window.seconds, Math.max(0, time - window.from)) * timeFactor);
  let waitless = 0;
  for await (const batch of batchesOf(reading, report)) {
    for (const record of batch) {
      if (unusable(record) !== null) continue;
      const start = record.submit + Math.max(0, record.wait);
      const [from, until] = [instant(start), instant(start + record.run)];
      if (from === until) continue;
      const cores = size(record) ?? 0;
      change(from, cores);
      change(until, -cores);
      if (record.wait < 0) waitless += 1;
    }
  }
  const machine = tracedMachine(traceCores, reading, "workload.shape.traceCores");
  let running = 0;
  const levels = [...changes]
    .toSorted(([a], [b]) => a - b)
    .map(([at, cores]) => {
      running += cores;
      return { at: at / 1000, cores: (running / machine.cores) * supply };
    });
  const unknown =
    waitless === 0
      ? []
      : [`${waitless} jobs of the log have no recorded wait: they count from their submission on`];
  return {
    demand: demandOf(levels, window.seconds * timeFactor),
    notes: [...badRowNotes(reading), ...machine.note, ...unknown],
  };
}
