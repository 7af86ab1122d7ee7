import { Failure } from "../../base/failure";
import type { SchedulerNode } from "../../spec/emulated";

export interface Options {
  /** Lengths of the queue; each has to be longer than the one before. */
  readonly waiting: readonly number[];
  readonly seconds: number;
  readonly cores: number;
  /** Ends, and so starts, a second. */
  readonly rate: number;
  readonly seed: number;
  readonly patience: number;
  readonly idle: number;
  readonly json: boolean;
}

/** `100,1000,10000` in ascending order, each once. @throws Failure for anything else. */
export function parseLengths(text: string): number[] {
  const lengths = text.split(",").map((part) => part.trim());
  const bad = lengths.find((part) => !/^[1-9]\d*$/.test(part));
  if (bad !== undefined) {
    throw new Failure(`--waiting has "${bad}", which is no number of jobs`, {
      remedy: "Give whole numbers above 0 with commas between them: --waiting 100,1000,10000.",
    });
  }
  return [...new Set(lengths.map(Number))].toSorted((a, b) => a - b);
}

/** @throws Failure naming the first option that is no number within its bounds. */
export function checkOptions(options: Options): void {
  const bounds: readonly (readonly [keyof Options, number, number, boolean])[] = [
    ["seconds", 1, 3600, false],
    ["cores", 1, 1024, true],
    ["rate", 0.01, 1000, false],
    ["patience", 1, 86_400, false],
    ["idle", 1, 3600, false],
  ];
  for (const [name, least, most, whole] of bounds) {
    const value = Number(options[name]);
    if (value >= least && value <= most && (!whole || Number.isInteger(value))) continue;
    throw new Failure(
      `--${name} has to be ${whole ? "a whole number" : "a number"} from ${least} to ${most}`,
    );
  }
}

/** Jobs of this many cores that fit on these nodes at once, each on one node. @throws Failure when none does. */
export function placesOn(
  nodes: readonly Pick<SchedulerNode, "name" | "vcpus">[],
  cores: number,
): number {
  const places = nodes.reduce((sum, { vcpus }) => sum + Math.floor(vcpus / cores), 0);
  const odd = nodes.find(({ vcpus }) => vcpus % cores !== 0);
  if (odd === undefined && places > 0) return places;
  throw new Failure(
    `jobs of ${cores} cores leave cores of ${odd?.name ?? "the cluster"} over, which has ${odd?.vcpus ?? 0}`,
    { remedy: "Take --cores that divide the cores of every node." },
  );
}
