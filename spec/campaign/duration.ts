const units: Readonly<Record<string, number>> = { s: 1, min: 60, h: 3600, d: 86_400 };

export const durationPattern = /^[1-9]\d*(\.\d+)?(s|min|h|d)$/;
export const durationForm = 'a time such as "90min" or "2h"';

/** "1.5h" → 5400. Throws RangeError on text that the schema would refuse. */
export function durationSeconds(text: string): number {
  const match = /^([\d.]+)([a-z]+)$/.exec(text);
  const factor = units[match?.[2] ?? ""];
  if (match === null || factor === undefined) throw new RangeError(`not a time: ${text}`);
  return Number(match[1]) * factor;
}
