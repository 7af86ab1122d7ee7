import { Failure } from "../../base/failure";
import type { Ask, Cycle, CycleCounters } from "./cycle";

/**
 * What sdiag tells of slurmctld's two loops: the main one, which is run at events and looks at the first
 * `default_queue_depth` jobs, and backfill's. They are set to 0 when the window begins.
 */
export function sdiagCounters(ask: Ask): CycleCounters {
  return {
    async begin() {
      await ask("reset Slurm's counters", "sdiag --reset");
    },
    async end() {
      return parseSdiag(await ask("read Slurm's counters", "sdiag"));
    },
  };
}

const sections = [
  { head: "Main schedule statistics (microseconds):", name: "main" },
  { head: "Backfilling stats", name: "backfill" },
] as const;

/**
 * The cycles in sdiag's text (sdiag(1)), which has microseconds. Where none has been, sdiag leaves the mean
 * out, and what it says of the last one is from before the reset, so that neither is known.
 * @throws Failure for another text.
 */
export function parseSdiag(text: string): Cycle[] {
  const lines = text.split("\n");
  return sections.flatMap(({ head, name }) => {
    const first = lines.findIndex((line) => line.trim().startsWith(head));
    // sched/builtin prints no section for backfill.
    if (first < 0 && name === "backfill") return [];
    const fields = fieldsOf(lines.slice(first + 1));
    const count = fields.get("Total cycles");
    if (first < 0 || count === undefined) {
      throw new Failure(`sdiag says nothing of its ${name} cycles`, { detail: text });
    }
    const ms = (key: string) => {
      const microseconds = fields.get(key);
      return count === 0 || microseconds === undefined ? null : microseconds / 1000;
    };
    return [
      { name, count, meanMs: ms("Mean cycle"), lastMs: ms("Last cycle"), maxMs: ms("Max cycle") },
    ];
  });
}

/** The indented lines `key: number` up to the first that is none. */
function fieldsOf(lines: readonly string[]): Map<string, number> {
  const end = lines.findIndex((line) => !/^\s+\S/.test(line));
  return new Map(
    lines.slice(0, end < 0 ? lines.length : end).flatMap((line) => {
      const [, key = "", value = ""] = /^\s+([^:]+):\s+(\d+)\s*$/.exec(line) ?? [];
      return key === "" ? [] : [[key, Number(value)] as const];
    }),
  );
}
