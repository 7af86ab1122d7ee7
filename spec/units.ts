/** Sizes, bandwidths and times as they are written in a stack file. Units are strict: a bare number is refused. */

export const memoryPattern = /^[1-9]\d*(MiB|GiB|TiB)$/;
export const memoryForm = 'a size such as "512MiB" or "4GiB"';
export const bandwidthPattern = /^(unlimited|[1-9]\d*(\.\d+)?(Mbit\/s|Gbit\/s))$/;
export const bandwidthForm = 'a bandwidth such as "100Mbit/s" or "10Gbit/s", or "unlimited"';
export const latencyPattern = /^\d+(\.\d+)?(us|ms)$/;
export const latencyForm = 'a latency such as "2us" or "0.5ms"';

const factors: Readonly<Record<string, number>> = {
  MiB: 1,
  GiB: 1024,
  TiB: 1024 * 1024,
  "Mbit/s": 1,
  "Gbit/s": 1000,
  us: 1,
  ms: 1000,
};

function quantity(value: string): number {
  const match = /^(\d+(?:\.\d+)?)(.+)$/.exec(value);
  const factor = factors[match?.[2] ?? ""];
  if (match === null || factor === undefined) throw new RangeError(`not a quantity: ${value}`);
  return Number(match[1]) * factor;
}

/** "4GiB" → 4096. Throws RangeError on text that the schema would refuse. */
export function mebibytes(size: string): number {
  return quantity(size);
}

/** "10Gbit/s" → 10000; "unlimited" → null. */
export function megabitsPerSecond(bandwidth: string): number | null {
  return bandwidth === "unlimited" ? null : quantity(bandwidth);
}

/** "0.5ms" → 500. */
export function microseconds(latency: string): number {
  return quantity(latency);
}
