import type { Varied } from "../analysis/conditions";

/** The choices of --vary, without the time that loading the analysis takes. */
export const variedThings = Object.keys({
  nothing: true,
  policy: true,
  scheduler: true,
  workload: true,
  topology: true,
} satisfies Record<Varied, true>);
