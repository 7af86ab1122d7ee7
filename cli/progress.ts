import type { Reporter } from "../base/reporter";

/** Progress lines on standard error, each with the seconds since the start. */
export function reportTo(stream: NodeJS.WritableStream = process.stderr): Reporter {
  const started = performance.now();
  return (line) => {
    const seconds = ((performance.now() - started) / 1000).toFixed(1).padStart(6);
    stream.write(`${seconds} s  ${line}\n`);
  };
}
