import type { NodeView } from "../adapter";
import { expandHostlist } from "./hostlist";

/** Printed by watch-nodes.sh in front of each look and behind it. */
const FIRST = "@";
const LAST = ".";

/** Flags of a node on which no job can begin now, whatever its state is otherwise. */
const unusable = [
  "not_responding",
  "powered_down",
  "powering_down",
  "powering_up",
  "power_down",
  "reboot_issued",
  "reboot_requested",
  "invalid_reg",
  "maint",
  "fail",
];
const usable = new Set(["idle", "mixed", "allocated", "completing", "planned"]);

/** Slurm's state with all of its flags, such as `allocated+drain`, as the state of a view. */
export function nodeState(complete: string): NodeView["state"] {
  const [state = "", ...flags] = complete.toLowerCase().split("+");
  if (!usable.has(state) || flags.some((flag) => unusable.includes(flag))) return "down";
  return flags.includes("drain") ? "draining" : "schedulable";
}

/** One look at all nodes; times in milliseconds on the controller's clock. */
export interface Look {
  readonly at: number;
  /** The look before, which may have been long ago; the same as `at` for the first one. */
  readonly before: number;
  readonly nodes: readonly NodeView[];
}

/**
 * Reads what watch-nodes.sh prints, line by line: `@ SECONDS BEFORE`, then `node NAME STATE CORES` for each node
 * and partition, `job NODES` for each job that has nodes, and `.` at the end.
 */
export class LookReader {
  #at = 0;
  #before = 0;
  #nodes = new Map<string, { state: NodeView["state"]; cores: number }>();
  #jobs = new Map<string, number>();

  constructor(private readonly onLook: (look: Look) => void) {}

  line(text: string): void {
    const [kind = "", ...words] = text.trim().split(/\s+/);
    if (kind === FIRST) this.#begin(words);
    else if (kind === "node") this.#node(words);
    else if (kind === "job") this.#job(words[0] ?? "");
    else if (kind === LAST) this.#end();
  }

  #begin([now = "", before = now]: readonly string[]): void {
    [this.#at, this.#before] = [milliseconds(now), milliseconds(before)];
    this.#nodes = new Map();
    this.#jobs = new Map();
  }

  #node([name, complete = "", cores]: readonly string[]): void {
    if (name === undefined) return;
    this.#nodes.set(name, { state: nodeState(complete), cores: Number(cores ?? 0) });
  }

  #job(nodes: string): void {
    for (const name of expandHostlist(nodes)) {
      this.#jobs.set(name, (this.#jobs.get(name) ?? 0) + 1);
    }
  }

  #end(): void {
    const nodes = [...this.#nodes].map(([name, { state, cores }]) => ({
      name,
      state,
      cores,
      jobs: this.#jobs.get(name) ?? 0,
    }));
    this.onLook({ at: this.#at, before: this.#before, nodes });
  }
}

/** Of bash's seconds, with the decimal point of any locale. */
function milliseconds(seconds: string): number {
  return Number(seconds.replace(",", ".")) * 1000;
}
