import { z } from "zod";
import { clockFactor } from "../spec/clock";
import { storedJson } from "./stored-json";

const clockSchema = z.object({ accelerated: z.number() });
const specSchema = z.object({ run: z.object({ clock: clockSchema.optional() }) });

/** By the condition `clock`: `real`, or the specification's JSON. */
export function clockConditionFactor(condition: string | null): number {
  return clockSchema.safeParse(storedJson(condition)).data?.accelerated ?? 1;
}

/** By a whole specification as it is stored (JSON). One that does not speak of the clock has the host's: 1. */
export function clockFactorOf(spec: string | null): number {
  const { data } = specSchema.safeParse(storedJson(spec));
  return data === undefined ? 1 : clockFactor(data.run);
}

/** The name of something measured with an accelerated clock; factor 1 and an unknown one are the host's own. */
export function clockLabel(label: string, factor: number | null): string {
  return factor === null || factor === 1 ? label : `${label} (clock ×${factor})`;
}

/** What has to be known before reading figures of such clocks; null where every clock was the host's own. */
export function clockText(factors: readonly (number | null)[]): string | null {
  const fast = [...new Set(factors)].filter((factor) => factor !== null && factor !== 1);
  if (fast.length === 0) return null;
  const times = fast.map((factor) => `${factor} times`).join(" and ");
  return (
    `The scheduler's clock went ${times} as fast as the host's. All times are seconds of the scheduler's clock: ` +
    "whatever daemons, network and harness take is lengthened by that factor, and moments are coarser by it. " +
    "How much that changes is shown by a control, the same jobs with the host's clock."
  );
}
