import type { Shape } from "./elastic-workload";
import type { Problem } from "./problems";

/** Changes of a demand: far more than anybody draws, and as many as are planned in a second. */
const mostChanges = 100_000;
/** Levels of a day, one for each half hour. */
const levelsOfDay = 48;

/** What contradicts itself in a demand over time. */
export function shapeProblems(shape: Shape, path: string): Problem[] {
  return checks[shape.kind](shape as never, path);
}

/** Exhaustive over the kind: a new shape must say what it checks. */
const checks: {
  readonly [Kind in Shape["kind"]]: (
    shape: Extract<Shape, { kind: Kind }>,
    path: string,
  ) => Problem[];
} = {
  steps: ({ steps, until }, path) => {
    const unordered = steps.flatMap(({ at }, index) => {
      const before = steps[index - 1]?.at;
      if (before === undefined || at > before) return [];
      const message = `expected above ${before}, the time of the step before it, got ${at}`;
      return [{ path: `${path}.steps.${index}.at`, message }];
    });
    const last = steps.at(-1)?.at ?? 0;
    return [...unordered, ...least(`${path}.until`, until, last, `the time of the last step`)];
  },
  bursts: ({ every, length, until }, path) => [
    ...least(`${path}.every`, every, length, `${path}.length`),
    ...least(`${path}.until`, until, every, `${path}.every, when the first burst begins`),
    ...tooMany(`${path}.every`, (2 * until) / every),
  ],
  ramp: () => [],
  daily: ({ period, until }, path) => tooMany(`${path}.period`, (levelsOfDay * until) / period),
  trace: () => [],
};

function least(path: string, value: number, bound: number, name: string): Problem[] {
  if (value > bound) return [];
  return [{ path, message: `expected above ${bound}, ${name}, got ${value}` }];
}

function tooMany(path: string, changes: number): Problem[] {
  if (changes <= mostChanges) return [];
  const message = `expected longer, or an earlier until: the demand would change ${Math.ceil(changes)} times, more than ${mostChanges}`;
  return [{ path, message }];
}
