import { MultiBar, Presets, type SingleBar } from "cli-progress";
import type { Reporter } from "../../base/reporter";
import type { Counts } from "./book-entry";

export interface ProgressState extends Counts {
  readonly phase: string;
  /** Of the host, a lower bound: the schedule still to come, or the work left over all cores. */
  readonly secondsLeft: number;
  /** Of a cluster with elastic pools. */
  readonly nodes?: NodeProgress | undefined;
}

export interface NodeProgress {
  readonly schedulable: number;
  /** When all of them are there. */
  readonly total: number;
}

export interface Progress {
  update(state: ProgressState): void;
  /** Text that must not be drawn over, such as a log line. */
  print(text: string): void;
  stop(): void;
}

/**
 * A lower bound of what remains, in seconds of the host, as the schedule's are. The jobs' seconds are the
 * scheduler's, whose clock goes `factor` times as fast.
 */
export function secondsLeft(
  counts: Counts,
  scheduleSeconds: number,
  capacityCores: number,
  factor: number,
): number {
  return Math.max(0, scheduleSeconds, counts.coreSecondsLeft / (capacityCores * factor));
}

function formatSeconds(seconds: number): string {
  const whole = Math.ceil(seconds);
  const minutes = Math.floor(whole / 60);
  return minutes === 0 ? `${whole} s` : `${minutes} min ${String(whole % 60).padStart(2, "0")} s`;
}

function progressLine(state: ProgressState): string {
  const failed = state.failed === 0 ? "" : `, ${state.failed} failed`;
  const left =
    state.done === state.total ? "" : `, at least ${formatSeconds(state.secondsLeft)} left`;
  const running = state.running === null ? "" : `${state.running} running, `;
  const nodes =
    state.nodes === undefined ? "" : `${state.nodes.schedulable}/${state.nodes.total} nodes, `;
  return (
    `${state.phase}: ${nodes}${state.submitted}/${state.total} submitted, ` +
    `${running}${state.done} done${failed}${left}`
  );
}

/** A bar that is redrawn in place. */
export function barProgress(stream: NodeJS.WritableStream): Progress {
  const bars = new MultiBar(
    { stream, hideCursor: true, clearOnComplete: false, format: "{bar} {line}" },
    Presets.shades_classic,
  );
  let bar: SingleBar | undefined;
  return {
    update(state) {
      const payload = { line: progressLine(state) };
      bar ??= bars.create(state.total, 0, payload);
      bar.update(state.done, payload);
    },
    print(text) {
      if (bar === undefined) stream.write(text);
      else bars.log(text);
    },
    stop() {
      bars.stop();
    },
  };
}

const LINE_INTERVAL_MS = 3_000;

/** A line now and then, for a log file or a pipe; a new phase is said at once. */
export function lineProgress(
  report: Reporter,
  now: () => number = () => performance.now(),
): Progress {
  let last = Number.NEGATIVE_INFINITY;
  let phase = "";
  return {
    update(state) {
      const finished = state.done === state.total;
      if (state.phase === phase && !finished && now() - last < LINE_INTERVAL_MS) return;
      last = now();
      phase = state.phase;
      report(progressLine(state));
    },
    print: (text) => report(text.trimEnd()),
    stop: () => {},
  };
}
