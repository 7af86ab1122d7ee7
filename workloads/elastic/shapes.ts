import type { Level, Shape } from "../../spec/elastic-workload";
import { dailyCycle } from "../models/daily-cycle";
import { lublinParameters } from "../models/lublin-parameters";
import { type Demand, demandOf } from "./demand";

/** What follows from the configuration alone. */
type DrawnShape = Exclude<Shape, { kind: "trace" }>;

/** Cores of a level; `supply` is the largest one in cores, of which a percentage is a share. */
function coresOfLevel(level: Level, supply: number): number {
  return typeof level === "number" ? level : (Number(level.slice(0, -1)) / 100) * supply;
}

const builders: {
  readonly [Kind in DrawnShape["kind"]]: (
    shape: Extract<DrawnShape, { kind: Kind }>,
    supply: number,
  ) => Demand;
} = {
  steps: ({ steps, until }, supply) =>
    demandOf(
      steps.map(({ at, cores }) => ({ at, cores: coresOfLevel(cores, supply) })),
      until,
    ),
  bursts: ({ base, peak, every, length, until }, supply) => {
    const [low, high] = [coresOfLevel(base, supply), coresOfLevel(peak, supply)];
    const begins = Array.from({ length: Math.ceil(until / every) - 1 }, (_, k) => (k + 1) * every);
    return demandOf(
      [
        { at: 0, cores: low },
        ...begins.flatMap((at) => [
          { at, cores: high },
          { at: at + length, cores: low },
        ]),
      ],
      until,
    );
  },
  ramp: ({ from, to, over }, supply) => {
    const [start, top] = [coresOfLevel(from, supply), coresOfLevel(to, supply)];
    return demandOf([...slope(start, top, 0, over), ...slope(top, start, over, over)], 2 * over);
  },
  daily: ({ base, peak, period, until }, supply) => {
    const cycle = dailyCycle(lublinParameters.batch.day);
    const [least, most] = [Math.min(...cycle), Math.max(...cycle)];
    const [low, high] = [coresOfLevel(base, supply), coresOfLevel(peak, supply)];
    const width = period / cycle.length;
    const steps = Array.from({ length: Math.ceil(until / width) }, (_, index) => {
      const rate = cycle[index % cycle.length] ?? 1;
      return {
        at: index * width,
        cores: low + ((rate - least) / (most - least)) * (high - low),
      };
    });
    return demandOf(steps, until);
  },
};

/** The demand of a shape on a cluster of at most `supply` cores. Pure. */
export function shapeDemand(shape: DrawnShape, supply: number): Demand {
  const build = builders[shape.kind] as (shape: DrawnShape, supply: number) => Demand;
  return build(shape, supply);
}

/** A straight line from one level to another, which changes by one core where it is nearer to the next. */
function slope(from: number, to: number, start: number, over: number) {
  const up = to >= from ? 1 : -1;
  const first = Math.round(from);
  const changes = Math.abs(Math.round(to) - first);
  return [
    { at: start, cores: first },
    ...Array.from({ length: changes }, (_, index) => {
      const cores = first + up * (index + 1);
      return { at: start + ((cores - up / 2 - from) / (to - from)) * over, cores };
    }),
  ];
}
