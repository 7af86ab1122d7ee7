import fc from "fast-check";
import type { SwfRecord } from "../../../workloads/swf/record";

const job = fc.record({
  gap: fc.nat(20_000),
  run: fc.integer({ min: 1, max: 9000 }),
  requested: fc.integer({ min: 1, max: 64 }),
  slack: fc.integer({ min: -1, max: 500 }),
  user: fc.integer({ min: -1, max: 6 }),
});

/** Usable jobs in order of submission, some of them of unknown users or without a requested time. */
export const logs: fc.Arbitrary<SwfRecord[]> = fc
  .array(job, { minLength: 1, maxLength: 60 })
  .map((jobs) => {
    let submit = 0;
    return jobs.map(({ gap, run, requested, slack, user }, index) => {
      submit += gap;
      return {
        job: index + 1,
        submit,
        wait: 5,
        run,
        allocated: -1,
        cpu: -1,
        memory: -1,
        requested,
        estimate: slack < 0 ? -1 : run + slack,
        requestedMemory: -1,
        status: 1,
        user,
        group: -1,
        executable: -1,
        queue: 1,
        partition: -1,
        preceding: index === 0 ? -1 : index,
        think: -1,
      };
    });
  });

export const numbers = fc.integer({ min: 1, max: 999_999 });

/** What resampling may not change. */
export function kept({ submit: _, wait, user: __, preceding, think, ...rest }: SwfRecord) {
  return rest;
}
