import { z } from "zod";
import { integer, number, strict, text, variants } from "./fields";
import { show } from "./problems";
import {
  badRowsOfLog,
  bodies,
  distribution,
  logFormat,
  logWindow,
  partitionsOfUsers,
  runTimes,
} from "./replay-workload";

const year = 366 * 24 * 3600;
const shapeKinds = ["steps", "bursts", "ramp", "daily", "trace"] as const;

const levelForm = 'cores or a share of the largest supply such as "50%"';

/** Cores that are wanted: their number, or a share of the largest supply, which may be above 100 %. */
const level = () =>
  z.union([integer(0, 1_000_000), text(/^\d{1,4}(\.\d+)?%$/, levelForm)], {
    error: ({ input }) => `expected ${levelForm}, got ${show(input)}`,
  });

/** Seconds from the start of the replay. */
const time = (min: number) => number(min, year);
/** When the demand ends. */
const until = () => time(1).default(300);

const shape = variants(
  "kind",
  shapeKinds,
  [
    strict({
      kind: z.literal("steps"),
      /** From `at` on, so many cores; none before the first. */
      steps: z
        .array(strict({ at: time(0), cores: level() }), {
          error: ({ input }) => `expected a list of {at, cores}, got ${show(input)}`,
        })
        .min(1, { error: "expected at least one {at, cores}" }),
      until: until(),
    }),
    strict({
      kind: z.literal("bursts"),
      base: level().default("10%"),
      peak: level().default("90%"),
      /** From the beginning of one burst to that of the next; the first comes after as long. */
      every: time(1).default(60),
      length: time(0.001).default(20),
      until: until(),
    }),
    strict({
      kind: z.literal("ramp"),
      from: level().default("10%"),
      to: level().default("90%"),
      /** Seconds of the way up, and of the way down again. */
      over: time(1).default(120),
    }),
    strict({
      kind: z.literal("daily"),
      /** Of the quietest and of the busiest half hour. */
      base: level().default("10%"),
      peak: level().default("90%"),
      /** Seconds of a day. */
      period: time(1).default(240),
      until: until(),
    }),
    strict({
      kind: z.literal("trace"),
      file: text(/\S/, "the path of a log"),
      format: logFormat(),
      badRows: badRowsOfLog(),
      window: logWindow(),
      timeFactor: number(0.0001, 100).default(1),
      traceCores: integer(1, 10_000_000).optional(),
    }),
  ],
  "bursts",
);

export type Shape = z.infer<typeof shape>;
export type Level = z.infer<ReturnType<typeof level>>;

/** How many jobs there are follows from the demand, so there is no `jobs`. */
export const elasticShape = {
  kind: z.literal("elastic"),
  shape: shape.prefault({}),
  draw: strict({
    /** Cores; powers of two up to an eighth of the largest supply when left out. */
    sizes: distribution().optional(),
    runs: distribution().default("exponential:10"),
  }).prefault({}),
  users: strict({
    count: integer(1, 99).default(3),
    partitions: partitionsOfUsers(),
  }).prefault({}),
  runtime: runTimes(),
  body: bodies(),
};
