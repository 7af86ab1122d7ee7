import { z } from "zod";

/** Seconds of a core that daemons of one name used, those of all nodes of the place together. */
const daemonSchema = z.strictObject({
  daemon: z.string(),
  place: z.enum(["controller", "nodes"]),
  cpuSeconds: z.number(),
});

const milliseconds = z.number().nullable();

const rowSchema = z.strictObject({
  /** Waiting jobs that were asked for, and their mean over the window. */
  waiting: z.int().positive(),
  meanWaiting: z.number(),
  /** Of all places, on the mean over the window. */
  busyShare: z.number(),
  /** Length of the window. */
  seconds: z.number(),
  started: z.int(),
  ended: z.int(),
  /** Until all jobs were accepted, and from then until the queue was steady. */
  fillSeconds: z.number(),
  settleSeconds: z.number(),
  daemons: z.array(daemonSchema),
  /** Of the daemons on the controller; null where no job started. */
  cpuSecondsAJob: z.number().nullable(),
  release: z.strictObject({
    pairs: z.int(),
    open: z.int(),
    meanMs: milliseconds,
    medianMs: milliseconds,
    p99Ms: milliseconds,
    /** How fine the scheduler's moments of ends and starts are. */
    resolutionMs: z.number(),
  }),
  /** Null where the scheduler publishes no times. */
  cycles: z
    .array(
      z.strictObject({
        name: z.string(),
        count: z.int().nullable(),
        meanMs: milliseconds,
        lastMs: milliseconds,
        maxMs: milliseconds,
      }),
    )
    .nullable(),
});

/** What a run of this benchmark prints with `--json`, and what the picture is made of. */
export const resultSchema = z.strictObject({
  /** The scheduler's name for people. */
  scheduler: z.string(),
  version: z.string(),
  nodes: z.int(),
  /** Jobs that fit at once, the cores of each, and their mean run time. */
  places: z.int(),
  cores: z.int(),
  meanSeconds: z.number(),
  users: z.int(),
  seed: z.int(),
  /** Cores that the controller's daemons used before the first job. */
  idleCores: z.number(),
  rows: z.array(rowSchema),
});

export type Result = z.infer<typeof resultSchema>;
export type Row = z.infer<typeof rowSchema>;
export type DaemonUse = z.infer<typeof daemonSchema>;
