import type { Reporter } from "../base/reporter";

const intervalMilliseconds = 2000;

export function duration(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  return seconds < 60
    ? `${(milliseconds / 1000).toFixed(1)} s`
    : `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, "0")} s`;
}

/** Reports `what`, the time gone by and `detail()` every 2 s until the work is over. */
export async function withProgress<T>(
  report: Reporter,
  what: string,
  work: () => Promise<T>,
  detail: () => string = () => "",
): Promise<T> {
  const began = performance.now();
  const timer = setInterval(() => {
    const more = detail();
    report(`${what}: ${duration(performance.now() - began)}${more === "" ? "" : `, ${more}`}`);
  }, intervalMilliseconds);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}
