import { canonicalJson } from "../base/canonical-json";
import { storedJson } from "./stored-json";

/** A workload, apart from the numbers by which the same workload is drawn again. */
export interface DrawnWorkload {
  /** Canonical JSON without those numbers; null where no workload is recorded. */
  readonly source: string | null;
  /** Those numbers, such as `{"seed":1}`; runs of one source and one draw have the same jobs. */
  readonly draw: string | null;
}

/** Keys of a workload that say which draw it is. */
const drawKeys = ["seed", "resample.number"];

/** Splits a workload as it is stored (JSON) into what is drawn from and which draw it is. */
export function drawnWorkload(workload: string | null): DrawnWorkload {
  const spec = storedJson(workload);
  if (!isObject(spec)) return { source: workload, draw: null };
  const draw: Record<string, unknown> = {};
  return { source: canonicalJson(withoutKeys(spec, drawKeys, draw)), draw: canonicalJson(draw) };
}

/** The object without the keys, given as paths; their values are put into `removed` by path. */
export function withoutKeys(
  value: object,
  keys: readonly string[],
  removed: Record<string, unknown> = {},
  path = "",
): object {
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, held]: [string, unknown]) => {
      const place = path === "" ? key : `${path}.${key}`;
      if (!keys.includes(place)) {
        return [[key, isObject(held) ? withoutKeys(held, keys, removed, place) : held]];
      }
      removed[place] = held;
      return [];
    }),
  );
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
