import { z } from "zod";
import { partitionPattern } from "./emulated-list";
import { feedback } from "./feedback";
import { choice, integer, named, number, strict, text } from "./fields";
import { keepSchema } from "./job-attributes";
import { userName } from "./users";

const day = 24 * 3600;
const year = 366 * day;

export const partitionsOfUsers = () =>
  named(
    userName,
    'a user such as "user01"',
    text(partitionPattern, "the name of a partition"),
  ).prefault({});

const timeFactor = () => number(0.0001, 100);

/** Bounds of a job's run time, in seconds of the replay. */
export const runTimes = () =>
  strict({
    min: integer(1, day).default(1),
    max: integer(1, 30 * day).default(3600),
  }).prefault({});

/** hold: the allocation is held without a process, which only emulated nodes can do. */
export const bodies = () => choice(["sleep", "spin", "hold"]).default("sleep");

/** Of a log, by its own submit times: from ≤ submit < from + seconds, counted from the log's start. */
export const logWindow = () =>
  strict({ from: number(0, 100 * year).default(0), seconds: number(0.001, 100 * year) });

/** How the jobs of a log become jobs of this cluster. */
const scaling = {
  timeFactor: timeFactor().default(1),
  sizes: strict({
    mode: choice(["scale", "clip", "skip", "full"]).default("scale"),
    traceCores: integer(1, 10_000_000).optional(),
  }).prefault({}),
  users: strict({
    count: integer(1, 99).default(3),
    mapping: choice(["round-robin", "by-job"]).default("round-robin"),
    // Absent where it says nothing, so that a tuple without it stays the one that it was.
    /** Who stands for a user of the log, by the name there; the others take turns. */
    names: named(
      /^[^\s:]{1,64}$/,
      "the name of a user of the log",
      text(userName, 'a user such as "user01"'),
    ).optional(),
    partitions: partitionsOfUsers(),
  }).prefault({}),
  runtime: runTimes(),
  body: bodies(),
  // Absent where it says nothing.
  feedback: feedback(),
};

/** Of a log that is not in the Standard Workload Format; absent, it is recognised by the content. */
export const logFormat = () =>
  text(/\S/, "the name of a format, or the path of a mapping").optional();

/** What happens to rows of a log that cannot be what they should be; absent, they are refused. */
export const badRowsOfLog = () => choice(["refuse", "leave-out"]).optional();

export const distribution = () => text(/^[a-z]+:\S+$/, 'a distribution such as "exponential:4"');

/** A model draws for a machine with `traceCores` cores, by default as many as this cluster has. */
export const replayShapes = {
  trace: {
    kind: z.literal("trace"),
    file: text(/\S/, "the path of a log").optional(),
    // Absent where they say nothing, so that a tuple without them stays the one that it was.
    format: logFormat(),
    badRows: badRowsOfLog(),
    window: logWindow().optional(),
    /** Whether jobs ask for the memory that they ask for in the log. */
    memory: choice(["keep", "drop"]).optional(),
    /** What jobs keep of that which the log says beyond the fields of the standard. */
    keep: keepSchema(),
    /** Idle stretches of the traced machine are cut to `longerThan` seconds of the log. */
    compressIdle: strict({ longerThan: number(0, year) }).optional(),
    ...scaling,
  },
  poisson: {
    kind: z.literal("poisson"),
    /** Arriving work as a share of what the machine can do; the gaps follow from it. */
    load: number(0.01, 100).default(0.9),
    draw: strict({
      /** Processors; powers of two when left out. */
      sizes: distribution().optional(),
      runs: distribution().default("exponential:4"),
    }).prefault({}),
    ...scaling,
  },
  lublin: {
    kind: z.literal("lublin"),
    /** mixed: the fit to both kinds of jobs together, typeless in the paper. */
    variant: choice(["batch", "interactive", "mixed"]).default("batch"),
    ...scaling,
    // The model's days as minutes: it is fitted to months of production logs.
    timeFactor: timeFactor().default(0.001),
  },
};
