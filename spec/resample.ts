import { z } from "zod";
import { integer, number, strict, variants } from "./fields";

const resampleMethods = ["users", "shake"] as const;

/** Further components of a mixture draw with numbers from beyond this one. */
export const mostResamples = 1_000_000;

/** Which draw of the jobs: the same number gives the same jobs, and 0 is the jobs as they are. */
const drawn = { number: integer(0, mostResamples - 1).default(0) };

const schema = variants(
  "method",
  resampleMethods,
  [
    strict({
      method: z.literal("users"),
      ...drawn,
      /** Seconds of the log by whose multiples jobs are moved; a unit that suits the log when left out. */
      period: number(0.001, 366 * 24 * 3600).optional(),
    }),
    strict({
      method: z.literal("shake"),
      ...drawn,
      /** Largest change of a submit time, in mean gaps between submissions. */
      arrivals: number(0, 1000).default(1),
      /** Largest change of a run time, as a share of it. */
      runs: number(0, 0.5).default(0),
    }),
  ],
  "users",
);

/** `resample: 3` is short for `resample: { number: 3 }`. */
export const resampleSchema = z
  .preprocess((value) => (/^\d+$/.test(String(value)) ? { number: value } : value), schema)
  .optional();

export type Resample = z.infer<typeof schema>;
