import { z } from "zod";

const number = z.int().positive();

/** A job of ours, by its number, that has to have ended before: well, or in any way. */
const dependencySchema = z.strictObject({ type: z.enum(["afterok", "afterany"]), job: number });

/** What else a job's start or submission depends on. A field that says nothing is absent. */
export const orderShape = {
  after: z.exactOptional(z.array(dependencySchema).min(1)),
  /** `limit`: how many tasks of the array may be in the scheduler at once. */
  array: z.exactOptional(
    z.strictObject({
      array: number,
      task: z.int().nonnegative(),
      limit: z.exactOptional(number),
    }),
  ),
  /**
   * The job is submitted so many seconds after the end of an earlier one, whatever became of that:
   * `submitSeconds` is then only when the log says that it was.
   */
  previous: z.exactOptional(
    z.strictObject({ job: number, thinkSeconds: z.number().nonnegative() }),
  ),
};

const orderSchema = z.strictObject(orderShape);
export type JobOrder = z.infer<typeof orderSchema>;

/** The same with other numbers of jobs and arrays. */
export function renumberedOrder(
  { after, array, previous }: JobOrder,
  jobOf: (job: number) => number,
  arrayOf: (array: number) => number,
): JobOrder {
  return {
    ...(after === undefined
      ? {}
      : { after: after.map((one) => ({ ...one, job: jobOf(one.job) })) }),
    ...(array === undefined ? {} : { array: { ...array, array: arrayOf(array.array) } }),
    ...(previous === undefined ? {} : { previous: { ...previous, job: jobOf(previous.job) } }),
  };
}
