import { z } from "zod";

/** One test that did not run. */
const skippedSchema = z.object({
  /** Path below the project's folder. */
  file: z.string(),
  reason: z.string(),
});

/** A test that failed, or a file that could not even be loaded. */
const failedSchema = z.object({
  /** Path below the project's folder. */
  file: z.string(),
  /** With the names of its groups; null for a whole file. */
  test: z.string().nullable(),
  /** First line of the first error. */
  error: z.string(),
});

/** What tests/outcome-reporter.ts writes of one call of vitest. */
export const outcomeSchema = z.object({
  passed: z.number(),
  failed: z.array(failedSchema),
  skipped: z.array(skippedSchema),
});

export type Skipped = z.infer<typeof skippedSchema>;
export type Failed = z.infer<typeof failedSchema>;
export type Outcome = z.infer<typeof outcomeSchema>;

/** All skipped tests by their reason, the most frequent first; empty when none was skipped. */
export function skippedLines(skipped: readonly Skipped[]): string[] {
  return counted(skipped.map(({ reason }) => reason)).flatMap(([reason]) => {
    const files = skipped.filter((test) => test.reason === reason).map(({ file }) => file);
    return [
      `${reason}:`,
      ...counted(files).map(([file, n]) => `  ${n} ${n === 1 ? "test" : "tests"} of ${file}`),
    ];
  });
}

/** Every failed test with its error, for the end of an output that may be longer than what is kept of it. */
export function failedLines(failed: readonly Failed[]): string[] {
  return failed.map(({ file, test, error }) => {
    const where = test === null ? file : `${file} > ${test}`;
    return `  ${where}: ${error}`;
  });
}

/** How often each name occurs, the most frequent first. */
function counted(names: readonly string[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].toSorted(([, one], [, other]) => other - one);
}
