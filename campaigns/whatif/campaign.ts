import { hash } from "node:crypto";
import type { UsersRedrawn } from "../../analysis/whatif/subjects";
import { clockFactor } from "../../spec/clock";
import { readSection } from "../../spec/sections";
import type { CampaignPlan, Tuple } from "../plan/types";
import type { Configurations } from "./configurations";

export interface Extent {
  /** Job lists, each a draw of the workload; 0: the jobs as they are, once. */
  readonly resamples: number;
  /** Runs of each side on each of them. */
  readonly repeats: number;
  readonly keep: boolean;
}

/** The axes of the generated campaign. */
const configuration = "configuration";
const draw = "workload.resample.number";

/**
 * The campaign file that answers the question: both configurations on each draw of the jobs. With an
 * accelerated clock a third one is the control that campaigns ask for: the first with the real clock, on
 * one draw.
 */
export function whatIfCampaign(
  { now, changed }: Pick<Configurations, "now" | "changed">,
  name: string,
  { resamples, repeats, keep }: Extent,
): unknown {
  const controlled = clockFactor(readSection("run", now.run).value) !== 1;
  const draws = Array.from({ length: resamples }, (_, index) => index + 1);
  const [, ...others] = draws;
  return {
    name,
    parts: {
      now,
      changed,
      ...(controlled ? { control: { base: ["now"], run: { clock: null } } } : {}),
    },
    axes: {
      [configuration]: ["now", "changed", ...(controlled ? ["control"] : [])],
      ...(draws.length === 0 ? {} : { [draw]: draws }),
    },
    ...(controlled && others.length > 0
      ? { exclude: [{ [configuration]: "control", [draw]: others }] }
      : {}),
    repeats,
    keep,
  };
}

/** Hashes of the tuples of both sides. */
export interface PlannedSides {
  readonly now: readonly string[];
  readonly changed: readonly string[];
}

export function sidesOfPlan(plan: Pick<CampaignPlan, "tuples">): PlannedSides {
  const of = (side: keyof PlannedSides) => tuplesOfSide(plan, side).map(({ hash: own }) => own);
  return { now: of("now"), changed: of("changed") };
}

/** In the order of the draws, which is the same on both sides. */
export function tuplesOfSide(
  { tuples }: Pick<CampaignPlan, "tuples">,
  side: keyof PlannedSides,
): readonly Tuple[] {
  return tuples.filter(({ axes }) => axes[configuration] === side);
}

/** Whose names each draw gives to others. Who is named in the workload stays the same in all of them. */
export function usersRedrawn({ tuples }: Pick<CampaignPlan, "tuples">): UsersRedrawn {
  const drawn = tuples.flatMap(({ spec: { workload } }) =>
    "resample" in workload &&
    workload.resample?.method === "users" &&
    workload.resample.number !== 0
      ? [workload.users]
      : [],
  );
  if (drawn.length === 0) return "nobody";
  const named = drawn.every(
    (users) =>
      "names" in users && users.mapping !== "by-job" && Object.keys(users.names ?? {}).length > 0,
  );
  return named ? "unnamed" : "all";
}

/**
 * A name by what is compared: both sides with one draw of the jobs, the trace's content included. So the
 * same question goes on where it was, also with more draws or repeats.
 */
export function contentName(probe: Pick<CampaignPlan, "tuples">): string {
  const { now, changed } = sidesOfPlan(probe);
  return `whatif-${hash("sha256", JSON.stringify([now, changed])).slice(0, 8)}`;
}
