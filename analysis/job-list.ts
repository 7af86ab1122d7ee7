import { canonicalJson } from "../base/canonical-json";
import { storedJson } from "./stored-json";

/** A workload, apart from the numbers by which the same workload is drawn again. */
export interface DrawnWorkload {
  /** Canonical JSON without those numbers; null where no workload is recorded. */
  readonly source: string | null;
  /** Those numbers, such as `{"seed":1}`; runs of one source and one draw have the same jobs. */
  readonly draw: string | null;
}

/**
 * Splits a workload as it is stored (JSON) into what is drawn from and which draw it is: every `seed`, and
 * the number of the resample, which is `resample` itself or its `number`.
 */
export function drawnWorkload(workload: string | null): DrawnWorkload {
  const spec = storedJson(workload);
  if (typeof spec !== "object" || spec === null) return { source: workload, draw: null };
  const drawn: Record<string, unknown> = {};
  return { source: canonicalJson(withoutDraw(spec, "", drawn)), draw: canonicalJson(drawn) };
}

/** The value without its draw, which is put into `drawn` by the path of each number. */
function withoutDraw(value: unknown, path: string, drawn: Record<string, unknown>): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, held]) => {
      const place = path === "" ? key : `${path}.${key}`;
      const isDraw =
        key === "seed" ||
        place === "resample.number" ||
        (place === "resample" && Number.isInteger(held));
      if (!isDraw) return [[key, withoutDraw(held, place, drawn)]];
      drawn[place] = held;
      return [];
    }),
  );
}
